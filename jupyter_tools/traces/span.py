"""`Span`: one step of a run while it is being recorded. Its fields are the columns of the same names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from jupyter_tools.messages import Usage

SpanKind: TypeAlias = Literal["agent", "turn", "model", "tool"]
SpanStatus: TypeAlias = Literal["running", "ok", "error", "timeout", "denied", "stopped", "skipped", "interrupted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanContext:
    """What all spans of a run have in common: where they come from and what they are part of. Columns, too."""

    cell_id: str | None = None
    experiment: str | None = None
    variant: str | None = None
    repeat: int | None = None
    run_id: str | None = None
    prompt_hash: str | None = None
    system_hash: str | None = None
    schema_hash: str | None = None


@dataclass(slots=True, eq=False)
class Span:
    """One step. Its fields are the columns of the same names.

    But for `context`, which holds the columns that all spans of a run share, and `began_s`, its start on the monotonic
    clock.
    """

    kind: SpanKind
    name: str
    span_id: str
    parent_id: str | None
    started: int  # microseconds since 1970
    began_s: float
    context: SpanContext
    turn: int | None = None
    status: SpanStatus = "running"
    duration_ms: float | None = None
    input: str | None = None
    output: str | None = None
    error: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    cached_tokens: int | None = None
    tokens_estimated: bool | None = None
    first_token_ms: float | None = None
    queue_ms: float | None = None
    attempt: int | None = None
    stop_reason: str | None = None
    provider: str | None = None
    model: str | None = None
    tools: str | None = None
    ended: int | None = None
    tool_call_id: str | None = None
    session_id: str | None = None
    args: Any = None
    result: Any = None
    details: Any = None
    messages: Any = None
    parameters: Any = None
    provenance: Any = None

    def count(self, usage: Usage) -> None:
        """The tokens it took."""
        self.input_tokens, self.output_tokens = usage.input_tokens, usage.output_tokens
        self.reasoning_tokens, self.cached_tokens = usage.reasoning_tokens, usage.cached_tokens
        self.tokens_estimated = usage.estimated

    def finish(self, status: SpanStatus, duration_ms: float, error: str | None = None) -> None:
        """It is over; the end is the start plus the duration, whatever the clock on the wall did meanwhile."""
        microseconds = round(duration_ms * 1000) if duration_ms > 0 else 0
        self.duration_ms = microseconds / 1000
        self.ended = self.started + microseconds
        self.error = error
        self.status = status


class SpanBook:
    """The spans of one fold: where a new one belongs, and whom to tell of it and of its changes.

    Attributes:
        agent: The span of the run that is going on, or None.
        turn: The span of its turn, or None.
        context: What spans without a run have in common.
        changed: To be called with each span that is new or has changed.
    """

    def __init__(self, new_span_id: Callable[[], str], context: SpanContext, changed: Callable[[Span], object]) -> None:
        self.agent: Span | None = None
        self.turn: Span | None = None
        self.context = context
        self.changed = changed
        self._new_span_id = new_span_id

    def open_run(self, context: SpanContext, timestamp_ms: float, at_s: float) -> Span:
        """The span of a new run, which has `context` in common with all spans inside."""
        self.agent = Span("agent", "agent", self._new_span_id(), None, round(timestamp_ms * 1000), at_s, context)
        self.changed(self.agent)
        return self.agent

    def open(self, kind: SpanKind, name: str, timestamp_ms: float, at_s: float) -> Span:
        """A new span inside the turn, or the run, or nothing; it has been running since `timestamp_ms`."""
        turn = self.turn
        parent = turn or self.agent
        span = Span(
            kind,
            name,
            self._new_span_id(),
            parent.span_id if parent else None,
            round(timestamp_ms * 1000),
            at_s,
            self.agent.context if self.agent else self.context,
            turn.turn if turn else None,
        )
        self.changed(span)
        return span

    def finish(
        self, span: Span, status: SpanStatus, at_s: float, *, duration_ms: float | None = None, error: str | None = None
    ) -> None:
        """The span is over; it took `duration_ms`, or until `at_s` if nobody measured it."""
        elapsed_ms = (at_s - span.began_s) * 1000
        span.finish(status, elapsed_ms if duration_ms is None else duration_ms, error)
        self.changed(span)
