"""Waiting that a signal ends at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, ParamSpec, TypeVar, cast

from jupyter_tools.abort_signal import when_set

T = TypeVar("T")
P = ParamSpec("P")


class Aborted(Exception):  # noqa: N818  # a person's wish and no error
    """The signal was set while something was being waited for."""


async def sleep_unless(seconds: float, signal: asyncio.Event | None) -> None:
    """Sleep, but no longer than until `signal` is set."""
    if signal is None or seconds <= 0:
        await asyncio.sleep(seconds)
        return
    loop = asyncio.get_running_loop()
    over: asyncio.Future[None] = loop.create_future()
    timer, stop_listening = loop.call_later(seconds, _end, over), when_set(signal, lambda: _end(over))
    try:
        await over
    finally:
        timer.cancel()
        stop_listening()


def _end(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)


class AbortableWait:
    """Waits for one thing after the other until `signal` is set.

    It listens once for all of them, so that a wait costs less than a microsecond: there is one for each piece of an
    answer.
    """

    def __init__(self, signal: asyncio.Event | None) -> None:
        self._signal = signal
        self._stop_listening: Callable[[], object] | None = None
        self._waiting: asyncio.Task[Any] | None = None
        self._cancelled = False

    async def __aenter__(self) -> AbortableWait:
        if self._signal is not None:
            self._stop_listening = when_set(self._signal, self._cancel)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stop_listening is not None:
            self._stop_listening()

    def _cancel(self) -> None:
        if self._waiting is not None:
            self._cancelled = True
            self._waiting.cancel()

    async def wait(self, start: Callable[P, Awaitable[T]], *args: P.args, **options: P.kwargs) -> T:
        """The outcome of `await start(*args, **options)`.

        Raises:
            Aborted: If the signal is set, before or meanwhile; what was waited for is cancelled.
        """
        if self._signal is None:
            return await start(*args, **options)
        if self._signal.is_set():
            raise Aborted
        task = self._waiting = cast("asyncio.Task[Any]", asyncio.current_task())
        cancelling = task.cancelling()
        try:
            return await start(*args, **options)
        except asyncio.CancelledError:
            # as `asyncio.timeout` has it: another cancellation, of before or meanwhile, comes first
            if self._cancelled and task.cancelling() - 1 <= cancelling:
                raise Aborted from None
            raise
        finally:
            self._waiting = None
            if self._cancelled:
                task.uncancel()
