"""`Step`: a span as the views need it - the timeline, the tree, the table - and how the steps hang together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from jupyter_tools.durations import duration_text
from jupyter_tools.errors import ConfigurationError

Frame: TypeAlias = Any  # a DataFrame or a Series; pandas' own annotations send a type checker astray

STEP_COLUMNS = (
    *("span_id", "parent_id", "run_id", "kind", "name", "status", "turn"),
    *("started", "duration_ms", "input", "output", "error"),
)
FAILED = frozenset({"error", "timeout", "denied"})


@dataclass(frozen=True, slots=True)
class Step:
    """A span in short. Its fields are the columns of the same names; `started` is in microseconds since 1970."""

    span_id: str
    parent_id: str | None
    run_id: str | None
    kind: str
    name: str
    status: str
    turn: int | None
    started: int
    duration_ms: float | None
    input: str | None
    output: str | None
    error: str | None

    @property
    def ended(self) -> int:
        """When it was over, in microseconds since 1970; what is still open ends where it began."""
        return self.started + round((self.duration_ms or 0) * 1000)

    @property
    def failed(self) -> bool:
        """Whether it ended badly."""
        return self.status in FAILED

    @property
    def title(self) -> str:
        """Name, state and duration, on one line."""
        name = self.input or self.name if self.kind == "agent" else self.name
        return f"{self.kind} {name}: {self.status}, {duration_text(self.duration_ms)}"


def steps_of(frame: Frame, purpose: str) -> list[Step]:
    """The rows of a frame of `traces()` as steps.

    Raises:
        ConfigurationError: If the frame has not all the columns.
    """
    require(frame, STEP_COLUMNS, purpose)
    columns = {name: _plain(frame[name]) for name in STEP_COLUMNS}
    columns["started"] = frame["started"].astype("int64").tolist()
    return [Step(*cells) for cells in zip(*columns.values(), strict=True)]


def require(frame: Frame, columns: Sequence[str], purpose: str) -> None:
    """See that the frame has these columns.

    Raises:
        ConfigurationError: If one is missing.
    """
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise ConfigurationError(
            f"{purpose} needs the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}; take a frame that"
            " traces() gave, with all its columns."
        )


def _plain(column: Frame) -> list[Any]:
    return column.astype("object").where(column.notna(), None).tolist()


def nested(steps: Sequence[Step]) -> Iterator[tuple[int, Step]]:
    """Each step after the one it is part of, with its depth; siblings in the order of their start.

    A step whose parent is not among them stands at the top.
    """
    known = {step.span_id for step in steps}
    children: dict[str | None, list[Step]] = {}
    for step in sorted(steps, key=lambda step: step.started):
        parent = step.parent_id if step.parent_id in known and step.parent_id != step.span_id else None
        children.setdefault(parent, []).append(step)
    waiting = [(0, step) for step in reversed(children.get(None, []))]
    while waiting:  # a loop, since imported files may nest as deep as they like
        depth, step = waiting.pop()
        yield depth, step
        waiting += [(depth + 1, child) for child in reversed(children.get(step.span_id, []))]
