import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.events import TextDelta, ThinkingDelta, UsageDelta
from jupyter_tools.messages import AssistantMessage, TextContent, ThinkingContent, ToolCallContent, Usage
from jupyter_tools.providers.anthropic_messages import REDACTED
from jupyter_tools.providers.anthropic_stream import AnthropicDecoder
from jupyter_tools.providers.assembly import MessageAssembly
from jupyter_tools.providers.retry import may_be_retried
from jupyter_tools.thinking import ThinkingDecoder
from tests.providers.cuts import cut_at

USAGE = {"input_tokens": 10, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 2, "output_tokens": 1}
START = {"type": "message_start", "message": {"id": "m", "role": "assistant", "content": [], "usage": USAGE}}
STOP = {"type": "message_stop"}
PING = {"type": "ping"}


def sse(*documents) -> bytes:
    return "".join(f"event: {d['type']}\ndata: {json.dumps(d, ensure_ascii=False)}\n\n" for d in documents).encode()


def block(index, start, *deltas) -> list[dict]:
    return [
        {"type": "content_block_start", "index": index, "content_block": start},
        *[{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas],
        {"type": "content_block_stop", "index": index},
    ]


def text(index, *pieces) -> list[dict]:
    return block(index, {"type": "text", "text": ""}, *[{"type": "text_delta", "text": piece} for piece in pieces])


def call(index, name, *pieces) -> list[dict]:
    start = {"type": "tool_use", "id": f"toolu_{index}", "name": name, "input": {}}
    return block(index, start, *[{"type": "input_json_delta", "partial_json": piece} for piece in pieces])


def thought(index, said, signature) -> list[dict]:
    deltas = [{"type": "thinking_delta", "thinking": said}, {"type": "signature_delta", "signature": signature}]
    return block(index, {"type": "thinking", "thinking": "", "signature": ""}, *deltas)


def ended(reason="end_turn", **usage) -> dict:
    return {"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": 20, **usage}}


def read(*chunks: bytes) -> tuple[AssistantMessage, AnthropicDecoder]:
    decoder = AnthropicDecoder("anthropic")
    assembly = MessageAssembly("anthropic", "claude")
    for chunk in chunks:
        for part in decoder.decode(chunk):
            assembly.add(part)
    for part in decoder.flush():
        assembly.add(part)
    return assembly.message(), decoder


def message_of(*documents) -> AssistantMessage:
    message, decoder = read(sse(*documents))
    assert decoder.failure is None
    return message


WHOLE = [
    START,
    PING,
    *thought(0, "Подумаю.", "sig=="),
    *block(1, {"type": "redacted_thinking", "data": "x9"}),
    *text(2, "Смотрю ", "погоду. 🤔"),
    *call(3, "weather", "", '{"city": ', '"Омск"}'),
    *call(4, "time_now"),
    ended("tool_use"),
    STOP,
]


def test_a_whole_answer_is_read() -> None:
    message = message_of(*WHOLE)
    thinking, redacted, said, *calls = message.content
    assert isinstance(thinking, ThinkingContent)
    assert (thinking.thinking, thinking.signature, thinking.cut) == ("Подумаю.", "sig==", False)
    assert isinstance(redacted, ThinkingContent)
    assert (redacted.thinking, redacted.signature) == ("", REDACTED + "x9")
    assert said == TextContent(text="Смотрю погоду. 🤔")
    assert calls == [
        ToolCallContent(id="toolu_3", name="weather", arguments={"city": "Омск"}),
        ToolCallContent(id="toolu_4", name="time_now"),
    ]
    assert message.stop_reason == "tool_calls"
    assert message.usage == Usage(input_tokens=17, output_tokens=20, cached_tokens=5)


@given(st.lists(st.integers(min_value=0), max_size=12))
def test_any_cutting_of_the_bytes_gives_the_same_message(places: list[int]) -> None:
    data = sse(*WHOLE).replace(b"\n", b"\r\n")
    cut, _ = read(*cut_at(data, places))
    whole, _ = read(data)
    assert [type(b) for b in cut.content] == [type(b) for b in whole.content]
    assert (cut.text, cut.thinking, cut.tool_calls, cut.usage) == (
        whole.text,
        whole.thinking,
        whole.tool_calls,
        whole.usage,
    )


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("pause_turn", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("tool_use", "tool_calls"),
    ],
)
def test_stop_reasons_become_ours(said: str, meant: str) -> None:
    assert message_of(START, *text(0, "a"), ended(said), STOP).stop_reason == meant


def test_a_refusal_is_an_error_that_keeps_the_text() -> None:
    message = message_of(START, *text(0, "half"), ended("refusal"), STOP)
    assert (message.text, message.stop_reason) == ("half", "error")
    assert "refused to answer" in (message.error_message or "")


def test_the_last_usage_counts_and_what_it_leaves_out_stays() -> None:
    message = message_of(START, *text(0, "a"), ended(input_tokens=30), STOP)
    assert message.usage == Usage(input_tokens=37, output_tokens=20, cached_tokens=5)


