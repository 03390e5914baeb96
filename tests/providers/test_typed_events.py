import json

import pytest

from jupyter_tools.events import StopDelta, TextDelta, UsageDelta
from jupyter_tools.messages import Usage
from jupyter_tools.providers.failures import failure_of_cut
from jupyter_tools.providers.typed_events import TypedEventDecoder


class Words(TypedEventDecoder):
    """A wire of three events: a word, the end, and what breaks."""

    ended = False

    def _take_document(self, document, parts) -> None:
        if document["type"] == "word":
            parts.append(TextDelta(text=document["word"]))
        self.ended = self.ended or document["type"] == "end"

    def _take_whole(self, document, parts) -> None:
        parts.append(TextDelta(text=document["words"]))
        self.ended = True

    def _open_ends(self):
        return []

    def _usage(self):
        return Usage(output_tokens=1)

    def _stop(self):
        return StopDelta(stop_reason="stop") if self.ended else None


def read(data: bytes, *, broken: bool = False):
    decoder = Words("words")
    parts = decoder.decode(data)
    if broken:
        decoder.break_off(failure_of_cut("words"))
    return [type(part) for part in parts + decoder.flush()], str(decoder.failure or "")


WORD, END = b'data: {"type": "word", "word": "a"}\n\n', b'data: {"type": "end"}\n\n'


def test_an_answer_ends_with_usage_and_stop() -> None:
    assert read(WORD + END) == ([TextDelta, UsageDelta, StopDelta], "")
    assert read(WORD + END + b"data: [DONE]\n\n") == ([TextDelta, UsageDelta, StopDelta], "")
    assert read(WORD + END.rstrip()) == ([TextDelta, UsageDelta, StopDelta], "")


def test_a_connection_that_breaks_after_the_end_breaks_nothing() -> None:
    assert read(WORD + END, broken=True) == ([TextDelta, UsageDelta, StopDelta], "")


def test_without_an_end_there_is_no_stop_but_a_failure() -> None:
    cut = "words: the stream was cut before the answer was complete."
    assert read(WORD) == ([TextDelta, UsageDelta], cut)
    assert read(WORD, broken=True) == ([TextDelta, UsageDelta], cut)
    assert read(WORD + b'data: {"type": "wo') == ([TextDelta, UsageDelta], cut)


def test_a_failure_before_any_word_leaves_nothing() -> None:
    assert read(b"")[0] == []
    assert "web page" in read(b"\n<html>")[1]
    assert "as a model's server does" in read(b'{"detail": "no"}')[1]


def test_what_has_another_shape_ends_the_answer() -> None:
    assert "cannot be read" in read(WORD + b"data: 5\n\n" + WORD)[1]


def test_an_answer_may_come_in_one_document() -> None:
    assert read(b'\n{"words": "a"}') == ([TextDelta, UsageDelta, StopDelta], "")
    assert "cannot be read" in read(b'{"words": "a')[1]


@pytest.mark.parametrize("error", [{"error": {"message": "no luck"}}, [{"error": {"message": "no luck"}}]])
def test_a_document_may_be_an_error(error) -> None:
    assert "no luck" in read(json.dumps(error).encode())[1]


def test_an_error_among_the_events_is_told_in_its_own_words_whoever_has_put_it_there() -> None:
    kinds, said = read(WORD + b'data: {"error": {"message": "no luck", "code": 503}}\n\n')
    assert (kinds, said) == ([TextDelta, UsageDelta], "words: the server broke off with an error: no luck")
