import httpx
import pytest

from jupyter_tools.errors import MissingKeyError
from jupyter_tools.providers.known_servers import KNOWN_SERVERS
from jupyter_tools.providers.openai import OpenAIProvider
from jupyter_tools.providers.openai_compatible import (
    DeepSeekProvider,
    GeminiProvider,
    GroqProvider,
    MistralProvider,
    OpenRouterProvider,
)

from .asking import GOOD, a_request, ask

PROVIDERS = [DeepSeekProvider, GeminiProvider, GroqProvider, MistralProvider, OpenRouterProvider]


@pytest.fixture(autouse=True)
def keys(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_TOOLS_KEYS", str(tmp_path))
    for name in KNOWN_SERVERS:
        monkeypatch.delenv(f"{name.upper()}_API_KEY", raising=False)


@pytest.mark.parametrize("kind", PROVIDERS)
async def test_each_has_its_own_address_and_its_own_key(kind, monkeypatch):
    seen = []

    def handler(request):
        seen.append(request)
        return httpx.Response(200, content=b"".join(GOOD))

    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai")
    monkeypatch.setenv(f"{kind.name.upper()}_API_KEY", "its-own-key")
    message, _ = await ask(kind(client=httpx.AsyncClient(transport=httpx.MockTransport(handler))), a_request())
    assert message.text == "Hello there"
    assert str(seen[0].url) == f"{KNOWN_SERVERS[kind.name]}/chat/completions"
    assert seen[0].headers["authorization"] == "Bearer its-own-key"


@pytest.mark.parametrize("kind", PROVIDERS)
def test_no_other_providers_key_is_taken(kind, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai")
    with pytest.raises(MissingKeyError, match=f"{kind.name.upper()}_API_KEY"):
        kind().stream(a_request())


async def test_the_address_alone_finds_the_right_key_as_well(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai")
    monkeypatch.setenv("GROQ_API_KEY", "key-of-groq")
    call = OpenAIProvider().call(a_request(KNOWN_SERVERS["groq"]))
    assert call.secrets["authorization"].reveal() == "Bearer key-of-groq"
