import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.messages import AssistantMessage, TextContent, ThinkingContent, ToolCallContent, Usage
from jupyter_tools.providers.assembly import MessageAssembly
from jupyter_tools.providers.responses_stream import ResponsesDecoder
from jupyter_tools.providers.retry import may_be_retried
from tests.providers.cuts import cut_at

USAGE = {
    "input_tokens": 10,
    "output_tokens": 20,
    "input_tokens_details": {"cached_tokens": 4},
    "output_tokens_details": {"reasoning_tokens": 8},
}


def sse(*documents) -> bytes:
    return "".join(f"event: {d['type']}\ndata: {json.dumps(d, ensure_ascii=False)}\n\n" for d in documents).encode()


def event(kind, index=0, **fields) -> dict:
    return {"type": f"response.{kind}", "output_index": index, **fields}


def text(index, *pieces) -> list[dict]:
    return [
        event("output_item.added", index, item={"type": "message", "id": "m"}),
        *[event("output_text.delta", index, delta=piece) for piece in pieces],
        event("output_text.done", index, text="".join(pieces)),
        event("output_item.done", index, item={"type": "message", "id": "m"}),
    ]


def call(index, name, *pieces, done="") -> list[dict]:
    item = {"type": "function_call", "id": f"fc_{index}", "call_id": f"call_{index}", "name": name}
    return [
        event("output_item.added", index, item={**item, "arguments": ""}),
        *[event("function_call_arguments.delta", index, delta=piece) for piece in pieces],
        event("output_item.done", index, item={**item, "arguments": done or "".join(pieces)}),
    ]


def thought(index, *pieces, **more) -> list[dict]:
    return [
        event("output_item.added", index, item={"type": "reasoning", "id": "rs_1", "summary": []}),
        event("reasoning_summary_part.added", index, summary_index=0),
        *[event("reasoning_summary_text.delta", index, delta=piece) for piece in pieces],
        event("output_item.done", index, item={"type": "reasoning", "id": "rs_1", **more}),
    ]


def without_index(events) -> list[dict]:
    """As llama.cpp's server sends them."""
    return [{name: value for name, value in e.items() if name != "output_index"} for e in events]


def ended(kind="completed", **more) -> dict:
    return {"type": f"response.{kind}", "response": {"usage": USAGE, **more}}


def read(*chunks: bytes) -> tuple[AssistantMessage, ResponsesDecoder]:
    decoder = ResponsesDecoder("responses")
    assembly = MessageAssembly("responses", "gpt-5")
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
    {"type": "response.created", "response": {}},
    *thought(0, "Поду", "маю.", encrypted_content="x9"),
    *text(1, "Смотрю. ", "🤔"),
    *call(2, "weather", '{"city": ', '"Омск"}'),
    *call(3, "time_now", done="{}"),
    ended(),
]


def test_a_whole_answer_is_read() -> None:
    message = message_of(*WHOLE)
    thinking, said, *calls = message.content
    assert isinstance(thinking, ThinkingContent)
    assert (thinking.thinking, thinking.cut) == ("Подумаю.", False)
    assert json.loads(thinking.signature or "") == {"id": "rs_1", "encrypted_content": "x9"}
    assert said == TextContent(text="Смотрю. 🤔")
    assert calls == [
        ToolCallContent(id="call_2", name="weather", arguments={"city": "Омск"}),
        ToolCallContent(id="call_3", name="time_now"),
    ]
    assert message.stop_reason == "tool_calls"
    assert message.usage == Usage(input_tokens=10, output_tokens=20, cached_tokens=4, reasoning_tokens=8)


@given(st.lists(st.integers(min_value=0), max_size=12))
def test_any_cutting_of_the_bytes_gives_the_same_message(places: list[int]) -> None:
    data = sse(*WHOLE)
    message, _ = read(*cut_at(data, places))
    whole = message_of(*WHOLE)
    assert (message.text, message.thinking, message.tool_calls) == (whole.text, whole.thinking, whole.tool_calls)
    assert (message.usage, message.stop_reason) == (whole.usage, whole.stop_reason)


def test_parts_of_a_summary_are_paragraphs() -> None:
    second = event("reasoning_summary_part.added", summary_index=1)
    message = message_of(*thought(0, "one")[:3], second, *thought(0, "two")[2:], *text(1, "ok"), ended())
    assert message.thinking == "one\n\ntwo"


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (ended(), "stop"),
        (ended("incomplete", incomplete_details={"reason": "max_output_tokens"}), "length"),
        (ended("incomplete", incomplete_details={"reason": "content_filter"}), "error"),
        (ended(incomplete_details=None), "stop"),
    ],
)
def test_how_it_ended_is_told(end: dict, reason: str) -> None:
    message = message_of(*text(0, "half"), end)
    assert (message.text, message.stop_reason) == ("half", reason)


