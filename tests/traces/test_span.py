from jupyter_tools.traces.span import SpanBook, SpanContext


def test_a_book_tells_each_change_once() -> None:
    book = SpanBook(lambda: "a", SpanContext())
    span = book.open("tool", "math_eval", 1000, 0.0)
    book.finish(span, "ok", 0.5)
    assert book.take_changed() == [span, span]
    assert book.take_changed() == []


def test_the_end_is_the_start_plus_the_duration() -> None:
    book = SpanBook(lambda: "a", SpanContext())
    span = book.open("tool", "math_eval", 1000, 10.0)
    book.finish(span, "ok", 10.25)
    assert (span.started, span.duration_ms, span.ended) == (1_000_000, 250.0, 1_250_000)


def test_a_clock_that_runs_backwards_gives_no_negative_duration() -> None:
    book = SpanBook(lambda: "a", SpanContext())
    span = book.open("tool", "math_eval", 1000, 10.0)
    book.finish(span, "ok", 9.0)
    assert span.duration_ms == 0


def test_a_span_carries_what_its_recorder_is_part_of() -> None:
    context = SpanContext(cell_id="c", experiment="prompts", variant="short", repeat=3)
    span = SpanBook(lambda: "a", context).open("agent", "agent", 0, 0.0)
    assert (span.cell_id, span.experiment, span.variant, span.repeat) == ("c", "prompts", "short", 3)
