"""`AbortSignal`: an `asyncio.Event` that also calls. Waiting for an event takes a task; to be called takes none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import cast


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
        return partial(self._listeners.pop, number, None)


def when_set(signal: asyncio.Event, listener: Callable[[], object]) -> Callable[[], object]:
    """Have `listener` called soon after `signal` is set, any kind of event. Calling what this returns prevents it."""
    if isinstance(signal, AbortSignal):
        return signal.listen(listener)

    async def watch() -> None:
        await signal.wait()
        listener()

    return asyncio.get_running_loop().create_task(watch()).cancel


class EndsOn:
    """Leaves its block some seconds after a signal is set, whatever the block is waiting for.

    Args:
        signal: The event.
        grace_s: What the block has to end by itself.
    """

    def __init__(self, signal: asyncio.Event, grace_s: float) -> None:
        self._signal = signal
        self._grace_s = grace_s
        self._timer: asyncio.TimerHandle | None = None
        self._cancelled = False

    async def __aenter__(self) -> None:
        self._task = cast("asyncio.Task[object]", asyncio.current_task())
        self._cancelling = self._task.cancelling()
        self._stop_listening = when_set(self._signal, self._wait)

    def _wait(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._grace_s, self._cancel)

    def _cancel(self) -> None:
        self._cancelled = True
        self._task.cancel()

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        self._stop_listening()
        if self._timer is not None:
            self._timer.cancel()
        # as `asyncio.timeout` has it: another cancellation, of before or meanwhile, comes first
        ours = self._cancelled and self._task.uncancel() <= self._cancelling
        return ours and kind is asyncio.CancelledError
