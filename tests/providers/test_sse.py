from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.providers.sse import ServerSentEvent, SSEDecoder


def decode(*chunks: bytes) -> list[ServerSentEvent]:
    decoder = SSEDecoder()
    events = [event for chunk in chunks for event in decoder.decode(chunk)]
    return events + decoder.flush()


def data_of(*chunks: bytes) -> list[str]:
    return [event.data for event in decode(*chunks)]


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_all_three_line_ends_end_a_line(end):
    assert data_of(b"data: one" + end + end + b"data: two" + end + end) == ["one", "two"]


def test_an_event_leaves_with_its_blank_line_and_not_later():
    decoder = SSEDecoder()
    assert decoder.decode(b"data: one\n") == []
    assert decoder.decode(b"\n") == [ServerSentEvent("one")]
    assert decoder.decode(b"data: two\r\r") == [ServerSentEvent("two")]


def test_a_line_feed_after_a_cut_carriage_return_is_no_second_line_end():
    assert data_of(b"data: one\r", b"\ndata: two\r", b"", b"\n\r", b"\n") == ["one\ntwo"]


def test_data_of_several_lines_is_joined_by_line_feeds():
    assert data_of(b"data: one\ndata\ndata:  two\n\n") == ["one\n\n two"]


def test_comments_and_unknown_fields_are_left_out():
    assert decode(b": ping\nretry: 10\nfoo: bar\ndata: one\n\n:\n\n") == [ServerSentEvent("one")]


def test_an_event_without_data_is_none():
    assert decode(b"event: ping\n\ndata: one\n\n") == [ServerSentEvent("one")]


def test_empty_data_is_an_event():
    assert data_of(b"data:\n\n", b"data\n\n") == ["", ""]


def test_names_and_ids_come_along_and_the_id_stays():
    events = decode(b"event: delta\nid: 7\ndata: one\n\ndata: two\n\nid: a\0b\ndata: three\n\nid\ndata: four\n\n")
    assert events == [
        ServerSentEvent("one", "delta", "7"),
        ServerSentEvent("two", "message", "7"),
        ServerSentEvent("three", "message", "7"),
        ServerSentEvent("four", "message", ""),
    ]


def test_a_byte_order_mark_is_dropped_at_the_start_only():
    mark = "\ufeff".encode()
    assert data_of(mark[:1], mark[1:] + b"data: one\n\n", mark + b"data: two\n\n") == ["one"]


def test_a_character_cut_in_two_is_whole_again():
    text = "data: Привет 🤔\n\n".encode()
    assert data_of(*[text[i : i + 1] for i in range(len(text))]) == ["Привет 🤔"]


def test_bytes_that_are_no_utf8_are_replaced():
    assert data_of(b"data: a\xffb\n\n") == ["a\ufffdb"]


def test_other_line_separators_of_unicode_end_no_line():
    assert data_of("data: a\u2028b\x85c\x0bd\n\n".encode()) == ["a\u2028b\x85c\x0bd"]


def test_flush_gives_the_event_that_lacks_its_blank_line():
    assert data_of(b"data: one\n\ndata: [DONE]") == ["one", "[DONE]"]


PARTS = [
    b"data: x",
    b"data:",
    b"event: e",
    b"id: 1",
    b":",
    b"\r",
    b"\n",
    b"\r\n",
    "ш".encode(),
    b"\xef\xbb\xbf",
    b"\xff",
]


@given(st.lists(st.sampled_from(PARTS)).map(b"".join), st.data())
def test_any_cutting_gives_the_same_events(stream, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)))))
    edges = [0, *cuts, len(stream)]
    chunks = [stream[a:b] for a, b in pairwise(edges)]
    assert decode(*chunks) == decode(stream)


@given(st.lists(st.text(st.characters(blacklist_characters="\r\n", blacklist_categories=["Cs"]), min_size=1)))
def test_nothing_of_the_data_is_lost(texts):
    assert data_of(*[f"data: {text}\n\n".encode() for text in texts]) == texts
