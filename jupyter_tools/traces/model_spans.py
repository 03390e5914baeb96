"""The model calls of a run, as spans."""

from __future__ import annotations

from jupyter_tools.events import MessageEndEvent, TurnStartEvent, TurnUpdateEvent
from jupyter_tools.json_types import JsonValue
from jupyter_tools.messages import AssistantMessage, StopReason
from jupyter_tools.traces.draft import Pieces
from jupyter_tools.traces.span import ModelSpan, SpanBook, SpanStatus


def status_of(stop_reason: StopReason) -> SpanStatus:
    """How a run, a turn or a model call ended, given why it stopped."""
    match stop_reason:
        case "error":
            return "error"
        case "aborted":
            return "stopped"
        case _:
            return "ok"


class ModelSpans:
    """The model call that is open, if there is one."""

    def __init__(self, book: SpanBook) -> None:
        self._book = book
        self._open: ModelSpan | None = None
        self._request: TurnStartEvent | None = None

    def start(self, event: TurnStartEvent, at_s: float) -> None:
        """A turn begins, and with it its model call."""
        self._request = event
        self._open = self._new(event.timestamp_ms, at_s)

    def notice(self, event: TurnUpdateEvent, _at_s: float = 0.0, _: JsonValue = None) -> None:
        """News while the model is waited for."""
        if event.notice.kind == "retry" and self._open is not None:
            self._open.attempt = (self._open.attempt or 1) + 1
            self._book.changed(self._open)

    def draft(self, pieces: Pieces) -> None:
        """The model has written so much of its message."""
        if self._open is not None:
            self._open.result = pieces
            self._book.changed(self._open)

    def end(self, event: MessageEndEvent, message: AssistantMessage, at_s: float) -> None:
        """The model's message is whole."""
        span = self._open or self._new(message.timestamp_ms, at_s)
        self._open = None
        span.count(message.usage)
        span.result, span.stop_reason, span.first_token_ms = message, message.stop_reason, event.first_token_ms
        span.provider, span.model = message.provider or span.provider, message.model or span.model
        span.name = span.model or span.name
        status = status_of(message.stop_reason)
        if status == "ok" and "model" in self._book.replayed:
            status = "replayed"
        self._book.finish(
            span,
            status,
            at_s,
            duration_ms=event.duration_ms,
            error=message.error_message,
            error_type=message.error_type,
        )

    def close(self, at_s: float, status: SpanStatus) -> None:
        """The turn is over: so is its model call."""
        if self._open is not None:
            self._book.finish(self._open, status, at_s)
        self._open = self._request = None

    def _new(self, timestamp_ms: float, at_s: float) -> ModelSpan:
        run = self._book.agent
        span = self._book.open("model", "model", timestamp_ms, at_s)
        span.attempt = 1
        if run is not None:
            span.provider, span.model, span.parameters = run.provider, run.model, run.parameters
            span.name = run.model or span.name
        if self._request is not None:
            span.messages, span.tools = self._request.messages, ", ".join(self._request.tools)
        return span
