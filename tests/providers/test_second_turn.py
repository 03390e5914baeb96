"""What each wire really sends when a model has reasoned and called a tool: the second request of a run, byte for byte.

The first answer is in the server's own words, signature and all; an agent runs the tool, which gives a picture; then
the request that carries all of it back is looked at.
"""

import json
from dataclasses import dataclass, field, replace

import httpx
import pytest

from jupyter_tools.agent.agent import Agent
from jupyter_tools.events import AgentToolResult
from jupyter_tools.messages import ImageContent, TextContent, UserMessage
from jupyter_tools.providers.anthropic import AnthropicProvider
from jupyter_tools.providers.base import Model
from jupyter_tools.providers.ollama import OllamaProvider
from jupyter_tools.providers.openai import OpenAIProvider
from jupyter_tools.providers.openai_compatible import DeepSeekProvider, OpenRouterProvider
from jupyter_tools.providers.openai_responses import OpenAIResponsesProvider
from jupyter_tools.tools.tool import AgentTool
from tests.providers import test_anthropic_stream as anthropic
from tests.providers import test_ollama_stream as ollama
from tests.providers import test_responses_stream as responses
from tests.providers import wire

PICTURE = ImageContent(data="aGk=", mime_type="image/png")
ASKED = UserMessage(content=(TextContent(text="What is drawn here?"), replace(PICTURE, data="YXNr")))
THOUGHT = "I should plot it."
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
DETAILS = [{"type": "reasoning.text", "index": 0, "text": THOUGHT, "signature": "sig=="}]
DATA_URL, ASKED_URL = "data:image/png;base64,aGk=", "data:image/png;base64,YXNr"


async def draw(tool_call_id, args, signal, on_update):
    return AgentToolResult(content=(TextContent(text="A plot."), PICTURE))


PLOT = AgentTool(name="plot", parameters={"type": "object", "properties": {"x": {"type": "string"}}}, execute=draw)


def chat(reasoning):
    calls = wire.calls(wire.call(0, "c1", "plot", '{"x": '), wire.call(1, "c2", "plot", ""))
    more = wire.calls(wire.call(0, arguments='"ё"}'), wire.call(1, arguments="{}"))
    return wire.sse(wire.delta(**reasoning), wire.text("I plot."), calls, more, wire.CALLS, wire.DONE)


FIRST = {
    "openai": chat({"reasoning_content": THOUGHT}),
    "deepseek": chat({"reasoning_content": THOUGHT}),
    "openrouter": chat({"reasoning": THOUGHT, "reasoning_details": DETAILS}),
    "responses": responses.sse(
        *responses.thought(0, THOUGHT, encrypted_content="x9"),
        *responses.text(1, "I plot."),
        *responses.call(2, "plot", '{"x": ', '"ё"}'),
        *responses.call(3, "plot", "{}"),
        responses.ended(),
    ),
    "anthropic": anthropic.sse(
        anthropic.START,
        *anthropic.thought(0, THOUGHT, "sig=="),
        *anthropic.block(1, {"type": "redacted_thinking", "data": "r4"}),
        *anthropic.text(2, "I plot."),
        *anthropic.call(3, "plot", '{"x": ', '"ё"}'),
        *anthropic.call(4, "plot", "{}"),
        anthropic.ended("tool_use"),
        anthropic.STOP,
    ),
    "ollama": ollama.lines(
        ollama.said(thinking=THOUGHT),
        ollama.said("I plot."),
        ollama.said(tool_calls=[ollama.call("plot", {"x": "ё"}), ollama.call("plot", {})]),
        ollama.done(),
    ),
}
LAST = {
    "openai": wire.sse(wire.text('{"n": 4}'), wire.STOP, wire.DONE),
    "responses": responses.sse(*responses.text(0, '{"n": 4}'), responses.ended()),
    "anthropic": anthropic.sse(anthropic.START, *anthropic.text(0, '{"n": 4}'), anthropic.ended(), anthropic.STOP),
    "ollama": ollama.lines(ollama.said('{"n": 4}'), ollama.done()),
}
PROVIDERS = {
    "openai": OpenAIProvider,
    "deepseek": DeepSeekProvider,
    "openrouter": OpenRouterProvider,
    "responses": OpenAIResponsesProvider,
    "anthropic": AnthropicProvider,
    "ollama": OllamaProvider,
}


