"""`SpanFold`: the events of a run, one after the other, become spans. Pure: no clock, no thread, no database.

Any sequence of events gives consistent spans, also one that was cut short or joined half way: a span that was never
opened is opened by its end, and the end of what is around a span closes it if it is still open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from operator import attrgetter

from jupyter_tools.digests import digest
from jupyter_tools.events import (
    AgentEndEvent,
    AgentEvent,
    AgentStartEvent,
    MessageEndEvent,
    StepEndEvent,
    StepStartEvent,
    ToolExecutionEndEvent,
    ToolExecutionStartEvent,
    ToolExecutionUpdateEvent,
    TurnEndEvent,
    TurnStartEvent,
    TurnUpdateEvent,
)
from jupyter_tools.json_types import JsonValue
from jupyter_tools.messages import AssistantMessage, Message, text_of
from jupyter_tools.traces.draft import Pieces
from jupyter_tools.traces.model_spans import ModelSpans, status_of
from jupyter_tools.traces.span import Span, SpanBook, SpanContext, SpanKind, SpanStatus
from jupyter_tools.traces.step_spans import StepSpans
from jupyter_tools.traces.tool_spans import ToolSpans


class SpanFold:
    """Folds events into spans. One fold may see several runs, one after the other, and tool calls without a run.

    Args:
        new_span_id: Gives a new span id at each call.
        context: What all its spans have in common.
        changed: Called with each span that is opened or changed.
    """

    def __init__(self, new_span_id: Callable[[], int], context: SpanContext, changed: Callable[[Span], object]) -> None:
        self._book = SpanBook(new_span_id, context, changed)
        self._tools = ToolSpans(self._book)
        self._steps = StepSpans(self._book)
        self._models = ModelSpans(self._book)

    def add(self, event: AgentEvent, at_s: float, details: JsonValue = None) -> None:
        """Take one event.

        Args:
            event: The event.
            at_s: When it came, on the monotonic clock.
            details: The details of a tool's result as they were then.
        """
        taker_of = _TAKERS.get(type(event))
        if taker_of is not None:  # pieces and progress are in what they end up in
            taker_of(self)(event, at_s, details)

    def draft(self, pieces: Pieces) -> None:
        """Take what a model has written of its message, should nothing more come."""
        self._models.draft(pieces)

    def close(self, at_s: float) -> None:
        """Nothing more comes: what is still open is interrupted."""
        self._close_run(at_s)

    def _end_tool(self, event: ToolExecutionEndEvent, at_s: float, details: JsonValue) -> None:
        self._tools.end(event, at_s, details)
        self._steps.close(at_s, "stopped", event.tool_call_id)

    def _start_step(self, event: StepStartEvent, at_s: float, _: JsonValue) -> None:
        self._steps.start(event, at_s, self._tools.span_of(event.tool_call_id))

    def _end_message(self, event: MessageEndEvent, at_s: float, _: JsonValue) -> None:
        if isinstance(event.message, AssistantMessage):
            self._models.end(event, event.message, at_s)

    def _start_run(self, event: AgentStartEvent, at_s: float, _: JsonValue = None) -> None:
        self._close_run(at_s)
        info, prompt = event.info, text_of(event.prompt.content)
        context = replace(
            self._book.context,
            run_id=event.run_id,
            prompt_hash=_text(info, "prompt_hash") or digest(prompt),
            system_hash=_text(info, "system_hash"),
            schema_hash=_text(info, "schema_hash"),
        )
        span = self._book.open_run(context, event.timestamp_ms, at_s)
        span.args, span.provenance = prompt, info
        span.provider, span.model = _text(info, "provider"), _text(info, "model")
        span.parameters = info.get("parameters") or None
        self._book.replayed = _replayed(info)

    def _end_run(self, event: AgentEndEvent, at_s: float, _: JsonValue = None) -> None:
        status = status_of(event.stop_reason)
        self._close_turn(at_s, "stopped" if status == "stopped" else "interrupted")
        span = self._book.agent
        if span is None or span.context.run_id != event.run_id:
            self._close_run(at_s)
            context = replace(self._book.context, run_id=event.run_id)
            span = self._book.open_run(context, event.timestamp_ms, at_s)
        span.messages, span.result = event.messages, _answer(event.messages)
        span.count(event.usage)
        span.stop_reason = event.stop_reason
        self._book.finish(span, status, at_s, error=event.error_message, error_type=event.error_type)
        self._book.agent, self._book.replayed = None, frozenset()

    def _close_run(self, at_s: float) -> None:
        self._close_turn(at_s, "interrupted")
        if self._book.agent is not None:
            self._book.finish(self._book.agent, "interrupted", at_s)
            self._book.agent = None
        self._book.replayed = frozenset()

    def _start_turn(self, event: TurnStartEvent, at_s: float, _: JsonValue = None) -> None:
        self._close_turn(at_s, "interrupted")
        span = self._book.open("turn", f"turn {event.turn}", event.timestamp_ms, at_s)
        span.turn = event.turn
        self._book.turn = span
        self._models.start(event, at_s)

    def _end_turn(self, event: TurnEndEvent, at_s: float, _: JsonValue = None) -> None:
        status = status_of(event.message.stop_reason)
        if self._book.turn is not None:
            self._book.turn.stop_reason = event.message.stop_reason
        self._close_turn(at_s, status, event.message)

    def _close_turn(self, at_s: float, status: SpanStatus, said: AssistantMessage | None = None) -> None:
        inside: SpanStatus = "stopped" if status == "stopped" else "interrupted"
        self._models.close(at_s, inside)
        self._tools.close(at_s, inside)
        self._steps.close(at_s, inside)
        if self._book.turn is not None:
            error, error_type = (said.error_message, said.error_type) if said else (None, None)
            self._book.finish(self._book.turn, status, at_s, error=error, error_type=error_type)
            self._book.turn = None


# by name: bound methods in each fold would be a circle, which only the search for garbage can take apart
_TAKERS: Mapping[type[AgentEvent], Callable[[SpanFold], Callable[..., None]]] = {
    ToolExecutionStartEvent: attrgetter("_tools.start"),
    ToolExecutionUpdateEvent: attrgetter("_tools.done"),
    ToolExecutionEndEvent: attrgetter("_end_tool"),
    StepStartEvent: attrgetter("_start_step"),
    StepEndEvent: attrgetter("_steps.end"),
    MessageEndEvent: attrgetter("_end_message"),
    TurnUpdateEvent: attrgetter("_models.notice"),
    TurnStartEvent: attrgetter("_start_turn"),
    TurnEndEvent: attrgetter("_end_turn"),
    AgentStartEvent: attrgetter("_start_run"),
    AgentEndEvent: attrgetter("_end_run"),
}


def _replayed(info: Mapping[str, JsonValue]) -> frozenset[SpanKind]:
    if not info.get("replayed_from"):
        return frozenset()
    return frozenset({"model", "tool"} if info.get("replayed_tools") else {"model"})


def _answer(messages: tuple[Message, ...]) -> str | None:
    return next((message.text for message in reversed(messages) if isinstance(message, AssistantMessage)), None)


def _text(info: Mapping[str, JsonValue], key: str) -> str | None:
    value = info.get(key)
    return None if value is None else str(value)
