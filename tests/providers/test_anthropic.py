import json

import httpx
import pytest

from jupyter_tools.errors import ConfigurationError, MissingKeyError
from jupyter_tools.events import Notice
from jupyter_tools.messages import AssistantMessage, user_message
from jupyter_tools.providers.anthropic import AnthropicProvider
from jupyter_tools.providers.assembly import MessageAssembly
from jupyter_tools.providers.base import Model, Provider, Request
from jupyter_tools.providers.registry import parse_model, provider_for
from jupyter_tools.providers.retry import RetryPolicy

from .test_anthropic_stream import START, STOP, ended, sse, text

KEY = "sk-ant-very-secret-0123456789"
GOOD = sse(START, *text(0, "Привет, ", "мир"), ended(), STOP)
OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}


@pytest.fixture(autouse=True)
def environment(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_TOOLS_KEYS", str(tmp_path))


def a_request(base_url=None) -> Request:
    return Request(model=Model(provider="anthropic", name="claude", base_url=base_url), messages=(user_message("hi"),))


async def ask(*answers: httpx.Response) -> tuple[AssistantMessage, list[Notice], list[httpx.Request]]:
    remaining, requests = list(answers), []

    def handler(request):
        requests.append(request)
        return remaining.pop(0) if remaining else httpx.Response(404)

    client = httpx.AsyncClient(transport=httpx.MockTransport(handler))
    provider = AnthropicProvider(api_key=KEY, client=client, retry=RetryPolicy(first_wait_s=0.0, attempts=2))
    assembly = MessageAssembly("anthropic", "claude")
    notices = []
    async for part in provider.stream(a_request()):
        assembly.add(part)
        if isinstance(part, Notice):
            notices.append(part)
    await provider.aclose()
    return assembly.message(), notices, requests


async def test_an_answer_is_asked_for_with_key_and_version() -> None:
    message, _, requests = await ask(httpx.Response(200, content=GOOD))
    assert (message.text, message.stop_reason) == ("Привет, мир", "stop")
    assert str(requests[0].url) == "https://api.anthropic.com/v1/messages"
    assert requests[0].headers["x-api-key"] == KEY
    assert requests[0].headers["anthropic-version"] == "2023-06-01"
    assert json.loads(requests[0].content)["messages"] == [
        {"role": "user", "content": [{"type": "text", "text": "hi"}]}
    ]


@pytest.mark.parametrize("busy", [httpx.Response(529), httpx.Response(200, content=sse(START, OVERLOADED))])
async def test_a_busy_server_is_asked_again(busy) -> None:
    message, notices, _ = await ask(busy, httpx.Response(200, content=GOOD))
    assert message.text == "Привет, мир"
    assert [notice.kind for notice in notices] == ["retry"]


async def test_nothing_is_asked_again_once_there_is_text() -> None:
    message, notices, _ = await ask(httpx.Response(200, content=sse(START, *text(0, "half"), OVERLOADED)))
    assert (message.text, message.stop_reason, notices) == ("half", "error", [])
    assert "too much to do at the moment" in (message.error_message or "")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            httpx.Response(401, json={"error": {"type": "authentication_error", "message": "invalid x-api-key"}}),
            "API key",
        ),
        (httpx.Response(404, json={"error": {"type": "not_found_error", "message": "model: x"}}), "model's name"),
        (httpx.Response(400, json={"error": {"type": "invalid_request_error", "message": "no"}}), "It says: no"),
        (httpx.Response(200, text="<html>"), "web page"),
        (httpx.Response(401, json={"error": {"message": f"bad key {KEY}"}}), "<secret>"),
    ],
)
async def test_what_goes_wrong_is_said_in_a_sentence_and_without_the_key(answer, words: str) -> None:
    message, notices, _ = await ask(answer)
    assert message.stop_reason == "error"
    assert words in (message.error_message or "")
    assert KEY not in (message.error_message or "")
    assert notices == []


async def test_a_wrong_model_is_told_with_the_nearest_that_there_is() -> None:
    unknown = httpx.Response(404, json={"error": {"type": "not_found_error", "message": "model: claude"}})
    models = httpx.Response(200, json={"data": [{"id": "claude-3", "type": "model"}, {"id": "other"}]})
    message, _, requests = await ask(unknown, models)
    assert message.error_message == "anthropic: There is no model 'claude'. Did you mean 'claude-3'?"
    assert str(requests[1].url) == "https://api.anthropic.com/v1/models?limit=1000"
    assert requests[1].headers["x-api-key"] == KEY


def test_the_registry_knows_it() -> None:
    provider = provider_for(parse_model("anthropic:claude-sonnet-4-5"))
    assert isinstance(provider, AnthropicProvider)
    assert isinstance(provider, Provider)


def test_anthropic_itself_needs_a_key() -> None:
    with pytest.raises(MissingKeyError, match="ANTHROPIC_API_KEY"):
        AnthropicProvider().stream(a_request())


@pytest.mark.parametrize("said", ["http://host:1", "http://host:1/v1", "http://host:1/v1/messages", "http://host:1/"])
def test_an_address_is_understood_with_and_without_its_version(said: str, monkeypatch) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", said)
    assert AnthropicProvider().address() == "http://host:1/v1"


def test_what_is_no_address_is_an_error_at_once() -> None:
    with pytest.raises(ConfigurationError, match="no base_url"):
        AnthropicProvider(api_key=KEY).stream(a_request("host"))
