"""Dirty streams, as real servers send them. Each test names who does that, or why it may happen."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.messages import AssistantMessage, ThinkingContent, Usage
from jupyter_tools.providers.openai_stream import ChatCompletionDecoder
from jupyter_tools.providers.retry import may_be_retried
from jupyter_tools.thinking import ThinkingDecoder

from .wire import CALLS, DONE, STOP, call, calls, delta, message_of, read, sse, text


def test_text_comes_as_it_is_said():
    message = message_of(delta(role="assistant", content=""), text("Привет, "), text("мир"), STOP, DONE)
    assert (message.text, message.stop_reason) == ("Привет, мир", "stop")


@pytest.mark.parametrize(
    ("said", "meant"),
    [("stop", "stop"), ("length", "length"), ("eos", "stop"), ("max_tokens", "length"), ("tool_calls", "stop")],
)
def test_finish_reasons_become_ours(said, meant):
    assert message_of(text("a"), delta(said), DONE).stop_reason == meant


@pytest.mark.parametrize("said", ["stop", "tool_calls", "function_call"])
def test_a_message_with_calls_stops_for_its_calls_whatever_the_server_says(said):
    assert message_of(calls(call(0, "c1", "f", "{}")), delta(said), DONE).stop_reason == "tool_calls"


def test_a_message_that_ran_out_of_tokens_says_so_even_with_calls():
    assert message_of(calls(call(0, "c1", "f", '{"a":')), delta("length"), DONE).stop_reason == "length"


@pytest.mark.parametrize("said", ["content_filter", "error", "insufficient_system_resource"])
def test_a_reason_that_is_a_failure_keeps_the_text(said):
    message = message_of(text("half"), delta(said), DONE)
    assert (message.text, message.stop_reason) == ("half", "error")
    assert message.error_message.startswith("openai: the ")


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_structured_reasoning_is_reasoning_and_ends_where_the_answer_begins(name):
    message = message_of(
        delta(content=None, **{name: "let me "}), delta(content="", **{name: "see"}), text("so"), STOP, DONE
    )
    assert (message.thinking, message.text) == ("let me see", "so")
    assert message.content[0].cut is False


def test_reasoning_that_is_sent_under_both_names_counts_once():
    assert message_of(delta(reasoning="a", reasoning_content="a"), text("b"), STOP, DONE).thinking == "a"


def test_reasoning_in_tags_is_reasoning():
    message = message_of(text("<thi"), text("nk>let me see</th"), text("ink>so"), STOP, DONE)
    assert (message.thinking, message.text) == ("let me see", "so")


def test_a_template_may_have_opened_the_block():
    message, _ = read(sse(text("let me see</think>so"), STOP, DONE), thinking=ThinkingDecoder(starts_in_thinking=True))
    assert (message.thinking, message.text) == ("let me see", "so")


@pytest.mark.parametrize("piece", [text("<think>a"), delta(reasoning_content="a")])
def test_reasoning_that_ran_out_of_tokens_is_marked_as_cut(piece):
    message = message_of(piece, delta("length"), DONE)
    assert isinstance(message.content[0], ThinkingContent)
    assert message.content[0].cut is True


def test_content_may_be_a_list_of_parts():
    message = message_of(
        text([{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]),
        text([{"type": "thinking", "thinking": "m"}, {"type": "text", "text": "so "}]),
        text(["it ", {"type": "image_url", "image_url": {}}]),
        text("is"),
        STOP,
        DONE,
    )
    assert (message.thinking, message.text) == ("hmm", "so it is")


def test_a_refusal_is_text():
    assert message_of(delta(refusal="I will not."), STOP, DONE).text == "I will not."


USAGE = {"prompt_tokens": 10, "completion_tokens": 7, "total_tokens": 17}


@pytest.mark.parametrize(
    ("usage", "meant"),
    [
        (USAGE, Usage(input_tokens=10, output_tokens=7)),
        (
            {**USAGE, "prompt_tokens_details": None, "completion_tokens_details": None},
            Usage(input_tokens=10, output_tokens=7),
        ),
        (
            {
                **USAGE,
                "prompt_tokens_details": {"cached_tokens": 4},
                "completion_tokens_details": {"reasoning_tokens": 2},
            },
            Usage(input_tokens=10, output_tokens=7, cached_tokens=4, reasoning_tokens=2),
        ),
        ({**USAGE, "prompt_cache_hit_tokens": 5}, Usage(input_tokens=10, output_tokens=7, cached_tokens=5)),
        ({"prompt_tokens": None, "completion_tokens": 7}, Usage(output_tokens=7)),
    ],
)
def test_usage_is_read_where_it_comes(usage, meant):
    after_the_finish = [text("a"), STOP, {"choices": [], "usage": usage}, DONE]
    with_the_finish = [text("a"), {**STOP, "usage": usage}, DONE]
    in_a_place_of_its_own = [text("a"), {**STOP, "usage": None, "x_groq": {"usage": usage}}, DONE]
    for documents in (after_the_finish, with_the_finish, in_a_place_of_its_own):
        assert message_of(*documents).usage == meant


def test_events_without_choices_are_passed_over():
    message = message_of(
        {"choices": []},
        {"choices": None},
        {"id": "x"},
        "",
        " ",
        text("a"),
        {"choices": [{"index": 0, "delta": None}]},
        STOP,
        DONE,
    )
    assert message.text == "a"


def test_other_answers_than_the_first_are_passed_over():
    other = {"choices": [{"index": 1, "delta": {"content": "other"}, "finish_reason": "length"}]}
    assert message_of(text("a"), other, STOP, other, DONE).text == "a"


@pytest.mark.parametrize("ending", [[STOP], [DONE], [STOP, DONE], ["[DONE] "]])
def test_either_end_is_an_end(ending):
    assert message_of(text("a"), *ending).stop_reason == "stop"


def test_the_last_event_may_lack_its_blank_line():
    for stream in (sse(text("a")) + b"data: [DONE]", sse(text("a")) + b"data: " + json.dumps(STOP).encode()):
        assert read(stream)[1] is None


def test_what_comes_after_the_end_is_not_read():
    assert message_of(text("a"), STOP, DONE, text("b"), "{broken").text == "a"


@pytest.mark.parametrize(
    "stream", [sse(text("half")), sse(text("half")) + b'data: {"choices": [{"del', sse(text("half")) + b": ping\n\n"]
)
def test_a_stream_without_its_end_was_cut_and_keeps_its_text(stream):
    message, failure = read(stream)
    assert message.text == "half"
    assert failure == "openai: the stream was cut before the answer was complete."


@pytest.mark.parametrize(
    ("error", "text_of_it"),
    [
        ({"error": {"message": "overloaded", "code": 503}}, "an error: overloaded"),
        ({"error": "plain words"}, "an error: plain words"),
        ({"error": {"code": 500}, "choices": []}, "does not say which"),
        ([{"error": {"message": "in a list"}}], "an error: in a list"),
    ],
)
def test_an_error_object_inside_a_good_answer_is_a_failure(error, text_of_it):
    message, failure = read(sse(text("half"), error, text("more"), STOP, DONE))
    assert message.text == "half"
    assert text_of_it in failure


def test_an_error_event_is_a_failure():
    assert "out of memory" in read(b'event: error\ndata: {"message": "out of memory"}\n\n')[1]
    assert "out of memory" in read(b"event: error\ndata: out of memory\n\n")[1]


@pytest.mark.parametrize(
    "junk",
    [
        "{broken",
        "[1, 2",
        "hello",
        {"choices": "x"},
        {"choices": [5]},
        {"choices": [{"delta": {"tool_calls": [None]}}]},
        {"choices": [{"delta": {"content": [5]}}]},
    ],
)
def test_what_is_no_chat_completion_is_a_failure_and_no_exception(junk):
    message, failure = read(sse(text("half"), junk, STOP, DONE))
    assert message.text == "half"
    assert "not " in failure


def test_deeply_nested_json_is_a_failure_and_no_exception():
    assert read(sse("[" * 100_000))[1] is not None


def test_a_web_page_is_a_failure_that_names_the_base_url():
    assert "base_url" in read(b"\n  <!DOCTYPE html><html></html>")[1]


def test_an_empty_answer_was_cut():
    assert "cut" in read(b"")[1]
    assert "cut" in read(b"\n\n")[1]


WHOLE = {
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "<think>a</think>b",
                "reasoning_content": "r",
                "tool_calls": [
                    {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}},
                    {"id": "c2", "type": "function", "function": {"name": "f", "arguments": '{"a":2}'}},
                ],
            },
            "finish_reason": "tool_calls",
        }
    ],
    "usage": USAGE,
}


def test_an_answer_in_one_document_is_read_as_well():
    message, failure = read(json.dumps(WHOLE, indent=1).encode())
    assert failure is None
    assert [block.type for block in message.content] == ["thinking", "thinking", "text", "tool_call", "tool_call"]
    assert [c.arguments for c in message.tool_calls] == [{"a": 1}, {"a": 2}]
    assert (message.stop_reason, message.usage.output_tokens) == ("tool_calls", 7)


@pytest.mark.parametrize(
    "said",
    ['{"status": "ok"}', '{"message": "Welcome"}', "{}", "[]", "[1, 2]", "PONG", "Hello, world\n", '{"choices": []}'],
)
def test_what_no_model_would_answer_is_told_at_once_and_quoted(said):
    decoder = ChatCompletionDecoder("openai")
    assert decoder.decode(said.encode()) + decoder.flush() == []
    assert f"does not answer as a model's server does. Check it; it often ends in /v1. It says: {said.strip()}" in str(
        decoder.failure
    )
    assert not may_be_retried(decoder.failure)


@pytest.mark.parametrize("stream", [b"", b"dat", b"data: {", b"\n\n: ping\n\n", b"event: x\n"])
def test_a_stream_that_had_hardly_begun_may_be_asked_for_again(stream):
    decoder = ChatCompletionDecoder("openai")
    assert decoder.decode(stream) + decoder.flush() == []
    assert "cut" in str(decoder.failure)
    assert may_be_retried(decoder.failure)


def test_blanks_before_a_document_keep_the_connection_alive():  # DeepSeek, while it is busy
    assert read(b"\n" * 300, b"\n", json.dumps(WHOLE).encode())[1] is None


def test_an_error_in_one_document_is_a_failure():
    assert "no such model" in read(b'{"error": {"message": "no such model"}}')[1]
    assert "cannot be read" in read(b'{"choices": [')[1]


STREAMS = [
    sse(
        delta(role="assistant", content=""),
        delta(reasoning_content="думаю"),
        text("<think>`</think>` is a tag</think>Привет 🤔 "),
        text("```\n<think>\n```"),
        calls(call(0, "c1", "add", ""), call(1, "c2", "clock", "")),
        calls(call(0, None, None, '{"a": "ш"}'), call(1, arguments="{}")),
        CALLS,
        {"choices": [], "usage": USAGE},
        DONE,
    ),
    b"\xef\xbb\xbf: hello\r\n\r\n" + sse(text("a"), text("<think>b"), STOP).replace(b"\n", b"\r\n"),
    sse(text("half"), {"error": {"message": "сломалось"}}).replace(b"\n", b"\r"),
    json.dumps(WHOLE, ensure_ascii=False).encode(),
    b"\n<html>",
    b"Hello, world " * 40,
    b'{"status": "ok", "more": "' + b"x" * 300 + b'"}',
]


def comparable(message: AssistantMessage):
    blocks = [
        (
            block.type,
            getattr(block, "text", None) or getattr(block, "thinking", None) or getattr(block, "arguments", None),
        )
        for block in message.content
    ]
    return blocks, message.stop_reason, message.error_message, message.usage


@given(st.sampled_from(STREAMS), st.data())
def test_any_cutting_of_the_bytes_gives_the_same_message(stream, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=40)))
    message, failure = read(*[stream[a:b] for a, b in pairwise([0, *cuts, len(stream)])])
    whole, whole_failure = read(stream)
    assert (comparable(message), failure) == (comparable(whole), whole_failure)


@pytest.mark.parametrize("stream", STREAMS)
def test_byte_by_byte_gives_the_same_message(stream):
    message, failure = read(*[stream[i : i + 1] for i in range(len(stream))])
    assert (comparable(message), failure) == (comparable(read(stream)[0]), read(stream)[1])


@pytest.mark.parametrize(("said", "cost"), [("0.00042", 0.00042), ("0", 0.0), ("null", None), ("true", None)])
def test_what_the_server_says_an_answer_cost_is_kept(said, cost):
    usage = {"prompt_tokens": 3, "completion_tokens": 2, "cost": json.loads(said)}
    assert message_of(text("a"), STOP, {"choices": [], "usage": usage}, DONE).usage.cost == cost
