import json

import pytest

from jupyter_tools.errors import ConfigurationError, ProviderError, UnknownNameError
from jupyter_tools.events import Notice, StopDelta, TextDelta, ThinkingDelta, ToolCallDelta, UsageDelta
from jupyter_tools.messages import (
    AssistantMessage,
    TextContent,
    ToolCallContent,
    ToolResultMessage,
    Usage,
    text_of,
    user_message,
)
from jupyter_tools.providers.assembly import MessageAssembly
from jupyter_tools.providers.base import Model, Provider, Request
from jupyter_tools.providers.emulated import ToolSupportProvider, provider_of
from jupyter_tools.providers.scripted import ScriptedProvider, cut
from jupyter_tools.tools.tool import AgentTool

ADD = AgentTool(
    name="add",
    description="Adds.",
    parameters={"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}},
)
FIND = AgentTool(name="find", parameters={"type": "object", "properties": {"q": {"type": "string"}}})
CALL = '{"name": "add", "arguments": {"a": 1, "b": 2}}'
FIND_CALL = '{"name": "find", "arguments": {"q": "ё"}}'
MODEL = Model(provider="scripted", name="test")


def a_request(**changes) -> Request:
    return Request(**{"model": MODEL, "messages": (user_message("1 + 2?"),), "tools": (ADD, FIND), **changes})


async def ask(turn, tool_format="json", **changes) -> tuple[AssistantMessage, Request]:
    inner = ScriptedProvider([turn])
    assembly = MessageAssembly("scripted", "test")
    async for part in ToolSupportProvider(inner, tool_format).stream(a_request(**changes)):
        assembly.add(part)
    return assembly.message(), inner.requests[0]


def calls_of(message: AssistantMessage) -> list[tuple[str, object]]:
    return [(call.name, call.arguments) for call in message.tool_calls]


WRITTEN = {
    "json": CALL,
    "hermes": f"<tool_call>\n{CALL}\n</tool_call>",
    "react": 'Thought: I add.\nAction: add\nAction Input: {"a": 1, "b": 2}\nObservation: 4',
    "schema": f'{{"tool_calls": [{CALL}]}}',
}


@pytest.mark.parametrize("tool_format", WRITTEN)
async def test_a_written_call_becomes_a_call(tool_format: str) -> None:
    message, asked = await ask([WRITTEN[tool_format]], tool_format)
    assert calls_of(message) == [("add", {"a": 1, "b": 2})]
    assert message.text == ""
    assert message.stop_reason == "tool_calls"
    assert asked.tools == ()
    assert "Adds." in text_of(asked.messages[0].content)


async def test_several_tools_are_called_at_once_with_ids_of_their_own() -> None:
    message, _ = await ask([f"I do both.\n{CALL}\n{FIND_CALL}"])
    assert calls_of(message) == [("add", {"a": 1, "b": 2}), ("find", {"q": "ё"})]
    assert len({call.id for call in message.tool_calls}) == 2
    assert message.text == "I do both.\n"


@pytest.mark.parametrize("tool_format", WRITTEN)
async def test_an_answer_without_calls_is_text(tool_format: str) -> None:
    answers = {"react": "Thought: easy\nFinal Answer: It is 3.", "schema": '{"answer": "It is 3."}'}
    message, _ = await ask([answers.get(tool_format, "It is 3.")], tool_format)
    assert message.text == "It is 3."
    assert message.stop_reason == "stop"
    assert message.thinking == ("easy\n" if tool_format == "react" else "")


async def test_json_in_reasoning_is_no_call() -> None:
    message, _ = await ask([f"<think>Perhaps {CALL}?</think>No."])
    assert (message.text, message.tool_calls, message.thinking) == ("No.", (), f"Perhaps {CALL}?")
    message, _ = await ask([ThinkingDelta(text=CALL), ThinkingDelta(end=True), "No."])
    assert (message.text, message.tool_calls) == ("No.", ())


async def test_usage_after_the_stop_is_not_lost() -> None:
    class LateUsage(ScriptedProvider):
        async def stream(self, request):
            yield TextDelta(text="Hi")
            yield StopDelta(stop_reason="stop")
            yield UsageDelta(usage=Usage(input_tokens=7, output_tokens=1))

    parts = [part async for part in ToolSupportProvider(LateUsage([])).stream(a_request())]
    assert parts == [
        TextDelta(text="Hi"),
        UsageDelta(usage=Usage(input_tokens=7, output_tokens=1)),
        StopDelta(stop_reason="stop"),
    ]


async def test_usage_nobody_gave_is_estimated_in_tokens_and_marked() -> None:
    class NoUsage(ScriptedProvider):
        async def stream(self, request):
            for character in "Это сорок знаков текста на языке людей..":
                yield TextDelta(text=character)
            yield StopDelta(stop_reason="stop")

    parts = [part async for part in ToolSupportProvider(NoUsage([])).stream(a_request())]
    (usage,) = [part.usage for part in parts if isinstance(part, UsageDelta)]
    assert usage.estimated
    assert 10 <= usage.output_tokens <= 20
    assert usage.input_tokens > 50  # the instructions are read as well


async def test_an_error_keeps_the_partial_text_and_calls_nothing_unfinished() -> None:
    message, _ = await ask([f"Let me see. {CALL[:-1]}", cut()])
    assert message.text == f"Let me see. {CALL[:-1]}"
    assert message.tool_calls == ()
    assert message.stop_reason == "error"
    assert "cut" in (message.error_message or "")


async def test_an_answer_that_ran_out_of_tokens_stays_so() -> None:
    message, _ = await ask([CALL, CALL[:20], StopDelta(stop_reason="length")])
    assert message.stop_reason == "length"
    assert len(message.tool_calls) == 1


async def test_a_stream_that_ends_without_a_reason_is_passed_on_as_such() -> None:
    class Silent(ScriptedProvider):
        async def stream(self, request):
            yield TextDelta(text="Hi {")

    parts = [part async for part in ToolSupportProvider(Silent([])).stream(a_request())]
    assert not any(isinstance(part, StopDelta) for part in parts)
    assert "".join(part.text for part in parts if isinstance(part, TextDelta)) == "Hi {"


async def test_notices_and_native_calls_pass_through() -> None:
    notice = Notice(text="loading", kind="load")
    native = ToolCallDelta(index=0, name="find", arguments="{}")
    inner = ScriptedProvider([[notice, native, CALL]])
    parts = [part async for part in ToolSupportProvider(inner).stream(a_request())]
    assert parts[0] == notice
    assert len({part.index for part in parts if isinstance(part, ToolCallDelta)}) == 2
    assert parts[-1] == StopDelta(stop_reason="tool_calls")


async def test_a_react_model_is_stopped_where_it_makes_up_a_result() -> None:
    closed = []

    class Rambling(ScriptedProvider):
        async def stream(self, request):
            try:
                yield TextDelta(text="Action: add\nAction Input: {}\n")
                while True:
                    yield TextDelta(text="Observation: 5\n")
            finally:
                closed.append(True)

    parts = [part async for part in ToolSupportProvider(Rambling([]), "react").stream(a_request())]
    assert closed == [True]
    assert parts[-1] == StopDelta(stop_reason="tool_calls")


# --- what is asked ---
async def test_tool_choice_none_asks_for_text_and_reads_no_calls() -> None:
    call = AssistantMessage(content=(ToolCallContent(id="1", name="add"),))
    result = ToolResultMessage(tool_call_id="1", tool_name="add", content=(TextContent(text="3"),))
    history = (user_message("1 + 2?"), call, result)
    message, asked = await ask([CALL], tool_choice="none", messages=history)
    assert message.text == CALL
    assert "Call no tool now" in text_of(asked.messages[0].content)
    assert [m.role for m in asked.messages] == ["system", "user", "assistant", "user"]


async def test_a_named_tool_is_the_only_one_offered() -> None:
    _, asked = await ask([FIND_CALL], tool_choice="find")
    told = text_of(asked.messages[0].content)
    assert "must call the tool find" in told
    assert "Adds." not in told


async def test_a_request_without_tools_is_passed_on_as_it_is() -> None:
    _, asked = await ask(["Hi"], tools=())
    assert asked == a_request(tools=())


async def test_native_calls_are_left_to_the_provider() -> None:
    model = Model(provider="scripted", name="test", options={"tool_format": "native", "seed": 1})
    _, asked = await ask(["Hi"], "native", model=model)
    assert asked.tools == (ADD, FIND)
    assert asked.model.options == {"seed": 1}


async def test_the_servers_schema_is_used_unless_the_caller_has_one() -> None:
    _, asked = await ask(['{"answer": "3"}'], "schema")
    assert asked.model.options["response_format"]["type"] == "json_schema"
    own = {"type": "json_object"}
    model = Model(provider="scripted", name="test", options={"response_format": own})
    _, asked = await ask(['{"answer": "3"}'], "schema", model=model)
    assert asked.model.options["response_format"] == own


def test_the_option_tool_format_chooses() -> None:
    assert isinstance(provider_of(MODEL), ScriptedProvider)
    for tool_format in ("native", "json", "hermes", "react", "schema"):
        chosen = provider_of(Model(provider="scripted", name="x", options={"tool_format": tool_format}))
        assert isinstance(chosen, ToolSupportProvider)
        assert isinstance(chosen, Provider)
        assert (chosen.name, chosen.format) == ("scripted", tool_format)
    with pytest.raises(UnknownNameError, match="Did you mean 'json'"):
        provider_of(Model(provider="scripted", name="x", options={"tool_format": "jsn"}))


# --- the older door ---
OPENAI_ADD = {"type": "function", "function": {"name": "add", "parameters": ADD.parameters}}
OPENAI_FIND = {"function": {"name": "find", "parameters": FIND.parameters}}
USER = [{"role": "user", "content": "1 + 2?"}]


async def chunks(turn, **kwargs) -> tuple[list[object], Request]:
    inner = kwargs.pop("provider", None) or ScriptedProvider([turn])
    arguments = {"model": "any:7b", "messages": USER, "provider": inner, **kwargs}
    return [chunk async for chunk in ToolSupportProvider.create_async_generator(**arguments)], inner.requests[-1]


async def test_the_door_gives_text_then_calls_then_usage_then_the_reason() -> None:
    tools = [OPENAI_ADD, OPENAI_FIND]
    found, asked = await chunks([f"Both:\n{CALL}{FIND_CALL}"], tools=tools, temperature=0)
    text = [chunk for chunk in found if isinstance(chunk, str)]
    calls, usage, reason = found[len(text) :]
    assert "".join(text) == "Both:\n"
    assert [call["function"]["name"] for call in calls.get_list()] == ["add", "find"]
    assert json.loads(calls.get_list()[0]["function"]["arguments"]) == {"a": 1, "b": 2}
    assert len({call["id"] for call in calls.get_list()}) == 2
    assert usage.total_tokens
    assert reason.reason == "tool_calls"
    assert tools == [OPENAI_ADD, OPENAI_FIND]
    assert asked.model == Model(provider="scripted", name="any:7b", options={"temperature": 0})


async def test_the_door_gives_the_text_in_one_piece_if_it_is_not_to_stream() -> None:
    found, _ = await chunks(["It is three."], stream=False)
    assert found[0] == "It is three."
    assert found[-1].reason == "stop"


async def test_the_door_takes_a_provider_from_the_model_and_an_image_with_the_prompt() -> None:
    found, asked = await chunks(["A cat."], media=["data:image/png;base64,aGk="], response_format={"type": "json"})
    assert asked.messages[-1].content[-1].data == "aGk="
    assert asked.model.options["response_format"] == {"type": "json_object"}
    generator = ToolSupportProvider.create_async_generator("scripted:demo", USER)
    assert "I am a script" in "".join([chunk async for chunk in generator if isinstance(chunk, str)])
    assert found[0] == "A "


async def test_the_door_raises_what_ended_the_answer() -> None:
    with pytest.raises(ProviderError, match="scripted: the stream was cut"):
        await chunks(["Hi", cut()])


async def test_the_door_says_when_a_key_is_for_nobody() -> None:
    with pytest.raises(ConfigurationError, match="takes no API key"):
        await chunks(["Hi"], api_key="sk-1")
