"""One event loop in a daemon thread: where runs live, whatever the calling thread's own loop is doing.

A notebook's main thread already has a running loop, and a blocking call there must not stop it from being interrupted.
So runs live in a loop of their own, and the caller waits for a future.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from jupyter_tools.main_thread import main_thread

T = TypeVar("T")

_POLL_S = 0.2  # on Windows a wait without a timeout cannot be interrupted
_CLEAN_UP_S = 5.0


class LoopFuture(concurrent.futures.Future[T]):
    """The outcome of a coroutine in the loop's thread.

    `cancel()` asks the coroutine to stop; the future is done only after the coroutine has cleaned up.
    """

    _loop: asyncio.AbstractEventLoop
    _task: asyncio.Task[T]  # there before anybody can cancel: the loop does in order what it is asked

    def cancel(self) -> bool:
        """Ask the coroutine to stop, from any thread. False if it is over already."""
        if self.done():
            return False
        self._loop.call_soon_threadsafe(self._cancel_in_loop)
        return True

    def _cancel_in_loop(self) -> None:
        self._task.cancel()

    def _start(self, coroutine: Coroutine[Any, Any, T]) -> None:
        self._task = self._loop.create_task(coroutine)
        self._task.add_done_callback(self._take_outcome)

    def _take_outcome(self, task: asyncio.Task[T]) -> None:
        if task.cancelled():
            super().cancel()
            self.set_running_or_notify_cancel()
        elif (error := task.exception()) is not None:
            self.set_exception(error)
        else:
            self.set_result(task.result())


class LoopThread:
    """A daemon thread that runs one event loop until the process ends."""

    def __init__(self, name: str = "jupyter_tools-loop") -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        asyncio.set_event_loop(self.loop)
        while True:
            try:
                return self.loop.run_forever()
            except (SystemExit, KeyboardInterrupt):  # a task's: asyncio stops for it, and the others wait for the loop
                continue

    def close(self) -> None:
        """Stop the loop and end the thread. What still runs in it is lost."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    @property
    def alive(self) -> bool:
        """False in a forked child: threads do not survive a fork."""
        return self._thread.is_alive()

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> LoopFuture[T]:
        """Start `coroutine` in the loop, with a copy of the caller's context variables, and return at once."""
        future: LoopFuture[T] = LoopFuture()
        future._loop = self.loop  # pyright: ignore[reportPrivateUsage]  # both classes are one mechanism
        self.loop.call_soon_threadsafe(future._start, coroutine)  # pyright: ignore[reportPrivateUsage]
        return future

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run `coroutine` in the loop and wait for its outcome.

        The main thread does its errands meanwhile. An interrupt (Ctrl-C, the kernel's stop button) cancels the
        coroutine, waits until it has cleaned up, and is raised again.

        Raises:
            RuntimeError: If called from the loop's own thread, which would wait for itself.
        """
        if threading.current_thread() is self._thread:
            coroutine.close()
            raise RuntimeError("this code runs in the loop's thread already: await the coroutine instead")
        future, here = self.submit(coroutine), main_thread()
        future.add_done_callback(here.wake)
        try:
            while not here.wait(future, _POLL_S):
                pass
            return future.result()
        except KeyboardInterrupt:
            future.cancel()
            concurrent.futures.wait([future], timeout=_CLEAN_UP_S)
            raise


_lock = threading.Lock()
_current: LoopThread | None = None


def loop_thread() -> LoopThread:
    """The process's one loop thread, started at first use and again after a fork."""
    global _current  # noqa: PLW0603  # one per process is the point
    with _lock:
        if _current is None or not _current.alive:
            _current = LoopThread()
        return _current
