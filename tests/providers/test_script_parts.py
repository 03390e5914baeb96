from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.events import StopDelta, TextDelta, ThinkingDelta, ToolCallDelta
from jupyter_tools.messages import user_message
from jupyter_tools.providers.script_parts import attempts_of, call, cut, error, pause, pieces_of, thinking, tokens_of


@given(st.text())
def test_nothing_of_a_text_is_lost_in_its_pieces(text):
    assert "".join(piece.text for piece in pieces_of(text, 0)) == text


@given(st.text())
def test_reasoning_is_closed_behind_its_pieces(text):
    *pieces, last = pieces_of(thinking(text), 0)
    assert "".join(piece.text for piece in pieces) == text
    assert last == ThinkingDelta(end=True)


def test_a_call_comes_in_two_pieces_with_its_id_and_name_once():
    assert list(pieces_of(call("add", '{"a"', id="c1"), 3)) == [
        ToolCallDelta(index=3, id="c1", name="add", arguments='{"'),
        ToolCallDelta(index=3, arguments='a"'),
    ]


def test_a_cut_is_an_error_and_what_the_provider_does_itself_sends_nothing():
    assert [piece.stop_reason for piece in pieces_of(cut(), 0)] == ["error"]
    assert list(pieces_of(pause(1), 0)) == list(pieces_of(error(), 0)) == []


def test_parts_of_ours_are_sent_as_they_are():
    part = TextDelta(text="one two")
    assert list(pieces_of(part, 0)) == [part]


def test_each_error_but_the_last_part_begins_a_new_attempt():
    busy, broken = error(status=429), error(status=500, message="it broke.")
    assert list(attempts_of(["a", busy, broken, "b"])) == [["a", busy], [broken], ["b"]]
    assert list(attempts_of([busy, "b", broken])) == [
        [busy],
        ["b", StopDelta(stop_reason="error", error_message="scripted: it broke.", error_type="500")],
    ]
    assert list(attempts_of([])) == [[]]


def test_tokens_are_counted_as_pieces():
    assert tokens_of(user_message("one two  three")) == 3
