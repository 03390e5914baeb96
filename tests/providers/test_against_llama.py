"""Our HTTP client against the embedded model's own server, which speaks three of our wires. Nobody here wrote it."""

import pytest

from jupyter_tools import Agent, Model, tool
from jupyter_tools.messages import AssistantMessage, ToolResultMessage
from jupyter_tools.providers.anthropic import AnthropicProvider
from jupyter_tools.providers.model_catalogue import DEFAULT
from jupyter_tools.providers.model_files import pull
from jupyter_tools.providers.openai import OpenAIProvider
from jupyter_tools.providers.openai_responses import OpenAIResponsesProvider
from jupyter_tools.providers.shared_client import close_shared_client
from tests.servers.llama_server import NAME, llama_server

pytestmark = pytest.mark.local_model
WIRES = {"openai": OpenAIProvider, "anthropic": AnthropicProvider, "responses": OpenAIResponsesProvider}
CITY = {"type": "object", "properties": {"city": {"type": "string", "maxLength": 20}}, "required": ["city"]}


@pytest.fixture(scope="module")
def server():
    with llama_server(pull(DEFAULT, lambda *_: None)) as running:
        yield running


@pytest.fixture(autouse=True)
async def connections():
    yield
    await close_shared_client()


@tool
def weather(city: str) -> str:
    """Tell the weather in a city.

    Args:
        city: The city's name.
    """
    return f"-20 degrees in {city}"


def agent(server, wire="openai", tools=(), *, key=None, name=NAME, output_type=None, **options):
    model = Model(provider=wire, name=name, base_url=f"{server.url}/v1", options={"max_tokens": 40, **options})
    provider = WIRES[wire](api_key=key or server.key)
    return Agent(model, tools, provider=provider, output_type=output_type, trace=False)


@pytest.mark.parametrize("wire", WIRES)
async def test_an_answer_is_streamed_with_its_usage_on_every_wire(server, wire):
    stream = agent(server, wire, temperature=0).stream("Say: Hello, world!")
    deltas = [event.delta for event in [e async for e in stream] if event.type == "message_update"]
    result = await stream
    assert "Hello" in result.text
    assert result.stop_reason == "stop"
    assert len(deltas) > 2
    assert result.usage.input_tokens > 5
    assert 0 < result.usage.output_tokens <= 40
    assert not result.usage.estimated


@pytest.mark.parametrize("wire", WIRES)
async def test_an_answer_in_one_piece_is_the_streamed_one(server, wire):
    options = {"temperature": 0, "seed": 1}
    whole = await agent(server, wire, **options, stream=False).run("Name three colours.")
    streamed = await agent(server, wire, **options).run("Name three colours.")
    assert whole.text == streamed.text
    assert whole.text
    assert whole.usage.output_tokens == streamed.usage.output_tokens


@pytest.mark.parametrize("wire", ["openai", "anthropic"])  # on the third, the server calls it completed
async def test_an_answer_that_is_too_long_says_so(server, wire):
    result = await agent(server, wire, max_tokens=3, temperature=0).run("Count to one hundred, one number a line.")
    assert result.stop_reason == "length"
    assert result.text


@pytest.mark.parametrize("stream", [True, False])
async def test_tools_are_called_in_a_form_that_the_server_enforces(server, stream):
    """The model's own template has no calls that the server would know, so they are told in words and held to a schema."""
    asking = agent(server, tools=[weather], temperature=0, tool_format="schema", stream=stream, max_tokens=60)
    asking.max_turns = 2
    result = await asking.run("What is the weather in Omsk? Use the tool.")
    calls = [c for m in result.messages if isinstance(m, AssistantMessage) for c in m.tool_calls]
    assert (calls[0].name, calls[0].problem) == ("weather", None)
    first = next(m for m in result.messages if isinstance(m, ToolResultMessage))
    assert first.text.startswith("-20 degrees in")


async def test_a_call_that_the_server_cannot_read_is_pointed_out(server):
    asking = agent(server, tools=[weather], temperature=0, max_tokens=60)
    events = [event async for event in asking.stream("What is the weather in Omsk? Use the tool.")]
    told = [event.notice.text for event in events if event.type == "turn_update"]
    called = [event for event in events if event.type == "tool_execution_start"]
    assert called or "The model wrote a call of 'weather' as text" in told[0]


async def test_an_output_type_holds_the_server_to_its_schema(server):
    result = await agent(server, output_type=CITY, temperature=0, max_tokens=60).run("Name the capital of France.")
    assert result.stop_reason == "stop"
    assert set(result.output) == {"city"}
    assert sum(m.role == "user" for m in result.messages) == 1


@pytest.mark.parametrize("wire", WIRES)
async def test_a_wrong_key_is_refused_in_one_sentence_that_does_not_show_it(server, wire):
    result = await agent(server, wire, key="sk-this-is-the-wrong-one").run("Hi")
    assert result.stop_reason == "error"
    assert "refused the API key" in result.error_message
    assert "wrong-one" not in result.error_message


async def test_the_server_says_which_models_it_has(server):
    assert await OpenAIProvider(api_key=server.key).model_names(f"{server.url}/v1") == (NAME,)
