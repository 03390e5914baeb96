import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.traces.span import Span, SpanBook, SpanContext, span_id_number


def test_a_book_tells_each_change() -> None:
    changed: list[Span] = []
    book = SpanBook(lambda: 1, SpanContext(), changed.append)
    span = book.open("turn", "turn 1", 1000, 0.0)
    book.finish(span, "ok", 0.5)
    assert changed == [span, span]


def test_the_end_is_the_start_plus_the_duration() -> None:
    book = SpanBook(lambda: 1, SpanContext(), id)
    span = book.open("turn", "turn 1", 1000, 10.0)
    book.finish(span, "ok", 10.25)
    assert (span.started, span.duration_ms, span.ended) == (1_000_000, 250.0, 1_250_000)


def test_a_clock_that_runs_backwards_gives_no_negative_duration() -> None:
    book = SpanBook(lambda: 1, SpanContext(), id)
    span = book.open("turn", "turn 1", 1000, 10.0)
    book.finish(span, "ok", 9.0)
    assert span.duration_ms == 0


def test_a_span_carries_what_its_recorder_is_part_of() -> None:
    context = SpanContext(cell_id="c", experiment="prompts", variant="short", repeat=3)
    book = SpanBook(lambda: 1, context, id)
    assert book.open("turn", "turn 1", 0, 0.0).context is context


@given(st.integers(-(2**63), 2**63 - 1))
def test_an_id_of_sixteen_digits_is_a_number_that_sqlite_can_store(number: int) -> None:
    assert span_id_number(f"{number % 2**64:016x}") == number


def test_what_is_no_id_is_refused() -> None:
    with pytest.raises(ValueError, match="non-hexadecimal"):
        span_id_number("call_1")
