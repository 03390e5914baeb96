"""What a person is told to do about a refused request. The words are the servers' own."""

import httpx
import pytest

from jupyter_tools.errors import ProviderError
from jupyter_tools.messages import user_message
from jupyter_tools.providers.base import Model, Request
from jupyter_tools.providers.openai import OpenAIProvider
from jupyter_tools.providers.refusals import refusal_of_option, refusal_of_tools
from jupyter_tools.providers.retry import RetryPolicy
from jupyter_tools.tools.tool import AgentTool

ADD = AgentTool(name="add")


def request(*tools, **options) -> Request:
    model = Model(provider="openai", name="gemma", options=options, base_url="http://127.0.0.1:8080/v1")
    return Request(model=model, messages=(user_message("hi"),), tools=tools)


def failure(status: int, said: str) -> ProviderError:
    return ProviderError("openai", f"the server refused the request. It says: {said}", status=status)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, "registry.ollama.ai/library/gemma:2b does not support tools"),
        (500, "tools param requires --jinja flag"),
        (500, "Unsupported param: tools"),
        (400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),
        (404, "No endpoints found that support tool use."),
        (400, "`tool calling` is not supported with this model"),
        (400, "deepseek-reasoner does not support Function Calling"),
    ],
)
def test_a_model_without_tool_calls_is_told_of_its_tools_in_words(status: int, said: str) -> None:
    refusal = refusal_of_tools(failure(status, said), request(ADD))
    assert refusal is not None
    assert "'gemma' cannot call tools at this server" in str(refusal)
    assert "--tool-format json in a cell, tool_format='json' in Python" in str(refusal)
    assert str(refusal).endswith(f"It says: {said}")
    assert (refusal.retryable, refusal.status) == (False, status)


def test_without_tools_nothing_is_said_of_them() -> None:
    assert refusal_of_tools(failure(400, "does not support tools"), request()) is None
    assert refusal_of_tools(failure(500, "out of memory"), request(ADD)) is None


@pytest.mark.parametrize(
    "said",
    [
        "seed: Extra inputs are not permitted",
        "Unknown parameter: 'seed'.",
        "Unrecognized request argument supplied: seed",
        "Unsupported value: 'seed' does not support 1 with this model.",
        "property 'seed' is unsupported",
    ],
)
def test_an_option_that_the_server_does_not_take_is_named(said: str) -> None:
    refusal = refusal_of_option(failure(400, said), request(temperature=0, seed=1))
    assert refusal is not None
    assert "does not take the option 'seed' as it is. Change it, or leave it out. It says: " + said in str(refusal)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (400, "messages.0.seed: not permitted"),
        (400, "temperature must be <= 2"),
        (500, "seed: not permitted"),
        (400, ""),
    ],
)
def test_other_refusals_are_left_as_they_are(status: int, said: str) -> None:
    assert refusal_of_option(failure(status, said), request(temperature=3, seed=1)) is None


async def test_a_server_that_wants_a_key_and_got_none_says_where_to_put_it(monkeypatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    client = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(401, json={"error": "no"})))
    provider = OpenAIProvider(client=client, retry=RetryPolicy(first_wait_s=0.0))
    (stop,) = [part async for part in provider.stream(request())]
    said = "openai: the server wants an API key. Set the environment variable OPENAI_API_KEY to the key of this server."
    assert stop.error_message == f"{said} It says: no"