@pytest.mark.parametrize(
    ("code", "again"), [("server_error", True), ("rate_limit_exceeded", True), ("invalid_prompt", False)]
)
@pytest.mark.parametrize("failed", [True, False])
def test_a_failure_says_whether_it_may_pass(code: str, again: bool, failed: bool) -> None:
    error = {"code": code, "message": "no luck"}
    _, decoder = read(sse(ended("failed", error=error) if failed else {"type": "error", **error}))
    assert decoder.failure is not None
    assert "no luck" in str(decoder.failure)
    assert may_be_retried(decoder.failure) is again


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_an_end_that_is_no_good_one_is_a_failure_also_without_words(status: str) -> None:
    message, decoder = read(sse(*text(0, "half"), ended(status, status=status)))
    assert message.text == "half"
    assert "does not say which" in str(decoder.failure)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (sse(*text(0, "half")), "cut"),
        (b"<html>", "web page"),
        (b"data: {nope}\n\n", "cannot be read"),
        (sse({"type": "response.function_call_arguments.delta"}), "cannot be read"),
    ],
)
def test_what_is_no_answer_is_a_failure(data: bytes, words: str) -> None:
    _, decoder = read(data)
    assert words in str(decoder.failure)


def test_reasoning_that_was_cut_is_marked() -> None:
    message, _ = read(sse(*thought(0, "hm")[:3]))
    (thinking,) = message.content
    assert isinstance(thinking, ThinkingContent)
    assert thinking.cut


def test_items_without_an_index_are_told_apart_by_their_ids():
    calls = [
        {**e, "item_id": f"fc_{number}"}
        for number in (1, 2)
        for e in without_index(call(number, f"tool_{number}", '{"n":', f" {number}}}"))
    ]
    message, decoder = read(sse(*without_index(text(0, "So: ")), *calls, ended()))
    assert decoder.failure is None
    assert message.text == "So: "
    assert [(c.name, c.arguments) for c in message.tool_calls] == [("tool_1", {"n": 1}), ("tool_2", {"n": 2})]


ONE_PIECE = {
    "object": "response",
    "status": "completed",
    "error": None,
    "output": [
        {
            "type": "reasoning",
            "id": "rs_1",
            "summary": [{"type": "summary_text", "text": "Подумаю."}],
            "encrypted_content": "x9",
        },
        {"type": "message", "id": "m", "content": [{"type": "output_text", "text": "Смотрю. 🤔"}]},
        {"type": "function_call", "call_id": "call_2", "name": "weather", "arguments": '{"city": "Омск"}'},
        {"type": "function_call", "call_id": "call_3", "name": "time_now", "arguments": "{}"},
    ],
    "usage": USAGE,
}


@given(st.lists(st.integers(min_value=0), max_size=12))
def test_an_answer_in_one_piece_is_the_streamed_one_however_it_is_cut(places: list[int]) -> None:
    data = json.dumps(ONE_PIECE, ensure_ascii=False).encode()
    message, decoder = read(*cut_at(data, places))
    streamed = message_of(*WHOLE)
    assert decoder.failure is None
    assert (message.text, message.thinking, message.tool_calls) == (
        streamed.text,
        streamed.thinking,
        streamed.tool_calls,
    )
    assert [getattr(b, "signature", None) for b in message.content] == [
        getattr(b, "signature", None) for b in streamed.content
    ]
    assert (message.stop_reason, message.usage) == (streamed.stop_reason, streamed.usage)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"status": "failed", "error": {"code": "server_error", "message": "no luck"}}, "no luck"),
        ({"status": "ok"}, "as a model's server does"),
        ({"output": [{"type": "message", "content": 5}]}, "as a model's server does"),
    ],
)
def test_a_document_that_is_no_answer_is_a_failure(document: dict, words: str) -> None:
    _, decoder = read(json.dumps(document).encode())
    assert words in str(decoder.failure)


def test_a_refusal_in_one_piece_is_text() -> None:
    output = [{"type": "message", "content": [{"type": "refusal", "refusal": "I will not."}]}]
    assert read(json.dumps({"output": output}).encode())[0].text == "I will not."


def test_reasoning_that_a_model_writes_into_its_text_is_reasoning() -> None:
    message = message_of(*text(0, "<thi", "nk>hm</thi", "nk>so <"), *call(1, "time_now", done="{}"), ended())
    assert [block.type for block in message.content] == ["thinking", "text", "tool_call"]
    assert (message.thinking, message.text) == ("hm", "so <")