def test_events_of_the_future_and_tools_of_the_server_are_passed_over() -> None:
    searched = block(
        0,
        {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}},
        {"type": "input_json_delta", "partial_json": '{"q": 1}'},
    )
    message = message_of(START, {"type": "news"}, *searched, *text(1, "a"), ended(), STOP)
    assert message.content == (TextContent(text="a"),)


@pytest.mark.parametrize(
    ("kind", "again"),
    [("overloaded_error", True), ("api_error", True), ("rate_limit_error", True), ("invalid_request_error", False)],
)
def test_an_error_in_the_stream_says_whether_it_may_pass(kind: str, again: bool) -> None:
    error = {"type": "error", "error": {"type": kind, "message": "Overloaded"}}
    _, decoder = read(sse(START, error))
    assert decoder.failure is not None
    assert "Overloaded" in str(decoder.failure)
    assert may_be_retried(decoder.failure) is again


def test_an_error_before_any_word_leaves_nothing_so_that_it_can_be_tried_again() -> None:
    decoder = AnthropicDecoder("anthropic")
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    assert decoder.decode(sse(START, error)) + decoder.flush() == []


def test_an_error_in_the_middle_keeps_text_and_usage() -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    decoder = AnthropicDecoder("anthropic")
    parts = decoder.decode(sse(START, *text(0, "half"), error)) + decoder.flush()
    assert parts[0].text == "half"
    assert isinstance(parts[-1], UsageDelta)
    assert "too much to do" in str(decoder.failure)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (sse(START, *text(0, "half")), "the stream was cut"),
        (sse(START, *text(0, "half")) + b'event: x\ndata: {"type": "mess', "the stream was cut"),
        (b"", "the stream was cut"),
        (b"<html>hi</html>", "a web page"),
        (b'{"nope": 1}', "as a model's server does"),
        (b'{"type": "message", "con', "cannot be read"),
        (b'{"type": "error", "error": {"type": "not_found_error", "message": "no such model"}}', "no such model"),
        (b"data: {nope}\n\n", "cannot be read"),
        (b"data: [1]\n\n", "cannot be read"),
        (sse(START, {"type": "content_block_delta", "index": 0}), "cannot be read"),
    ],
)
def test_what_is_no_answer_is_a_failure(data: bytes, problem: str) -> None:
    _, decoder = read(data)
    assert decoder.failure is not None
    assert decoder.failure.args[0]
    assert any(word in str(decoder.failure) for word in problem.split("|"))


def test_reasoning_that_was_cut_is_marked() -> None:
    message, _ = read(sse(START, *thought(0, "hm", "s")[:2]))
    (thinking,) = message.content
    assert isinstance(thinking, ThinkingContent)
    assert thinking.cut


ONE_PIECE = {
    "type": "message",
    "role": "assistant",
    "content": [
        {"type": "thinking", "thinking": "Подумаю.", "signature": "sig=="},
        {"type": "redacted_thinking", "data": "x9"},
        {"type": "text", "text": "Смотрю погоду. 🤔"},
        {"type": "tool_use", "id": "toolu_3", "name": "weather", "input": {"city": "Омск"}},
        {"type": "tool_use", "id": "toolu_4", "name": "time_now", "input": {}},
    ],
    "stop_reason": "tool_use",
    "usage": {**USAGE, "output_tokens": 20},
}


@given(st.lists(st.integers(min_value=0), max_size=12))
def test_an_answer_in_one_piece_is_the_streamed_one_however_it_is_cut(places: list[int]) -> None:
    data = json.dumps(ONE_PIECE, ensure_ascii=False).encode()
    message, decoder = read(*cut_at(data, places))
    streamed = message_of(*WHOLE)
    assert decoder.failure is None
    assert [replace(b, duration_ms=0) if isinstance(b, ThinkingContent) else b for b in message.content] == [
        replace(b, duration_ms=0) if isinstance(b, ThinkingContent) else b for b in streamed.content
    ]
    assert (message.stop_reason, message.usage) == (streamed.stop_reason, streamed.usage)


def test_reasoning_that_a_model_writes_into_its_text_is_reasoning() -> None:
    """Servers that speak this wire for open models do not tell it apart."""
    calls = call(1, "time_now")
    message = message_of(START, *text(0, "<thi", "nk>hm</thi", "nk>so <"), *calls, ended("tool_use"), STOP)
    assert [block.type for block in message.content] == ["thinking", "text", "tool_call"]
    assert (message.thinking, message.text) == ("hm", "so <")


def test_a_template_may_have_opened_the_reasoning() -> None:
    decoder = AnthropicDecoder("anthropic", ThinkingDecoder(starts_in_thinking=True))
    parts = decoder.decode(sse(START, *text(0, "hm</think>so"), ended(), STOP))
    assert parts[:3] == [ThinkingDelta(text="hm"), ThinkingDelta(end=True), TextDelta(text="so")]
