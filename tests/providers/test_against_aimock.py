"""Each wire against a server that nobody here wrote."""

import pytest

from jupyter_tools.agent.agent import Agent
from jupyter_tools.messages import AssistantMessage, ToolResultMessage
from jupyter_tools.providers.base import Model
from jupyter_tools.providers.openai_compatible import GeminiProvider
from jupyter_tools.providers.shared_client import close_shared_client
from tests.servers.aimock import aimock

WIRES = ["openai", "responses", "anthropic", "ollama", "gemini"]
PATHS = {"ollama": "", "gemini": "/v1beta/openai"}


@pytest.fixture(scope="module")
def server():
    with aimock() as url:
        yield url


@pytest.fixture(autouse=True)
async def connections():
    yield
    await close_shared_client()


def weather(city: str) -> str:
    """Tell the weather.

    Args:
        city: Where.
    """
    return f"-20 in {city}"


def agent(server: str, wire: str, tools=(), **options) -> Agent:
    base_url = f"{server}{PATHS.get(wire, '/v1')}"
    model = Model(provider=wire, name="some-model", base_url=base_url, options=options)
    return Agent(model, tools=tools, provider=GeminiProvider() if wire == "gemini" else None, trace=False)


@pytest.mark.parametrize("wire", WIRES)
async def test_an_answer(server, wire) -> None:
    result = await agent(server, wire).run("hello")
    assert (result.text, result.stop_reason) == ("Hi there, мир! 🤔", "stop")


@pytest.mark.parametrize("wire", WIRES)
async def test_an_answer_in_one_piece(server, wire) -> None:
    asked = agent(server, wire, [weather], stream=False)
    assert (await asked.run("weather")).text == "It is cold."
    assert [call.name for m in asked.messages if isinstance(m, AssistantMessage) for call in m.tool_calls] == [
        "weather",
        "weather",
    ]


@pytest.mark.parametrize("wire", WIRES)
async def test_reasoning(server, wire) -> None:
    result = await agent(server, wire).run("think")
    answer = result.messages[-1]
    assert isinstance(answer, AssistantMessage)
    assert (answer.thinking, answer.text) == ("Let me see.", "So it is.")


@pytest.mark.parametrize("wire", WIRES)
async def test_parallel_calls_and_their_results(server, wire) -> None:
    result = await agent(server, wire, [weather]).run("weather")
    results = [message.text for message in result.messages if isinstance(message, ToolResultMessage)]
    assert results == ["-20 in Омск", "-20 in Tokyo"]
    assert (result.text, result.stop_reason) == ("It is cold.", "stop")


@pytest.mark.parametrize("wire", WIRES)
async def test_prompted_calls_and_their_results(server, wire) -> None:
    result = await agent(server, wire, [weather], tool_format="json").run("in words")
    assert [message.text for message in result.messages if isinstance(message, ToolResultMessage)] == ["-20 in Омск"]
    assert (result.text, result.stop_reason) == ("It is cold.", "stop")


@pytest.mark.parametrize("wire", WIRES)
async def test_a_stream_that_is_cut_keeps_its_text(server, wire) -> None:
    result = await agent(server, wire).run("cut off")
    assert result.stop_reason == "error"
    assert "cut" in (result.error_message or "")
    assert "This will not be said to its end.".startswith(result.text)
    assert result.text


@pytest.mark.parametrize("wire", WIRES)
async def test_a_refused_request_says_why(server, wire) -> None:
    result = await agent(server, wire).run("refused")
    assert result.stop_reason == "error"
    assert "no such thing" in (result.error_message or "")


async def test_a_busy_server_is_asked_again(server) -> None:
    result = await agent(server, "openai").run("busy")
    assert (result.text, result.stop_reason) == ("Now.", "stop")
