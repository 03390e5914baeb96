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

    def span_of(self, tool_call_id: str) -> Span | None:
        """The span of an open call."""
        return self._open.get(tool_call_id)

    def start(self, event: ToolExecutionStartEvent, at_s: float, _: JsonValue = None) -> None:
        """A call was taken up."""
        previous = self._open.pop(event.tool_call_id, None)
        if previous is not None and previous.status == "running":
            self._book.finish(previous, "interrupted", at_s)
        span = self._new(event, event.timestamp_ms, at_s)
        self._open[event.tool_call_id] = span
        self._book.changed(span)

    def done(self, event: ToolExecutionUpdateEvent, at_s: float, details: JsonValue) -> None:
        """News of it. "done" is its real end: it only waits for its place in order."""
        span = self._open.get(event.tool_call_id)
        if span is None or span.status != "running" or event.status != "done":
            return
        result = self._results[event.tool_call_id] = event.partial_result
        elapsed_ms = (at_s - span.began_s) * 1000
        duration_ms = elapsed_ms if event.duration_ms is None else event.duration_ms
        queued = round((elapsed_ms - duration_ms) * 1000)
        if queued > 0:
            span.started += queued
        span.queue_ms = queued / 1000 if queued > 0 else 0.0
        self._finish(span, result, details, "error" if result.is_error else "ok", duration_ms)

    def end(self, event: ToolExecutionEndEvent, at_s: float, details: JsonValue) -> None:
        """The call is over."""
        span = self._open.pop(event.tool_call_id, None)
        known = self._results.pop(event.tool_call_id, None)
        if span is None:
            span = self._new(event, event.timestamp_ms - event.duration_ms, at_s)
        status = _status(event)
        was = "ok" if span.status == "replayed" else span.status
        all_was_said = event.result is known and was == status
        if all_was_said and event.args == span.args:
            return
        span.args = event.args or span.args
        if all_was_said:
            self._book.changed(span)
        else:
            self._finish(span, event.result, details, status, event.duration_ms)

    def close(self, at_s: float, status: SpanStatus) -> None:
        """What is around them is over: so are they."""
        if not self._open:
            return
        for span in self._open.values():
            if span.status == "running":
                self._book.finish(span, status, at_s)
        self._open.clear()
        self._results.clear()

    def _new(self, event: ToolExecutionStartEvent | ToolExecutionEndEvent, timestamp_ms: float, at_s: float) -> Span:
        book = self._book
        around = book.turn or book.agent
        return Span(
            "tool",
            event.tool_name,
            book.new_span_id(),
            around.span_id if around else None,
            round(timestamp_ms * 1000),
            at_s,
            around.context if around else book.context,
            around.turn if around else None,
            event.tool_call_id,
            event.args,
        )

    def _finish(
        self, span: Span, result: AgentToolResult, details: JsonValue, status: SpanStatus, duration_ms: float
    ) -> None:
        content = result.content
        if len(content) == 1 and type(content[0]) is TextContent:  # nearly always
            span.result = text = content[0].text
        else:
            text = text_of(content)
            span.result = text if all(isinstance(block, TextContent) for block in content) else content
        span.details = details
        if status == "ok":
            span.finish("replayed" if "tool" in self._book.replayed else "ok", duration_ms)
        else:
            span.finish(status, duration_ms, text, _error_type(details, status))
        self._book.changed(span)


def _status(event: ToolExecutionEndEvent) -> SpanStatus:
    match event.status:
        case "aborted":
            return "stopped"
        case "ok" if event.is_error:
            return "error"
        case status:
            return status


def _error_type(details: JsonValue, status: SpanStatus) -> str:
    """The exception's name, or what the engine calls its own reasons; a tool that returned an error gave a sentence."""
    error = details.get("error") if isinstance(details, dict) else None
    if isinstance(error, str) and error.isidentifier():
        return error
    return "ToolError" if status == "error" else status.title()
