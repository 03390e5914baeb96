"""The pieces of an answer, folded into blocks and unfolded again."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.events import Notice, TextDelta, ThinkingDelta, ToolCallDelta
from jupyter_tools.providers.assembly import MessageAssembly
from jupyter_tools.recordings.blocks import blocks_of, parts_of

some_text = st.text(max_size=8)
pieces = st.one_of(
    st.builds(TextDelta, text=some_text),
    st.builds(ThinkingDelta, text=some_text, end=st.booleans(), cut=st.booleans(), signature=st.none() | st.just("s")),
    st.builds(
        ToolCallDelta, index=st.integers(0, 3), name=st.sampled_from(["", "f", "g"]), arguments=st.sampled_from("{}1")
    ),
    st.builds(Notice, text=some_text, fraction=st.none() | st.floats(0, 1)),
)


def timed(parts):
    return [(float(number // 2), part) for number, part in enumerate(parts)]  # now and then two at once


def message_of(parts):
    assembly = MessageAssembly("p", "m", set())
    for _, part in parts:
        assembly.add(part)
    return assembly.message()


def said(message):
    """Everything but ids and durations, which are new each time. Empty blocks are none."""
    blocks = [
        (b.type, getattr(b, "text", None), getattr(b, "thinking", None), getattr(b, "name", None),
         getattr(b, "arguments", None), getattr(b, "cut", None), getattr(b, "signature", None))
        for b in message.content
    ]  # fmt: skip
    return [block for block in blocks if any(block[1:])]


@given(st.lists(pieces, max_size=12))
def test_an_unfolded_answer_is_the_same_message(parts):
    blocks = json.loads(json.dumps(blocks_of(timed(parts))))
    assert said(message_of(parts_of(blocks))) == said(message_of(timed(parts)))


@given(st.lists(st.builds(TextDelta, text=st.text(min_size=1)), max_size=12))
def test_text_comes_in_the_same_pieces_at_the_same_times(parts):
    assert parts_of(blocks_of(timed(parts))) == timed(parts)


def test_an_answer_is_a_few_readable_blocks():
    parts = [
        (1.0, ThinkingDelta(text="Hm, ")),
        (2.0, ThinkingDelta(text="ja.")),
        (3.0, ThinkingDelta(end=True)),
        (4.0, TextDelta(text="При")),
        (5.0, TextDelta(text="вет")),
        (6.0, ToolCallDelta(index=0, name="add", arguments='{"a"')),
        (7.0, ToolCallDelta(index=0, arguments=": 1}")),
    ]
    blocks = blocks_of(parts)
    assert [block.get("text", block.get("arguments")) for block in blocks] == ["Hm, ja.", "Привет", '{"a": 1}']
    assert blocks[0]["ended"] is True
    assert parts_of(blocks)[3:5] == parts[3:5]


def test_a_text_that_a_person_has_changed_is_played_whole():
    (block,) = blocks_of([(1.0, TextDelta(text="four")), (2.0, TextDelta(text="five"))])
    assert [part.text for _, part in parts_of([{**block, "text": "something longer"}])] == ["some", "thing longer"]
    assert [part.text for _, part in parts_of([{"type": "text", "text": "no times"}])] == ["no times"]


def test_a_block_of_another_kind_is_an_error():
    with pytest.raises(ValueError, match="'video' is not known"):
        parts_of([{"type": "video"}])
