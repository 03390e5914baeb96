"""Many tool calls in a row as one line with a count. Failed ones stay outside of it, where they are seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from jupyter_tools.notebook.parts import STATUS_WORDS, Part, ToolPart

_MANY = 8
_WORDS = {**STATUS_WORDS, "ok": "done", "writing": "being written"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Calls that fold into one line.

    Attributes:
        start: The place of the first among the parts.
        stop: The place after the last.
        label: What stands on the line.
    """

    start: int
    stop: int
    label: str


def groups(parts: Sequence[Part]) -> list[Group]:
    """The places where more than a handful of tool calls stand in a row."""
    if len(parts) <= _MANY:
        return []  # nearly always, and asked at each message to the page
    return [
        Group(start=start, stop=start + len(calls), label=_label(calls))
        for start, calls in _rows(parts)
        if len(calls) > _MANY
    ]


def _rows(parts: Sequence[Part]) -> Iterator[tuple[int, list[ToolPart]]]:
    place = 0
    for _, row in groupby(parts, key=lambda part: isinstance(part, ToolPart)):
        items = list(row)
        yield place, [item for item in items if isinstance(item, ToolPart)]
        place += len(items)


def _label(calls: Sequence[ToolPart]) -> str:
    names = {call.name for call in calls}
    what = f"calls of {names.pop()}" if len(names) == 1 else "tool calls"
    counts = Counter(_WORDS.get(call.status, call.status) for call in calls)
    return f"{len(calls)} {what}: {', '.join(f'{count} {word}' for word, count in counts.most_common())}"
