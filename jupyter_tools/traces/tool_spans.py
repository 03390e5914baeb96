"""The tool calls of a run, as spans."""

from __future__ import annotations

from jupyter_tools.events import (
    AgentToolResult,
    ToolExecutionEndEvent,
    ToolExecutionStartEvent,
    ToolExecutionUpdateEvent,
)
from jupyter_tools.json_types import JsonValue
from jupyter_tools.messages import TextContent, text_of
from jupyter_tools.traces.span import Span, SpanBook, SpanStatus


class ToolSpans:
    """The tool calls that are open, by the model's id of the call."""

    def __init__(self, book: SpanBook) -> None:
        self._book = book
        self._open: dict[str, Span] = {}
        self._results: dict[str, AgentToolResult] = {}  # of the calls that are done and wait for their end

    def start(self, event: ToolExecutionStartEvent, at_s: float) -> None:
        """A call was taken up."""
        previous = self._open.pop(event.tool_call_id, None)
        if previous is not None and previous.status == "running":
            self._book.finish(previous, "interrupted", at_s)
        span = self._new(event.tool_call_id, event.tool_name, event.timestamp_ms, at_s)
        span.args = event.args
        self._open[event.tool_call_id] = span

    def done(self, event: ToolExecutionUpdateEvent, at_s: float, details: JsonValue) -> None:
        """Its tool ended, and only waits for its place in order: this is the real end."""
        span = self._open.get(event.tool_call_id)
        if span is None or span.status != "running":
            return
        elapsed_ms = (at_s - span.began_s) * 1000
        duration_ms = elapsed_ms if event.duration_ms is None else event.duration_ms
        queued = max(0, round((elapsed_ms - duration_ms) * 1000))
        span.queue_ms = queued / 1000
        span.started += queued
        span.details = details
        self._results[event.tool_call_id] = event.partial_result
        self._finish(span, event.partial_result, "error" if event.partial_result.is_error else "ok", duration_ms)

    def end(self, event: ToolExecutionEndEvent, at_s: float, details: JsonValue) -> None:
        """The call is over."""
        span = self._open.pop(event.tool_call_id, None)
        known = self._results.pop(event.tool_call_id, None)
        if span is None:
            started_ms = event.timestamp_ms - event.duration_ms
            span = self._new(event.tool_call_id, event.tool_name, started_ms, at_s)
        span.args, span.details = event.args or span.args, details
        status = _status(event)
        if event.result is known and span.status == status:  # it was all said when the tool was done
            self._book.changed(span)
        else:
            self._finish(span, event.result, status, event.duration_ms)

    def close(self, at_s: float, status: SpanStatus) -> None:
        """What is around them is over: so are they."""
        for span in self._open.values():
            if span.status == "running":
                self._book.finish(span, status, at_s)
        self._open.clear()
        self._results.clear()

    def _new(self, tool_call_id: str, name: str, timestamp_ms: float, at_s: float) -> Span:
        span = self._book.open("tool", name, timestamp_ms, at_s)
        span.tool_call_id = tool_call_id
        return span

    def _finish(self, span: Span, result: AgentToolResult, status: SpanStatus, duration_ms: float) -> None:
        content = result.content
        if len(content) == 1 and type(content[0]) is TextContent:  # nearly always
            span.result = text = content[0].text
        else:
            text = text_of(content)
            span.result = text if all(isinstance(block, TextContent) for block in content) else content
        error = None if status == "ok" else text
        span.finish(status, duration_ms, error)
        self._book.changed(span)


def _status(event: ToolExecutionEndEvent) -> SpanStatus:
    match event.status:
        case "aborted":
            return "stopped"
        case "ok" if event.is_error:
            return "error"
        case status:
            return status
