"""Our client against a server that breaks on purpose and judges how we take it. Nobody here wrote it.

Its verdict and one rule of ours collide. A server sees whether a broken stream is asked for again, and not what else
the client makes of it; and what was shown to a person cannot be taken back. So a stream that breaks before its first
piece must give a clean verdict. One that breaks later must end as an error that keeps what was said, and the finding
that says "it was not asked for again" is the one that we accept.
"""

import pytest

from jupyter_tools.agent.agent import Agent
from jupyter_tools.providers.anthropic import AnthropicProvider
from jupyter_tools.providers.base import Model
from jupyter_tools.providers.openai import OpenAIProvider
from jupyter_tools.providers.openai_compatible import GroqProvider, MistralProvider
from jupyter_tools.providers.openai_responses import OpenAIResponsesProvider
from jupyter_tools.providers.retry import RetryPolicy
from jupyter_tools.providers.shared_client import close_shared_client
from tests.servers.llmock import llmock

SOON = RetryPolicy(first_wait_s=0.05)
WIRES = {
    "openai": (OpenAIProvider, "/v1", "gpt-4o"),
    "responses": (OpenAIResponsesProvider, "/v1", "gpt-4o"),
    "anthropic": (AnthropicProvider, "/anthropic", "claude-sonnet-4-6"),
    "groq": (GroqProvider, "/groq/openai/v1", "llama-3.3-70b-versatile"),
    "mistral": (MistralProvider, "/mistral/v1", "mistral-small-latest"),
}
KEY = "any-key-will-do"


@pytest.fixture(scope="module")
def server():
    with llmock() as running:
        yield running


@pytest.fixture(autouse=True)
async def connections():
    yield
    await close_shared_client()


@pytest.fixture(params=list(WIRES))
def agent(request, server):
    kind, path, name = WIRES[request.param]
    model = Model(provider=request.param, name=name, base_url=f"{server.url}{path}")
    return Agent(model, provider=kind(api_key=KEY, retry=SOON), trace=False)


def fail(status, **more):
    return {"type": "fail", "status": status, **more}


def stream_fault(kind, after_chunks):
    return {"type": "stream_fault", "kind": kind, "after_chunks": after_chunks}


REPLY = {"type": "reply", "text": "One two three four five six seven eight nine ten.", "times": None}


@pytest.mark.parametrize(
    "behaviors",
    [
        [REPLY],
        [fail(503, times=2), REPLY],
        [fail(500), REPLY],
        [fail(429, retry_after=1, times=1), REPLY],
    ],
    ids=["no fault", "503 twice", "500", "429 with Retry-After"],
)
async def test_what_passes_is_survived_and_the_verdict_is_clean(server, agent, behaviors):
    server.will(*behaviors)
    result = await agent.run("Count.")
    assert (result.text, result.stop_reason) == (REPLY["text"], "stop")
    assert server.findings() == []


async def test_an_answer_in_one_piece(server):
    server.will(REPLY)
    model = Model(provider="openai", name="gpt-4o", base_url=f"{server.url}/v1", options={"stream": False})
    result = await Agent(model, provider=OpenAIProvider(api_key=KEY, retry=SOON), trace=False).run("Count.")
    assert (result.text, result.stop_reason) == (REPLY["text"], "stop")
    assert server.findings() == []


@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_what_does_not_pass_is_asked_once_and_told(server, agent, status):
    server.will(fail(status))
    result = await agent.run("Count.")
    assert result.stop_reason == "error"
    assert str(status) in result.error_message
    assert server.findings() == []
    assert KEY not in result.error_message


@pytest.mark.parametrize("kind", ["disconnect", "truncate", "malformed"])
async def test_a_stream_that_breaks_before_its_first_piece_is_asked_for_again(server, agent, kind):
    server.will(stream_fault(kind, 0), REPLY)
    result = await agent.run("Count.")
    assert (result.text, result.stop_reason) == (REPLY["text"], "stop")
    assert server.findings() == []


NOT_ASKED_AGAIN = {
    "disconnect": "gave_up",
    "truncate": "truncated_stream_accepted",
    "malformed": "malformed_chunk_ignored",
}


@pytest.mark.parametrize("kind", list(NOT_ASKED_AGAIN))
async def test_a_stream_that_breaks_later_is_an_error_that_keeps_what_was_said(server, agent, kind):
    """Whatever the verdict calls it, nothing was accepted or ignored: the run ends as an error."""
    server.will(stream_fault(kind, 5), REPLY)
    result = await agent.run("Count.")
    assert result.stop_reason == "error"
    assert result.error_message
    assert 0 < len(result.text) < len(REPLY["text"])
    assert REPLY["text"].startswith(result.text)
    assert server.attempts() == 1
    assert server.findings() == [NOT_ASKED_AGAIN[kind]]