@dataclass
class Server:
    """Answers in the words of one wire, and keeps what it was asked."""

    wire: str
    bodies: list[dict] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.bodies.append(json.loads(request.content))
        answer = FIRST[self.wire] if len(self.bodies) == 1 else LAST.get(self.wire, LAST["openai"])
        return httpx.Response(200, content=answer)

    def agent(self, provider=None, output_type=None, **options) -> Agent:
        client = httpx.AsyncClient(transport=httpx.MockTransport(self))
        made = (provider or PROVIDERS[self.wire])(api_key="sk-any-key-will-do", client=client)
        model = Model(provider=made.name, name="gpt-5", options=options)
        return Agent(model, [PLOT], provider=made, output_type=output_type, trace=False)


async def second(wire_name: str, **options) -> dict:
    server = Server(wire_name)
    result = await server.agent(**options).run(ASKED)
    assert (result.text, result.stop_reason, len(server.bodies)) == ('{"n": 4}', "stop", 2)
    return server.bodies[1]


def chat_calls():
    return [
        {"id": "c1", "type": "function", "function": {"name": "plot", "arguments": '{"x": "ё"}'}},
        {"id": "c2", "type": "function", "function": {"name": "plot", "arguments": "{}"}},
    ]


@pytest.mark.parametrize(
    ("name", "reasoning"),
    [
        ("openai", {}),
        ("deepseek", {"reasoning_content": THOUGHT}),
        ("openrouter", {"reasoning_details": DETAILS}),
    ],
)
async def test_chat_completions(name: str, reasoning: dict) -> None:
    picture = {"type": "image_url", "image_url": {"url": DATA_URL}}
    question = {"type": "text", "text": "What is drawn here?"}
    assert (await second(name))["messages"] == [
        {"role": "user", "content": [question, {"type": "image_url", "image_url": {"url": ASKED_URL}}]},
        {"role": "assistant", "content": "I plot.", **reasoning, "tool_calls": chat_calls()},
        {"role": "tool", "tool_call_id": "c1", "content": "A plot."},
        {"role": "tool", "tool_call_id": "c2", "content": "A plot."},
        {"role": "user", "content": [{"type": "text", "text": "The images that the tools gave:"}, picture, picture]},
    ]


async def test_responses() -> None:
    body = await second("responses")
    assert (body["include"], body["store"]) == (["reasoning.encrypted_content"], False)
    output = [{"type": "input_text", "text": "A plot."}, {"type": "input_image", "image_url": DATA_URL}]
    summary = [{"type": "summary_text", "text": THOUGHT}]
    assert body["input"] == [
        {
            "role": "user",
            "content": [
                {"type": "input_text", "text": "What is drawn here?"},
                {"type": "input_image", "image_url": ASKED_URL},
            ],
        },
        {"type": "reasoning", "summary": summary, "id": "rs_1", "encrypted_content": "x9"},
        {"role": "assistant", "content": [{"type": "output_text", "text": "I plot."}]},
        {"type": "function_call", "call_id": "call_2", "name": "plot", "arguments": '{"x": "ё"}'},
        {"type": "function_call", "call_id": "call_3", "name": "plot", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "call_2", "output": output},
        {"type": "function_call_output", "call_id": "call_3", "output": output},
    ]


