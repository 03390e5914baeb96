"""`TimeAxis`: from times to places on a line. Long pauses, in which nothing ran, take little room."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LONG_PAUSE = 0.05  # of all the time in which something ran
_PAUSE_WIDTH = 16.0
_PAUSES_AT_MOST = 0.2  # of the whole width
_TICK_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which nothing ran.

    Attributes:
        x: Where it begins.
        width: The room it takes.
        duration_ms: How long it was.
    """

    x: float
    width: float
    duration_ms: float


class TimeAxis:
    """Where times are on a line of `width`.

    Args:
        intervals: When something ran: starts and ends in microseconds.
        width: The length of the line.
    """

    def __init__(self, intervals: Iterable[tuple[int, int]], width: float) -> None:
        stretches = _stretches(sorted(intervals))
        self.width = width
        self.active_us = sum(end - start for start, end in stretches)
        pause = min(_PAUSE_WIDTH, _PAUSES_AT_MOST * width / max(1, len(stretches) - 1))
        self.scale = (width - pause * (len(stretches) - 1)) / max(1, self.active_us)  # of a microsecond
        self._starts = [start for start, _ in stretches]
        self._ends = [end for _, end in stretches]
        self._places: list[float] = []
        self.pauses: list[Pause] = []
        x = 0.0
        for number, (start, end) in enumerate(stretches):
            self._places.append(x)
            x += (end - start) * self.scale
            if number + 1 < len(stretches):
                self.pauses.append(Pause(x, pause, (stretches[number + 1][0] - end) / 1000))
                x += pause

    def x(self, at_us: int) -> float:
        """The place of a time."""
        if not self._starts:
            return 0.0
        number = max(0, bisect.bisect_right(self._starts, at_us) - 1)
        at_us = min(max(at_us, self._starts[number]), self._ends[number])
        return self._places[number] + (at_us - self._starts[number]) * self.scale

    def ticks(self, about: int = 8) -> list[tuple[float, float]]:
        """Round times of the first stretch - the only one, unless there are pauses: place and milliseconds."""
        if not self._starts or self.pauses:
            return []
        step = round_step(self.active_us / about)
        return [(at * self.scale, at / 1000) for at in range(0, self.active_us + 1, step)]


def round_step(at_least: float) -> int:
    """The next 1, 2 or 5 with zeros behind it."""
    power = 1
    while True:
        for step in _TICK_STEPS:
            if step * power >= at_least:
                return step * power
        power *= 10


def _stretches(intervals: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The times in which something ran, joined where the pause between them is short."""
    joined = _joined(intervals, 0)
    return _joined(joined, _LONG_PAUSE * sum(end - start for start, end in joined))


def _joined(intervals: Iterable[tuple[int, int]], pause_us: float) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in intervals:
        if joined and start - joined[-1][1] <= pause_us:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, max(start, end)))
    return joined
