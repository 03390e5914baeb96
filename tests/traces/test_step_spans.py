import pytest

from jupyter_tools.events import StepEndEvent, StepStartEvent
from jupyter_tools.traces.step_spans import StepSpans
from jupyter_tools.traces.tool_spans import ToolSpans
from tests.traces.run_events import Book, tool_start


def approval(step_id: str = "s1", call_id: str = "call_1") -> StepStartEvent:
    return StepStartEvent(step_id=step_id, kind="approval", name="write", tool_call_id=call_id, args={"path": "a"})


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.mark.parametrize(("status", "error_type"), [("ok", None), ("denied", "Denied"), ("error", "StepError")])
def test_a_step_is_a_span_of_its_own_inside_the_call(book: Book, status: str, error_type: str | None) -> None:
    tools, steps = ToolSpans(book), StepSpans(book)
    tools.start(tool_start(), 0.0)
    steps.start(approval(), 1.0, tools.span_of("call_1"))
    steps.end(StepEndEvent(step_id="s1", status=status, result="run", duration_ms=20.0))
    call, span = book.seen[0], book.seen[-1]
    assert (span.kind, span.name, span.parent_id, span.tool_call_id) == ("approval", "write", call.span_id, "call_1")
    assert (span.status, span.error_type, span.duration_ms) == (status, error_type, 20.0)
    assert (span.args, span.result) == ({"path": "a"}, "run")


def test_a_step_ends_with_the_call_around_it_and_others_go_on(book: Book) -> None:
    steps = StepSpans(book)
    steps.start(approval(), 0.0, None)
    steps.start(approval("s2", "call_2"), 0.0, None)
    steps.close(0.5, "stopped", "call_1")
    first, second = book.seen[0], book.seen[1]
    assert (first.status, first.duration_ms, second.status) == ("stopped", 500.0, "running")


def test_an_end_without_a_start_is_no_step(book: Book) -> None:
    StepSpans(book).end(StepEndEvent(step_id="unknown"))
    assert book.seen == []


def test_a_step_that_starts_twice_leaves_nothing_running(book: Book) -> None:
    steps = StepSpans(book)
    steps.start(approval(), 0.0, None)
    steps.start(approval(), 0.1, None)
    steps.close(0.2, "interrupted")
    assert {span.status for span in book.seen} == {"interrupted"}
