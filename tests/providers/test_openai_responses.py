import httpx
import pytest

from jupyter_tools.errors import ConfigurationError, MissingKeyError
from jupyter_tools.events import StopDelta, TextDelta, UsageDelta
from jupyter_tools.messages import user_message
from jupyter_tools.providers.base import Model, Provider, Request
from jupyter_tools.providers.openai_responses import OpenAIResponsesProvider
from jupyter_tools.providers.registry import parse_model, provider_for

from .test_responses_stream import ended, sse, text

KEY = "sk-very-secret-0123456789"


@pytest.fixture(autouse=True)
def environment(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_TOOLS_KEYS", str(tmp_path))


def a_request(base_url=None) -> Request:
    model = Model(provider="responses", name="gpt-5", base_url=base_url)
    return Request(model=model, messages=(user_message("hi"),))


async def parts_of(answer: httpx.Response) -> tuple[list, list[httpx.Request]]:
    requests = []

    def handler(request):
        requests.append(request)
        return answer

    client = httpx.AsyncClient(transport=httpx.MockTransport(handler))
    provider = OpenAIResponsesProvider(api_key=KEY, client=client)
    parts = [part async for part in provider.stream(a_request())]
    await provider.aclose()
    return parts, requests


async def test_an_answer_is_asked_for_with_the_key() -> None:
    parts, requests = await parts_of(httpx.Response(200, content=sse(*text(0, "Привет"), ended())))
    assert parts[0] == TextDelta(text="Привет")
    assert isinstance(parts[1], UsageDelta)
    assert parts[2] == StopDelta(stop_reason="stop")
    assert str(requests[0].url) == "https://api.openai.com/v1/responses"
    assert requests[0].headers["authorization"] == f"Bearer {KEY}"


async def test_a_refused_key_is_said_and_not_shown() -> None:
    parts, _ = await parts_of(httpx.Response(401, json={"error": {"message": f"Incorrect API key: {KEY}"}}))
    (stop,) = parts
    assert "refused the API key" in stop.error_message
    assert KEY not in stop.error_message


def test_openai_itself_needs_a_key() -> None:
    with pytest.raises(MissingKeyError, match="OPENAI_API_KEY"):
        OpenAIResponsesProvider().stream(a_request())


def test_what_is_no_address_is_an_error_at_once() -> None:
    with pytest.raises(ConfigurationError, match="no base_url"):
        OpenAIResponsesProvider(api_key=KEY).stream(a_request("host"))


def test_the_registry_knows_it() -> None:
    provider = provider_for(parse_model("responses:gpt-5-mini"))
    assert isinstance(provider, OpenAIResponsesProvider)
    assert isinstance(provider, Provider)
