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
    """What all spans of a recorder have in common: where they come from and what they are part of."""

    cell_id: str | None = None
    experiment: str | None = None
    variant: str | None = None
    repeat: int | None = None


@dataclass(slots=True, eq=False)
class Span:
    """One step. Its fields are the columns of the same names, but for `began_s`, its start on the monotonic clock."""

    kind: SpanKind
    name: str
    span_id: str
    parent_id: str | None
    started: int  # microseconds since 1970
    began_s: float
    status: SpanStatus = "running"
    duration_ms: float | None = None
    input: str | None = None
    output: str | None = None
    error: str | None = None
    turn: int | None = None
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
    run_id: str | None = None
    tool_call_id: str | None = None
    experiment: str | None = None
    variant: str | None = None
    repeat: int | None = None
    cell_id: str | None = None
    session_id: str | None = None
    prompt_hash: str | None = None
    system_hash: str | None = None
    schema_hash: str | None = None
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
        self.duration_ms = max(0.0, round(duration_ms, 3))
        self.ended = self.started + round(self.duration_ms * 1000)
        self.error = error
        self.status = status


class SpanBook:
    """The spans of one fold: where a new one belongs, and which have changed since somebody asked.

    Attributes:
        agent: The span of the run that is going on, or None.
        turn: The span of its turn, or None.
    """

    def __init__(self, new_span_id: Callable[[], str], context: SpanContext) -> None:
        self.agent: Span | None = None
        self.turn: Span | None = None
        self._new_span_id = new_span_id
        self._context = context
        self._changed: list[Span] = []

    def open(self, kind: SpanKind, name: str, timestamp_ms: float, at_s: float) -> Span:
        """A new span inside the turn, or the run, or nothing; it has been running since `timestamp_ms`."""
        run, parent, context = self.agent, self.turn or self.agent, self._context
        span = Span(
            kind=kind,
            name=name,
            span_id=self._new_span_id(),
            parent_id=parent.span_id if parent else None,
            started=round(timestamp_ms * 1000),
            began_s=at_s,
            turn=self.turn.turn if self.turn else None,
            cell_id=context.cell_id,
            experiment=context.experiment,
            variant=context.variant,
            repeat=context.repeat,
        )
        if run is not None:
            span.run_id, span.prompt_hash = run.run_id, run.prompt_hash
            span.system_hash, span.schema_hash = run.system_hash, run.schema_hash
        self._changed.append(span)
        return span

    def finish(
        self, span: Span, status: SpanStatus, at_s: float, *, duration_ms: float | None = None, error: str | None = None
    ) -> None:
        """The span is over; it took `duration_ms`, or until `at_s` if nobody measured it."""
        elapsed_ms = (at_s - span.began_s) * 1000
        span.finish(status, elapsed_ms if duration_ms is None else duration_ms, error)
        self._changed.append(span)

    def changed(self, span: Span) -> None:
        """Something else about the span has changed."""
        self._changed.append(span)

    def take_changed(self) -> list[Span]:
        """The spans that were opened or changed since the last call."""
        changed, self._changed = self._changed, []
        return changed
