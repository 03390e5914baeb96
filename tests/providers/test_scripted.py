import asyncio

import pytest

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.events import Notice, StopDelta, TextDelta, ToolCallDelta, UsageDelta
from jupyter_tools.messages import (
    AssistantMessage,
    TextContent,
    Usage,
    user_message,
)
from jupyter_tools.providers.assembly import MessageAssembly
from jupyter_tools.providers.base import Model, Provider, Request
from jupyter_tools.providers.scripted import (
    ScriptedProvider,
    call,
    cut,
    error,
    pause,
    register_script,
    script_names,
    thinking,
)


def a_request(*messages, name="test", tools=(), signal=None):
    model = Model(provider="scripted", name=name)
    return Request(model=model, messages=messages or (user_message("hello"),), tools=tools, signal=signal)


async def parts_of(provider, request=None):
    return [part async for part in provider.stream(request or a_request())]


async def message_of(provider, request=None) -> AssistantMessage:
    assembly = MessageAssembly(provider="scripted", model="test")
    for part in await parts_of(provider, request):
        assembly.add(part)
    return assembly.message()


def test_it_is_a_provider():
    assert isinstance(ScriptedProvider([]), Provider)


async def test_text_comes_in_pieces_that_join_to_the_text():
    parts = await parts_of(ScriptedProvider([["Привет,  мир!\n\nIt is late."]]))
    texts = [part.text for part in parts if isinstance(part, TextDelta)]
    assert len(texts) > 3
    assert "".join(texts) == "Привет,  мир!\n\nIt is late."
    assert parts[-1] == StopDelta(stop_reason="stop")


async def test_each_request_takes_the_next_turn_and_is_remembered():
    provider = ScriptedProvider([["one"], lambda request: [f"heard {request.messages[0].content[0].text}"]])
    first, second = a_request(), a_request(user_message("again"))
    assert (await message_of(provider, first)).text == "one"
    assert (await message_of(provider, second)).text == "heard again"
    assert provider.requests == [first, second]


async def test_reasoning_and_parallel_calls_become_blocks_in_their_order():
    turn = [thinking("let me see"), "I ask. ", call("add", {"a": 1}), call("clock"), call("clock", {"zone": "Токио"})]
    message = await message_of(ScriptedProvider([turn]))
    assert message.thinking == "let me see"
    assert [block.type for block in message.content] == ["thinking", "text", "tool_call", "tool_call", "tool_call"]
    assert [c.arguments for c in message.tool_calls] == [{"a": 1}, {}, {"zone": "Токио"}]
    assert message.stop_reason == "tool_calls"


async def test_malformed_arguments_stay_malformed():
    message = await message_of(ScriptedProvider([[call("add", '{"a": 1,')]]))
    assert message.tool_calls[0].problem is not None


async def test_usage_is_an_estimate_unless_the_script_gives_it():
    given = Usage(input_tokens=7, output_tokens=3)
    provider = ScriptedProvider([["a b c"], ["a", UsageDelta(usage=given)]])
    assert (await message_of(provider)).usage == Usage(input_tokens=1, output_tokens=3, estimated=True)
    assert (await message_of(provider)).usage == given


async def test_a_script_that_has_run_out_says_so():
    provider = ScriptedProvider([["one"]])
    await parts_of(provider)
    with pytest.raises(ConfigurationError, match="has 1 turns, and one more was asked for"):
        await parts_of(provider)


async def test_an_error_is_tried_again_if_the_turn_goes_on():
    parts = await parts_of(ScriptedProvider([[error(status=429, retry_after_s=0), "here"]]))
    assert isinstance(parts[0], Notice)
    assert parts[0].text.startswith("retrying in 0 s (2 of 5)")
    assert parts[1] == TextDelta(text="here")


async def test_an_error_at_the_end_of_a_turn_ends_the_answer_and_keeps_what_was_said():
    message = await message_of(ScriptedProvider([["half an ", error(status=500)]]))
    assert (message.text, message.stop_reason) == ("half an ", "error")
    assert message.error_message == "scripted: the server answered 500."


async def test_an_error_after_text_is_never_tried_again():
    message = await message_of(ScriptedProvider([["half", error(status=500), "whole"]]))
    assert (message.text, message.stop_reason) == ("half", "error")


async def test_a_cut_keeps_what_was_said():
    message = await message_of(ScriptedProvider([["half an ", cut(), "answer"]]))
    assert (message.text, message.stop_reason) == ("half an ", "error")


async def test_the_signal_ends_a_pause_at_once():
    signal = asyncio.Event()
    asyncio.get_running_loop().call_later(0.02, signal.set)
    async with asyncio.timeout(2):
        message = await message_of(ScriptedProvider([["one ", pause(60), "two"]]), a_request(signal=signal))
    assert (message.text, message.stop_reason) == ("one ", "aborted")


async def test_the_signal_ends_slow_text():
    signal = asyncio.Event()
    seen = []
    async for part in ScriptedProvider([["a b c d"]], token_delay_s=0.001).stream(a_request(signal=signal)):
        seen.append(part)
        signal.set()
    assert seen == [TextDelta(text="a "), StopDelta(stop_reason="aborted")]


async def test_a_named_script_follows_the_conversation_and_starts_over():
    register_script("ping", [["one"], ["two"]])
    provider = ScriptedProvider()
    said = AssistantMessage(content=(TextContent(text="x"),))
    question = user_message("hello")
    history = [(question,), (question, said), (question, said, said)]
    answers = [(await message_of(provider, a_request(*messages, name="ping"))).text for messages in history]
    assert answers == ["one", "two", "one"]


async def test_an_unknown_script_names_the_nearest():
    assert "demo" in script_names()
    with pytest.raises(UnknownNameError, match="Did you mean 'demo'"):
        await parts_of(ScriptedProvider(), a_request(name="demmo"))


async def test_every_call_of_a_turn_has_an_index_of_its_own():
    parts = await parts_of(ScriptedProvider([[call("a"), call("b")]]))
    assert len({part.index for part in parts if isinstance(part, ToolCallDelta)}) == 2
