"""`Span`: one step of a run while it is being recorded. Its fields are the columns of the same names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from jupyter_tools.durations import to_the_microsecond
from jupyter_tools.messages import Usage

SpanKind: TypeAlias = Literal["agent", "turn", "model", "tool", "approval", "retrieval"]
SpanStatus: TypeAlias = Literal[
    "running", "ok", "error", "timeout", "denied", "stopped", "skipped", "replayed", "interrupted"
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
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
    """One step: a tool call, or something inside it. Its fields are the columns of the same names, but for these.

    Attributes:
        began_s: Its start on the monotonic clock.
        context: Holds the columns that all spans of a run share.
        home: Who wrote it, once it is in a file.
        seq: The number of its row there.
    """

    kind: SpanKind
    name: str
    span_id: int
    parent_id: int | None
    started: int  # microseconds since 1970
    began_s: float
    context: SpanContext
    turn: int | None = None
    tool_call_id: str | None = None
    args: Any = None
    status: SpanStatus = "running"
    duration_ms: float | None = None
    error: str | None = None
    error_type: str | None = None
    queue_ms: float | None = None
    result: Any = None
    details: Any = None
    home: object = None
    seq: int = 0

    @property
    def ended(self) -> int | None:
        """When it was over: the start plus the duration, whatever the clock on the wall did meanwhile."""
        return None if self.duration_ms is None else self.started + round(self.duration_ms * 1000)

    def finish(
        self, status: SpanStatus, duration_ms: float, error: str | None = None, error_type: str | None = None
    ) -> None:
        """It is over."""
        self.duration_ms = to_the_microsecond(duration_ms) if duration_ms > 0 else 0.0
        self.error = error
        self.error_type = error_type
        self.status = status


@dataclass(slots=True, eq=False)
class ModelSpan(Span):
    """A step that asks a model: a model call, the turn around it, the run around that."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    cached_tokens: int | None = None
    tokens_estimated: bool | None = None
    cost: float | None = None
    first_token_ms: float | None = None
    attempt: int | None = None
    stop_reason: str | None = None
    provider: str | None = None
    model: str | None = None
    tools: str | None = None
    messages: Any = None
    parameters: Any = None
    provenance: Any = None

    def count(self, usage: Usage) -> None:
        """The tokens it took, and what they cost."""
        self.input_tokens, self.output_tokens = usage.input_tokens, usage.output_tokens
        self.reasoning_tokens, self.cached_tokens = usage.reasoning_tokens, usage.cached_tokens
        self.tokens_estimated, self.cost = usage.estimated, usage.cost


class SpanBook:
    """The spans of one fold: where a new one belongs, and whom to tell of it and of its changes.

    Attributes:
        agent: The span of the run that is going on, or None.
        turn: The span of its turn, or None.
        context: What spans without a run have in common.
        replayed: The kinds of spans that are answered from a recording in this run.
        new_span_id: Gives a new span id at each call.
        changed: To be called with each span that is new or has changed.
    """

    def __init__(self, new_span_id: Callable[[], int], context: SpanContext, changed: Callable[[Span], object]) -> None:
        self.agent: ModelSpan | None = None
        self.turn: ModelSpan | None = None
        self.context = context
        self.replayed: frozenset[SpanKind] = frozenset()
        self.new_span_id = new_span_id
        self.changed = changed

    @property
    def around(self) -> ModelSpan | None:
        """What a new span would be part of."""
        return self.turn or self.agent

    def open_run(self, context: SpanContext, timestamp_ms: float, at_s: float) -> ModelSpan:
        """The span of a new run, which has `context` in common with all spans inside."""
        self.agent = ModelSpan("agent", "agent", self.new_span_id(), None, round(timestamp_ms * 1000), at_s, context)
        self.changed(self.agent)
        return self.agent

    def open(self, kind: Literal["turn", "model"], name: str, timestamp_ms: float, at_s: float) -> ModelSpan:
        """A new span inside the turn, or the run, or nothing; it has been running since `timestamp_ms`."""
        around = self.around
        span = ModelSpan(
            kind,
            name,
            self.new_span_id(),
            around.span_id if around else None,
            round(timestamp_ms * 1000),
            at_s,
            around.context if around else self.context,
            around.turn if around else None,
        )
        self.changed(span)
        return span

    def finish(
        self,
        span: Span,
        status: SpanStatus,
        at_s: float,
        *,
        duration_ms: float | None = None,
        error: str | None = None,
        error_type: str | None = None,
    ) -> None:
        """The span is over; it took `duration_ms`, or until `at_s` if nobody measured it."""
        elapsed_ms = (at_s - span.began_s) * 1000
        span.finish(status, elapsed_ms if duration_ms is None else duration_ms, error, error_type)
        self.changed(span)


def span_id_number(text: str) -> int:
    """A span id, 16 hexadecimal digits as in OpenTelemetry, as what SQLite stores: 64 bits with a sign.

    Raises:
        ValueError: If the text is no span id.
    """
    return int.from_bytes(bytes.fromhex(text.zfill(16)), signed=True)
