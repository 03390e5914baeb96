"""Waiting that a signal ends at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import TypeVar

T = TypeVar("T")


class Aborted(Exception):  # noqa: N818  # a person's wish and no error
    """The signal was set while something was being waited for."""


async def sleep_unless(seconds: float, signal: asyncio.Event | None) -> None:
    """Sleep, but no longer than until `signal` is set."""
    if signal is None or seconds <= 0:
        await asyncio.sleep(seconds)
        return
    try:
        async with asyncio.timeout(seconds):
            await signal.wait()
    except TimeoutError:
        pass


class AbortableWait:
    """Waits for one thing after the other until `signal` is set.

    One task watches the signal for all of them, so that a wait costs about a microsecond: there is one for each piece
    of an answer.
    """

    def __init__(self, signal: asyncio.Event | None) -> None:
        self._signal = signal
        self._watcher: asyncio.Task[None] | None = None
        self._scope: asyncio.Timeout | None = None

    async def __aenter__(self) -> AbortableWait:
        if self._signal is not None:
            self._watcher = asyncio.get_running_loop().create_task(self._watch(self._signal))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._watcher is not None:
            self._watcher.cancel()

    async def _watch(self, signal: asyncio.Event) -> None:
        await signal.wait()
        if self._scope is not None:
            self._scope.reschedule(asyncio.get_running_loop().time())

    async def wait(self, start: Callable[[], Awaitable[T]]) -> T:
        """The outcome of `await start()`.

        Raises:
            Aborted: If the signal is set, before or meanwhile; what was waited for is cancelled.
        """
        if self._signal is None:
            return await start()
        if self._signal.is_set():
            raise Aborted
        scope = self._scope = asyncio.timeout(None)
        try:
            async with scope:
                return await start()
        except TimeoutError:
            if scope.expired():
                raise Aborted from None
            raise
        finally:
            self._scope = None