async def test_anthropic() -> None:
    def image(data):
        return {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}}

    content = [{"type": "text", "text": "A plot."}, image("aGk=")]
    assert (await second("anthropic"))["messages"] == [
        {"role": "user", "content": [{"type": "text", "text": "What is drawn here?"}, image("YXNr")]},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": THOUGHT, "signature": "sig=="},
                {"type": "redacted_thinking", "data": "r4"},
                {"type": "text", "text": "I plot."},
                {"type": "tool_use", "id": "toolu_3", "name": "plot", "input": {"x": "ё"}},
                {"type": "tool_use", "id": "toolu_4", "name": "plot", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "toolu_3", "content": content},
                {"type": "tool_result", "tool_use_id": "toolu_4", "content": content},
            ],
        },
    ]


async def test_ollama() -> None:
    question, answer, *results = (await second("ollama"))["messages"]
    assert question == {"role": "user", "content": "What is drawn here?", "images": ["YXNr"]}
    assert (answer["thinking"], answer["content"]) == (THOUGHT, "I plot.")
    assert [call["function"] for call in answer["tool_calls"]] == [
        {"name": "plot", "arguments": {"x": "ё"}},
        {"name": "plot", "arguments": {}},
    ]
    shared = {"role": "tool", "content": "A plot.", "tool_name": "plot", "images": ["aGk="]}
    assert results == [{**shared, "tool_call_id": call["id"]} for call in answer["tool_calls"]]


@pytest.mark.parametrize("name", ["anthropic", "responses", "openrouter"])
async def test_what_was_signed_is_still_sent_by_a_conversation_that_was_saved_and_loaded(name: str, tmp_path) -> None:
    server, again = Server(name), Server(name)
    first, loaded = server.agent(), again.agent()
    await first.run(ASKED)
    first.save(tmp_path / "chat.json")
    loaded.load(tmp_path / "chat.json")
    again.bodies.append({})  # so that it gives its last answer
    await loaded.run("And now?")
    carried = "input" if name == "responses" else "messages"
    before = server.bodies[1][carried]
    assert again.bodies[1][carried][: len(before)] == before


class Relay(AnthropicProvider):
    """Somebody's own server that speaks the wire of another."""

    name = "relay"


async def test_a_provider_that_inherits_a_wire_gets_back_what_it_has_signed_and_nobody_elses() -> None:
    relayed, direct = Server("anthropic"), Server("anthropic")
    relay = relayed.agent(Relay)
    await relay.run(ASKED)
    assert relayed.bodies[1]["messages"][1]["content"][0]["signature"] == "sig=="
    other = direct.agent()
    other.messages = list(relay.messages)
    direct.bodies.append({})
    await other.run("And now?")
    assert "sig==" not in json.dumps(direct.bodies[1])


@pytest.mark.parametrize("name", list(LAST))
async def test_the_schema_of_the_answer_goes_along_where_the_server_takes_it_beside_tools(name: str) -> None:
    body = await second(name, output_type=SCHEMA)
    strict = {**SCHEMA, "additionalProperties": False}
    told = {
        "openai": {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA}},
        "responses": {"format": {"type": "json_schema", "name": "answer", "schema": SCHEMA}},
        "anthropic": {"format": {"type": "json_schema", "schema": strict}},
        "ollama": None,  # it would keep the model from calling tools
    }
    fields = {"openai": "response_format", "responses": "text", "anthropic": "output_config", "ollama": "format"}
    assert body.get(fields[name]) == told[name]


@pytest.mark.parametrize("name", list(LAST))
async def test_seeds_the_usual_options_and_unknown_ones_go_along(name: str) -> None:
    options = {"temperature": 0, "seed": 7, "max_tokens": 9, "some_future_option": {"a": 1}}
    body = await second(name, **options, send_reasoning=False, starts_in_thinking=False, thinking=None)
    limit = {"openai": "max_completion_tokens", "responses": "max_output_tokens", "anthropic": "max_tokens"}
    place = body["options"] if name == "ollama" else body
    assert place["temperature"] == 0
    assert place["seed"] == 7
    assert place["some_future_option"] == {"a": 1}
    assert place[limit.get(name, "num_predict")] == 9
    assert not {"send_reasoning", "starts_in_thinking", "thinking"} & place.keys()
