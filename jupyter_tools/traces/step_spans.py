"""The approvals and retrievals inside tool calls, as spans."""

from __future__ import annotations

from jupyter_tools.events import StepEndEvent, StepStartEvent
from jupyter_tools.json_types import JsonValue
from jupyter_tools.traces.span import Span, SpanBook, SpanStatus


class StepSpans:
    """The steps that are open, by their ids."""

    def __init__(self, book: SpanBook) -> None:
        self._book = book
        self._open: dict[str, Span] = {}

    def start(self, event: StepStartEvent, at_s: float, call: Span | None) -> None:
        """A step of `call` begins."""
        around = call or self._book.around
        span = Span(
            event.kind,
            event.name,
            self._book.new_span_id(),
            around.span_id if around else None,
            round(event.timestamp_ms * 1000),
            at_s,
            around.context if around else self._book.context,
            around.turn if around else None,
            event.tool_call_id,
            event.args,
        )
        previous = self._open.pop(event.step_id, None)
        if previous is not None:
            self._book.finish(previous, "interrupted", at_s)
        self._open[event.step_id] = span
        self._book.changed(span)

    def end(self, event: StepEndEvent, _at_s: float = 0.0, _: JsonValue = None) -> None:
        """A step is over."""
        span = self._open.pop(event.step_id, None)
        if span is not None:
            span.result = event.result
            status: SpanStatus = "stopped" if event.status == "aborted" else event.status
            error_type = None if status == "ok" else "StepError" if status == "error" else status.title()
            span.finish(status, event.duration_ms, event.error, error_type)
            self._book.changed(span)

    def close(self, at_s: float, status: SpanStatus, tool_call_id: str | None = None) -> None:
        """The call around them is over, or all is: so are they."""
        if not self._open:  # nearly always
            return
        over = {key: span for key, span in self._open.items() if tool_call_id in (None, span.tool_call_id)}
        for key, span in over.items():
            self._book.finish(span, status, at_s)
            del self._open[key]
