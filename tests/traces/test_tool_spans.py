import pytest

from jupyter_tools.events import AgentToolResult
from jupyter_tools.messages import ImageContent, TextContent
from jupyter_tools.traces.span import Span
from jupyter_tools.traces.tool_spans import ToolSpans
from tests.traces.run_events import Book, text_result, tool_done, tool_end, tool_start


@pytest.fixture
def book() -> Book:
    return Book()


def last(book: Book) -> Span:
    return book.seen[-1]


def test_the_real_end_of_a_parallel_call_is_where_its_tool_was_done(book: Book) -> None:
    tools = ToolSpans(book)
    tools.start(tool_start(), 10.0)
    started = last(book).started
    tools.done(tool_done(duration_ms=100.0), 10.3, None)
    tools.end(tool_end(duration_ms=100.0), 15.0, None)
    span = last(book)
    assert span.duration_ms == 100.0
    assert span.queue_ms == pytest.approx(200.0)
    assert span.started == pytest.approx(started + 200_000, abs=1)
    assert span.ended == span.started + 100_000


def test_a_result_is_there_as_soon_as_its_tool_is_done(book: Book) -> None:
    tools = ToolSpans(book)
    tools.start(tool_start(), 0.0)
    tools.done(tool_done(result=text_result("4")), 0.1, {"value": 4})
    span = last(book)
    assert (span.status, span.result, span.details) == ("ok", "4", {"value": 4})


@pytest.mark.parametrize(
    ("given", "is_error", "status"),
    [
        ("ok", False, "ok"),
        ("ok", True, "error"),
        ("error", True, "error"),
        ("timeout", True, "timeout"),
        ("denied", True, "denied"),
        ("aborted", True, "stopped"),
        ("skipped", True, "skipped"),
    ],
)
def test_how_a_call_ended(book: Book, given: str, is_error: bool, status: str) -> None:
    tools = ToolSpans(book)
    tools.start(tool_start(), 0.0)
    tools.end(tool_end(result=text_result("why", is_error=is_error), status=given), 0.1, None)
    span = last(book)
    assert span.status == status
    assert span.error == (None if status == "ok" else "why")


def test_the_arguments_are_those_it_ran_with(book: Book) -> None:
    tools = ToolSpans(book)
    tools.start(tool_start(args={"n": "500"}), 0.0)
    tools.end(tool_end(args={"n": 500}), 0.1, None)
    assert last(book).args == {"n": 500}


def test_a_call_that_never_ran_keeps_the_arguments_it_was_asked_with(book: Book) -> None:
    tools = ToolSpans(book)
    tools.start(tool_start(args={"n": "many"}), 0.0)
    tools.end(tool_end(args={}), 0.1, None)
    assert last(book).args == {"n": "many"}


def test_an_end_without_a_start_is_a_whole_span(book: Book) -> None:
    ToolSpans(book).end(tool_end(duration_ms=50.0), 0.1, None)
    span = last(book)
    assert (span.status, span.duration_ms, span.args) == ("ok", 50.0, {"expression": "2+2"})


def test_a_result_with_an_image_keeps_its_blocks(book: Book) -> None:
    content = (TextContent(text="here"), ImageContent(data="aGk="))
    ToolSpans(book).end(tool_end(result=AgentToolResult(content=content)), 0.1, None)
    assert last(book).result == content
