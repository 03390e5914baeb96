import pytest

from jupyter_tools.events import MessageEndEvent, TurnStartEvent
from jupyter_tools.messages import Usage, user_message
from jupyter_tools.traces.model_spans import ModelSpans, status_of
from tests.traces.run_events import Book, answer


@pytest.fixture
def book() -> Book:
    return Book()


def test_a_model_call_is_running_from_the_start_of_its_turn(book: Book) -> None:
    question = user_message("сколько?")
    ModelSpans(book).start(TurnStartEvent(turn=1, messages=(question,), tools=("math_eval", "time_now")), 0.0)
    (span,) = book.seen
    assert (span.status, span.messages, span.tools) == ("running", (question,), "math_eval, time_now")


def test_a_model_call_has_its_figures_from_the_message(book: Book) -> None:
    models = ModelSpans(book)
    models.start(TurnStartEvent(turn=1), 0.0)
    usage = Usage(input_tokens=10, output_tokens=4, reasoning_tokens=2, cached_tokens=3, estimated=True)
    message = answer("4", usage=usage)
    models.end(MessageEndEvent(message=message, duration_ms=120.0, first_token_ms=30.0), message, 9.0)
    span = book.seen[-1]
    assert (span.name, span.model, span.provider, span.result) == ("demo", "demo", "scripted", message)
    assert (span.duration_ms, span.first_token_ms, span.stop_reason) == (120.0, 30.0, "stop")
    assert (span.input_tokens, span.output_tokens, span.reasoning_tokens, span.cached_tokens) == (10, 4, 2, 3)
    assert span.tokens_estimated


def test_without_a_measured_duration_it_lasted_until_its_message_was_whole(book: Book) -> None:
    models = ModelSpans(book)
    models.start(TurnStartEvent(turn=1), 5.0)
    models.end(MessageEndEvent(message=answer("4")), answer("4"), 5.25)
    assert book.seen[-1].duration_ms == pytest.approx(250.0)


def test_a_message_without_a_turn_is_a_model_call_too(book: Book) -> None:
    message = answer("4", stop_reason="error", error_message="The server is busy.", error_type="503")
    ModelSpans(book).end(MessageEndEvent(message=message), message, 0.0)
    span = book.seen[-1]
    assert (span.status, span.error, span.error_type) == ("error", "The server is busy.", "503")


@pytest.mark.parametrize(
    ("stop_reason", "status"),
    [("stop", "ok"), ("length", "ok"), ("max_turns", "ok"), ("error", "error"), ("aborted", "stopped")],
)
def test_the_status_follows_the_reason_it_stopped_for(stop_reason: str, status: str) -> None:
    assert status_of(stop_reason) == status
