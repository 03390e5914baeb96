"""Where the steps stand in a timeline: rows with a label, bars on a time axis. Pure; `timeline_svg` draws it.

Few steps get a row each, in the order of the tree. Many share rows: one for the runs, one for the turns, one for each
model and tool, with calls that ran at the same time below each other.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from jupyter_tools.traces.steps import Step, nested
from jupyter_tools.traces.time_axis import TimeAxis

ROW_EACH = 60  # up to so many steps have a row of their own
_NAMES = 14  # so many models and tools have rows of their own
_LEVELS = 8  # so many calls that ran at the same time stand below each other
_OTHERS = "others"
_KIND_ORDER = {"agent": 0, "turn": 1, "model": 2}


@dataclass(frozen=True, slots=True)
class Bar:
    """A step on the axis.

    Attributes:
        step: The step.
        x: Where it begins.
        width: How long it is.
        row: The number of its row.
        level: Its place in the row; 0 is the upper one.
    """

    step: Step
    x: float
    width: float
    row: int
    level: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the timeline.

    Attributes:
        label: What stands at its left.
        depth: How far the label is indented.
        levels: How many bars stand below each other in it.
    """

    label: str
    depth: int
    levels: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A timeline before it is drawn."""

    axis: TimeAxis
    rows: list[Row]
    bars: list[Bar]


def lay_out(steps: Sequence[Step], width: float) -> Layout:
    """The timeline of these steps, `width` wide without labels."""
    axis = TimeAxis(((step.started, step.ended) for step in steps), width)
    return _a_row_each(steps, axis) if len(steps) <= ROW_EACH else _rows_shared(steps, axis)


def _a_row_each(steps: Sequence[Step], axis: TimeAxis) -> Layout:
    rows: list[Row] = []
    bars: list[Bar] = []
    for number, (depth, step) in enumerate(nested(steps)):
        label = step.input or "run" if step.kind == "agent" else step.name
        rows.append(Row(label, depth, 1))
        bars.append(_bar(step, axis, number, 0))
    return Layout(axis, rows, bars)


def _rows_shared(steps: Sequence[Step], axis: TimeAxis) -> Layout:
    groups: defaultdict[tuple[str, str], list[Step]] = defaultdict(list)
    named = _longest_names(steps)
    for step in steps:
        groups[_group_of(step, named)].append(step)
    rows: list[Row] = []
    bars: list[Bar] = []
    for kind, name in sorted(groups, key=_order):
        members = sorted(groups[kind, name], key=lambda step: step.started)
        levels = _levels(members)
        bars += [_bar(step, axis, len(rows), level) for step, level in zip(members, levels, strict=True)]
        rows.append(Row(f"{name} ({len(members):,})", 0, max(levels) + 1))
    return Layout(axis, rows, bars)


def _group_of(step: Step, named: set[tuple[str, str]]) -> tuple[str, str]:
    if step.kind in ("agent", "turn"):
        return step.kind, "runs" if step.kind == "agent" else "turns"
    return (step.kind, step.name) if (step.kind, step.name) in named else (step.kind, _OTHERS)


def _longest_names(steps: Sequence[Step]) -> set[tuple[str, str]]:
    totals: defaultdict[tuple[str, str], float] = defaultdict(float)
    for step in steps:
        if step.kind not in ("agent", "turn"):
            totals[step.kind, step.name] += step.duration_ms or 0
    return set(heapq.nlargest(_NAMES, totals, key=lambda name: totals[name]))


def _order(group: tuple[str, str]) -> tuple[int, bool, str, str]:
    kind, name = group
    return _KIND_ORDER.get(kind, 9), name == _OTHERS, kind, name


def _levels(steps: Sequence[Step]) -> list[int]:
    """For each step the first level that is free when it starts; steps are ordered by their start."""
    free_at: list[int] = []
    levels: list[int] = []
    for step in steps:
        level = next((number for number, at in enumerate(free_at) if at <= step.started), len(free_at))
        if level == len(free_at) and level < _LEVELS:
            free_at.append(0)
        level = min(level, _LEVELS - 1)
        free_at[level] = max(free_at[level], step.ended)
        levels.append(level)
    return levels


def _bar(step: Step, axis: TimeAxis, row: int, level: int) -> Bar:
    x = axis.x(step.started)
    return Bar(step, x, axis.x(step.ended) - x, row, level)
