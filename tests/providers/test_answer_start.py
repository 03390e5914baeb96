from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.providers.answer_start import AnswerStart
from jupyter_tools.providers.retry import may_be_retried


def begun(*chunks: bytes) -> tuple[AnswerStart, bytes]:
    start = AnswerStart()
    return start, b"".join([start.take(chunk) for chunk in chunks])


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"data: x", "events"),
        (b": ping", "events"),
        (b"\xef\xbb\xbfdata: x", "events"),
        (b" \r\n{", "document"),
        (b"[", "document"),
        (b"\n<html>", "page"),
        (b"\n\n", None),
    ],
)
def test_the_first_character_tells_what_an_answer_is(data: bytes, kind: str | None) -> None:
    assert begun(data)[0].kind == kind


@pytest.mark.parametrize("data", [b"", b"\n", b"d", b"data", b"data: x", b": ping\n", b"event: a\r\ndata", b"retry: 5"])
def test_events_without_an_end_were_cut_and_may_be_asked_for_again(data: bytes) -> None:
    failure = begun(data)[0].failure_without_end("openai")
    assert "cut" in str(failure)
    assert may_be_retried(failure)


@pytest.mark.parametrize("data", [b"PONG", b"datum: x", b"hello: world\n", b"Hello\n\ndata: x"])
def test_what_does_not_begin_as_events_is_no_models_answer(data: bytes) -> None:
    failure = begun(data)[0].failure_without_end("openai")
    assert "as a model's server does" in str(failure)
    assert not may_be_retried(failure)


@given(st.binary(max_size=60).map(lambda tail: b"\xef\xbb\xbf \n" + tail * 10), st.data())
def test_any_cutting_gives_the_same_and_loses_nothing_but_blanks_at_the_start(stream: bytes, data) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)))))
    cut, rest = begun(*[stream[a:b] for a, b in pairwise([0, *cuts, len(stream)])])
    whole, _ = begun(stream)
    assert rest == stream.lstrip(b"\xef\xbb\xbf \t\r\n")
    assert cut.kind == whole.kind
    assert str(cut.failure_without_end("openai")) == str(whole.failure_without_end("openai"))
