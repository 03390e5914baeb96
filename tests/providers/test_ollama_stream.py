import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.messages import AssistantMessage, TextContent, ThinkingContent, ToolCallContent, Usage
from jupyter_tools.providers.assembly import MessageAssembly
from jupyter_tools.providers.ollama_stream import OllamaDecoder
from jupyter_tools.providers.retry import may_be_retried
from tests.providers.cuts import cut_at


def lines(*documents) -> bytes:
    return "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents).encode()


def said(content="", **more) -> dict:
    return {"model": "m", "message": {"role": "assistant", "content": content, **more}, "done": False}


def done(reason="stop", **more) -> dict:
    return {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": reason, **more}


def call(name, arguments) -> dict:
    return {"function": {"name": name, "arguments": arguments}}


COUNTS = {"prompt_eval_count": 12, "eval_count": 5}
WHOLE = [
    said(thinking="Поду"),
    said(thinking="маю."),
    said("Смотрю. 🤔"),
    said(tool_calls=[call("weather", {"city": "Омск"}), call("time_now", {})]),
    done(**COUNTS),
]


def read(*chunks: bytes) -> tuple[AssistantMessage, str | None]:
    decoder = OllamaDecoder("ollama")
    assembly = MessageAssembly("ollama", "m")
    for chunk in chunks:
        for part in decoder.decode(chunk):
            assembly.add(part)
    for part in decoder.flush():
        assembly.add(part)
    return assembly.message(), str(decoder.failure) if decoder.failure else None


def message_of(*documents) -> AssistantMessage:
    message, failure = read(lines(*documents))
    assert failure is None
    return message


def test_a_whole_answer_is_read() -> None:
    message = message_of(*WHOLE)
    thinking, text, weather, time_now = message.content
    assert isinstance(thinking, ThinkingContent)
    assert (thinking.thinking, thinking.cut) == ("Подумаю.", False)
    assert text == TextContent(text="Смотрю. 🤔")
    assert isinstance(weather, ToolCallContent)
    assert isinstance(time_now, ToolCallContent)
    assert (weather.name, weather.arguments, time_now.arguments) == ("weather", {"city": "Омск"}, {})
    assert weather.id != time_now.id
    assert message.stop_reason == "tool_calls"
    assert message.usage == Usage(input_tokens=12, output_tokens=5)


@given(st.lists(st.integers(min_value=0), max_size=12), st.booleans())
def test_any_cutting_of_the_bytes_gives_the_same_message(places: list[int], last_line_ends: bool) -> None:
    data = lines(*WHOLE) if last_line_ends else lines(*WHOLE).rstrip()
    message, failure = read(*cut_at(data, places))
    assert failure is None
    assert (message.text, message.thinking, message.stop_reason) == ("Смотрю. 🤔", "Подумаю.", "tool_calls")
    assert [call.name for call in message.tool_calls] == ["weather", "time_now"]


def test_an_answer_in_one_document_is_read() -> None:
    message = message_of({**said("Hi"), "done": True, "done_reason": "stop"})
    assert (message.text, message.stop_reason) == ("Hi", "stop")


def test_reasoning_in_tags_is_reasoning() -> None:
    message = message_of(said("<thi"), said("nk>hm</think>ok"), done())
    assert (message.thinking, message.text) == ("hm", "ok")


def test_an_answer_that_ran_out_of_tokens_says_so() -> None:
    message = message_of(said(thinking="hm"), done("length"))
    (thinking,) = message.content
    assert isinstance(thinking, ThinkingContent)
    assert (message.stop_reason, thinking.cut) == ("length", True)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (lines(said("half")), "cut"),
        (lines(said("half")) + b'{"mess', "cut"),
        (lines(said("half"), {"error": "out of memory"}), "out of memory"),
        (lines(said("half")) + b"nonsense\n", "cannot be read"),
        (lines(said("half")) + b'{"message": {"tool_calls": [{}]}}\n', "cannot be read"),
        (lines(said("half")) + b"[1]\n", "cannot be read"),
    ],
)
def test_what_goes_wrong_keeps_the_text(data: bytes, words: str) -> None:
    message, failure = read(data)
    assert message.text == "half"
    assert words in (failure or "")


def test_a_web_page_is_no_answer() -> None:
    assert "web page" in (read(b"<html>\n<body>")[1] or "")


@pytest.mark.parametrize("said", ['{"status": "ok"}', '{"message": "Welcome"}', "[1]", "PONG", "5"])
def test_what_no_model_would_answer_is_told_at_once_and_quoted(said: str) -> None:
    for end in ("", "\n"):
        decoder = OllamaDecoder("ollama")
        assert decoder.decode((said + end).encode()) + decoder.flush() == []
        assert decoder.failure is not None
        assert "Check it; it often is http://localhost:11434. It says: " + said in str(decoder.failure)
        assert not may_be_retried(decoder.failure)


def test_a_first_line_that_is_broken_may_be_asked_for_again() -> None:
    decoder = OllamaDecoder("ollama")
    assert decoder.decode(b'{"message": \n') + decoder.flush() == []
    assert decoder.failure is not None
    assert may_be_retried(decoder.failure)
