"""Each kind of dirt alone, on answers that real servers gave, and on every wire: the message stays the same.

However the bytes are cut, too. What only one wire can have, such as two ways to number its calls, stands in its tests.
"""

import json
import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .test_recordings import RECORDINGS, meaning, read
from .wire import DONE, STOP, call, calls, delta, message_of, text

WIRES = ["openai", "responses", "anthropic"]
EVENT_DIRT = {
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "CR": lambda data: data.replace(b"\n", b"\r"),
    "byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "comments": lambda data: b": hello\n\n" + data.replace(b"\n\n", b"\n\n: keep-alive\n\n"),
    "comments inside of events": lambda data: data.replace(b"data: ", b": ping\ndata: "),
    "data of several lines": lambda data: re.sub(rb"data: ({.*)", lambda line: _on_lines(line[1]), data),
    "no blank after the colon": lambda data: data.replace(b"data: ", b"data:"),
    "ids, retries and fields that nobody knows": lambda data: data.replace(b"data: ", b"id: 7\nretry: 5\nx: y\ndata: "),
    "empty events": lambda data: data.replace(b"\n\n", b"\n\ndata:\n\n"),
    "no end of the last line": lambda data: data.rstrip(b"\n"),
    "[DONE] where there is none": lambda data: data + b"data: [DONE]\n\n",
}
LINE_DIRT = {
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "blank lines": lambda data: b"\n" + data.replace(b"\n", b"\n\n \n"),
    "no end of the last line": lambda data: data.rstrip(b"\n"),
}
CASES = [(f"{wire}.aimock.{what}", dirt) for wire in WIRES for what in ("weather", "think") for dirt in EVENT_DIRT]
CASES += [(f"ollama.aimock.{what}", dirt) for what in ("weather", "think") for dirt in LINE_DIRT]


def _on_lines(document: bytes) -> bytes:
    lines = json.dumps(json.loads(document), indent=1, ensure_ascii=False).encode().split(b"\n")
    return b"\n".join(b"data: " + line for line in lines)


def dirty(name: str, dirt: str) -> bytes:
    return (LINE_DIRT if name.startswith("ollama") else EVENT_DIRT)[dirt](RECORDINGS[name])


@pytest.mark.parametrize(("name", "dirt"), CASES)
def test_each_kind_of_dirt_leaves_the_message_as_it_is(name: str, dirt: str):
    message, failure = read(name, dirty(name, dirt))
    assert failure is None
    assert meaning(message) == meaning(read(name, RECORDINGS[name])[0])


@settings(max_examples=300)
@given(st.sampled_from(CASES), st.data())
def test_however_it_is_cut(case: tuple[str, str], data: st.DataObject):
    name, stream = case[0], dirty(*case)
    cuts = data.draw(st.lists(st.integers(0, len(stream)), max_size=30).map(sorted))
    message, failure = read(name, *[stream[a:b] for a, b in pairwise([0, *cuts, len(stream)])])
    assert failure is None
    assert meaning(message) == meaning(read(name, RECORDINGS[name])[0])


@pytest.mark.parametrize("name", [case[0] for case in CASES if case[1] == "CRLF"])
def test_bytes_cut_inside_of_every_character(name: str):
    stream = RECORDINGS[name]
    message, failure = read(name, *[stream[at : at + 1] for at in range(len(stream))])
    assert failure is None
    assert meaning(message) == meaning(read(name, stream)[0])


CALL = call(0, "c1", "f", '{"a":1}')
USAGE = {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 2}}
MADE = {  # dirt of chat completions that is no matter of bytes
    "content as a list": [text([{"type": "text", "text": "Hi"}]), calls(CALL), delta("tool_calls"), USAGE, DONE],
    "id and name repeated": [
        text("Hi"),
        calls(call(0, "c1", "f", '{"a"')),
        calls(call(0, "c1", "f", ":1}")),
        STOP,
        USAGE,
        DONE,
    ],
    "usage after the finish": [text("Hi"), calls(CALL), STOP, USAGE, DONE],
    "usage with the finish": [text("Hi"), calls(CALL), {**STOP, "usage": USAGE["usage"]}, DONE],
    "no [DONE]": [text("Hi"), calls(CALL), STOP, USAGE],
    "empty choices": [{"choices": []}, text("Hi"), {"choices": None}, calls(CALL), STOP, USAGE, DONE],
    "arguments null": [text("Hi"), calls(call(0, "c1", "f", None)), calls(call(0, arguments='{"a":1}')), STOP, USAGE],
    "content null": [delta(content=None), text("Hi"), delta(content=None, tool_calls=[CALL]), STOP, USAGE, DONE],
}


@pytest.mark.parametrize("dirt", MADE)
def test_each_kind_of_dirt_of_chat_completions(dirt: str):
    message = message_of(*MADE[dirt])
    assert (message.text, message.stop_reason) == ("Hi", "tool_calls")
    assert [(c.id, c.name, c.arguments, c.problem) for c in message.tool_calls] == [("c1", "f", {"a": 1}, None)]
    assert (message.usage.input_tokens, message.usage.output_tokens) == (3, 2)
