"""`AbortSignal`: an `asyncio.Event` that also calls. Waiting for an event takes a task; to be called takes none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count


class AbortSignal(asyncio.Event):
    """The event that ends a run. It is set once and stays so."""

    def __init__(self) -> None:
        super().__init__()
        self._listeners: dict[int, Callable[[], object]] = {}
        self._numbers = count()

    def set(self) -> None:
        """Set the event; whoever listens is called soon. Belongs to the thread of the running loop."""
        if not self.is_set():
            super().set()
            for number in self._listeners:
                asyncio.get_running_loop().call_soon(self._call, number)

    def _call(self, number: int) -> None:
        listener = self._listeners.pop(number, None)  # it may have stopped listening meanwhile
        if listener is not None:
            listener()

    def listen(self, listener: Callable[[], object]) -> Callable[[], object]:
        """Have `listener` called once the event is set, now or later. Calling what this returns prevents it."""
        number = next(self._numbers)
        self._listeners[number] = listener
        if self.is_set():
            asyncio.get_running_loop().call_soon(self._call, number)
        return lambda: self._listeners.pop(number, None)


def when_set(signal: asyncio.Event, listener: Callable[[], object]) -> Callable[[], object]:
    """Have `listener` called soon after `signal` is set, any kind of event. Calling what this returns prevents it."""
    if isinstance(signal, AbortSignal):
        return signal.listen(listener)

    async def watch() -> None:
        await signal.wait()
        listener()

    return asyncio.get_running_loop().create_task(watch()).cancel
