import json

import httpx
import pytest

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.events import Notice
from jupyter_tools.messages import AssistantMessage, user_message
from jupyter_tools.providers.assembly import MessageAssembly
from jupyter_tools.providers.base import Model, Provider, Request
from jupyter_tools.providers.ollama import OllamaProvider
from jupyter_tools.providers.registry import parse_model, provider_for
from jupyter_tools.providers.retry import RetryPolicy
from jupyter_tools.tools.tool import AgentTool

from .test_ollama_stream import done, lines, said

GOOD = lines(said("Привет, "), said("мир"), done())
FAST = RetryPolicy(first_wait_s=0.0, attempts=2)


async def ask(
    provider: OllamaProvider, base_url: str | None = None, tools: tuple[AgentTool, ...] = ()
) -> tuple[AssistantMessage, list[Notice]]:
    model = Model(provider="ollama", name="qwen3:8b", base_url=base_url)
    assembly = MessageAssembly("ollama", "qwen3:8b")
    notices = []
    async for part in provider.stream(Request(model=model, messages=(user_message("hi"),), tools=tools)):
        assembly.add(part)
        if isinstance(part, Notice):
            notices.append(part)
    await provider.aclose()
    return assembly.message(), notices


def mocked(handler) -> OllamaProvider:
    return OllamaProvider(client=httpx.AsyncClient(transport=httpx.MockTransport(handler)), retry=FAST)


async def test_an_answer_is_asked_for() -> None:
    requests = []

    def handler(request):
        requests.append(request)
        return httpx.Response(200, content=GOOD)

    message, _ = await ask(mocked(handler))
    assert (message.text, message.stop_reason) == ("Привет, мир", "stop")
    assert str(requests[0].url) == "http://localhost:11434/api/chat"


async def test_an_address_without_a_server_behind_it_is_no_missing_model() -> None:
    message, _ = await ask(mocked(lambda request: httpx.Response(404, text="<html>404 Not Found</html>")))
    assert "Check the model's name and the base_url" in message.error_message


async def test_a_server_that_is_not_running_is_to_be_started() -> None:
    message, notices = await ask(OllamaProvider(retry=FAST), "http://127.0.0.1:9")
    assert message.error_message == "ollama: there is no server at http://127.0.0.1:9. Start it with `ollama serve`."
    assert notices == []


@pytest.mark.parametrize(
    ("models", "hint"),
    [(["qwen3:4b", "llama3:latest"], " Did you mean 'qwen3:4b', which it has?"), ([], "")],
)
async def test_a_model_that_is_missing_is_to_be_fetched(models: list[str], hint: str) -> None:
    def handler(request):
        if request.url.path == "/api/tags":
            return httpx.Response(200, json={"models": [{"name": name} for name in models]})
        return httpx.Response(404, json={"error": "model 'qwen3:8b' not found"})

    message, _ = await ask(mocked(handler))
    fetch = "ollama: the server has no model 'qwen3:8b'. Fetch it with `ollama pull qwen3:8b`."
    assert message.error_message == fetch + hint


async def test_a_server_that_is_none_of_ollamas_has_no_models_to_be_fetched() -> None:
    message, _ = await ask(mocked(lambda request: httpx.Response(404, json={"detail": "Not Found"})))
    assert "Check the model's name and the base_url." in (message.error_message or "")
    assert "ollama pull" not in (message.error_message or "")


async def test_a_model_without_tools_may_be_given_them_in_words() -> None:
    refused = httpx.Response(400, json={"error": "registry/gemma:2b does not support tools"})
    message, _ = await ask(mocked(lambda request: refused), tools=(AgentTool(name="add"),))
    assert "'qwen3:8b' cannot call tools" in (message.error_message or "")
    assert "tool_format='json'" in (message.error_message or "")


async def test_the_servers_own_failure_is_tried_again() -> None:
    answers = [httpx.Response(500, json={"error": "loading"}), httpx.Response(200, content=GOOD)]
    message, notices = await ask(mocked(lambda request: answers.pop(0)))
    assert message.text == "Привет, мир"
    assert len(notices) == 1


async def test_the_models_it_has_are_listed() -> None:
    tags = {"models": [{"name": "qwen3:4b"}, {"name": "llama3:latest"}, {}]}
    assert await mocked(lambda request: httpx.Response(200, json=tags)).model_names() == ("llama3", "qwen3:4b")
    assert await mocked(lambda request: httpx.Response(500)).model_names() == ()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("", "http://localhost:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("box:8000", "http://box:8000"),
        ("https://box/ollama/api/chat", "https://box/ollama"),
    ],
)
def test_the_environment_may_name_the_host_in_ollamas_way(said: str, meant: str, monkeypatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", said)
    assert OllamaProvider().address() == meant


def test_what_is_no_address_is_an_error_at_once() -> None:
    with pytest.raises(ConfigurationError, match="no base_url"):
        OllamaProvider().address("ftp://box")


def test_the_registry_knows_it() -> None:
    provider = provider_for(parse_model("ollama:qwen3:8b"))
    assert isinstance(provider, OllamaProvider)
    assert isinstance(provider, Provider)


async def test_reasoning_that_the_prompt_has_begun_is_told_apart_and_the_option_stays_here() -> None:
    requests = []

    def handler(request):
        requests.append(json.loads(request.content))
        return httpx.Response(200, json={"message": {"content": "hm</think>So."}, "done": True})

    model = Model(provider="ollama", name="m", options={"starts_in_thinking": True})
    assembly = MessageAssembly("ollama", "m")
    async for part in mocked(handler).stream(Request(model=model, messages=(user_message("hi"),))):
        assembly.add(part)
    assert (assembly.message().thinking, assembly.message().text) == ("hm", "So.")
    assert "options" not in requests[0]
