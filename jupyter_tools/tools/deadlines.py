"""`Deadlines`: one timer of the event loop for any number of deadlines."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from typing import Protocol


class Timed(Protocol):
    """Something that has to be over at a certain time."""

    def overdue(self, now: float) -> float | None:
        """Called at the deadline. Returns a later one, or None if there is none any more."""
        ...


class Deadlines:
    """Calls `overdue` on what it was given when its time has come. What ended before is forgotten at its deadline.

    A timer of the loop for each call would cost more than most calls.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._heap: list[tuple[float, int, Timed]] = []
        self._numbers = itertools.count()  # ties: things are not compared
        self._timer: asyncio.TimerHandle | None = None

    def add(self, when: float, thing: Timed) -> None:
        """Call `thing.overdue(...)` at `when`, in the loop's time."""
        heapq.heappush(self._heap, (when, next(self._numbers), thing))
        if self._heap[0][2] is thing:
            self._arm()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._heap[0][0], self._fire) if self._heap else None

    def _fire(self) -> None:
        now = self._loop.time()
        while self._heap and self._heap[0][0] <= now:
            _, _, thing = heapq.heappop(self._heap)
            later = thing.overdue(now)
            if later is not None:
                heapq.heappush(self._heap, (later, next(self._numbers), thing))
        self._arm()

    def close(self) -> None:
        """Forget everything."""
        self._heap.clear()
        self._arm()
