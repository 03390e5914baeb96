"""The main thread's errands: calls that other threads want made there, such as those that use a notebook's variables.

Runs live in the loop's thread while the main thread waits for them, or sits in its own event loop. Both places look
here for errands. What an errand runs can be interrupted: by the person, whose interrupt is passed on afterwards to
whoever would have got it, and by `run` being cancelled.
"""

from __future__ import annotations

import _thread
import asyncio
import concurrent.futures
import contextvars
import queue
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class InterruptedInMainThreadError(Exception):
    """The person interrupted the kernel while the call ran in the main thread."""


class Errand(Generic[T]):
    """One call, and its outcome.

    Args:
        call: What to do. It must not raise, but for `KeyboardInterrupt`.

    Attributes:
        outcome: What the call gave. Cancelling it before the call has begun keeps it from beginning.
    """

    def __init__(self, call: Callable[[], T]) -> None:
        self.outcome: concurrent.futures.Future[T] = concurrent.futures.Future()
        self._call = call
        self._context = contextvars.copy_context()
        self._lock = threading.Lock()
        self._running = self._stopped = False

    def do(self) -> None:
        """Make the call, in the main thread."""
        if not self.outcome.set_running_or_notify_cancel():
            return
        with self._interruptible() as person:
            try:
                if self._stopped:
                    raise KeyboardInterrupt
                value = self._context.run(self._call)
                self._settle()
            except KeyboardInterrupt:
                self._running = False  # at once: a second interrupt must not strike here
                self._settle()
                self.outcome.set_exception(InterruptedInMainThreadError("It was interrupted."))
            else:
                self.outcome.set_result(value)
        if person:
            signal.raise_signal(signal.SIGINT)  # it was meant for the cell as well

    def stop(self) -> None:
        """Interrupt the call, from another thread."""
        with self._lock:
            self._stopped = True
            if self._running:
                _interrupt_main_thread()

    @contextmanager
    def _interruptible(self) -> Generator[list[bool]]:
        """While the call runs: interrupts reach it. The list is not empty afterwards if one came from the person."""
        person: list[bool] = []

        def interrupt(*_: Any) -> None:
            if not self._stopped:
                person.append(True)
            if self._running:
                raise KeyboardInterrupt

        before = signal.signal(signal.SIGINT, interrupt)
        self._running = True
        try:
            yield person
        finally:
            signal.signal(signal.SIGINT, before)

    def _settle(self) -> None:
        with self._lock:
            self._running = False


def _interrupt_main_thread() -> None:
    """As Ctrl-C would; a call that sleeps in the system wakes up."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        _thread.interrupt_main()


class MainThread:
    """Who wants something done in the main thread says so here; where it waits, it looks here."""

    def __init__(self) -> None:
        self._errands: queue.SimpleQueue[Errand[Any] | None] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None

    def listens_in(self, loop: asyncio.AbstractEventLoop | None) -> None:
        """Say in which event loop the main thread sits when it waits for nothing of ours: a kernel's own."""
        self._loop = loop

    async def run(self, call: Callable[[], T]) -> T:
        """Make a call in the main thread, as soon as it is free. Cancelling this interrupts the call.

        Args:
            call: What to do. It must not raise, but for `KeyboardInterrupt`.

        Raises:
            InterruptedInMainThreadError: If the person interrupted it.
        """
        errand = Errand(call)
        if _is_main_thread():
            errand.do()
            return errand.outcome.result()
        self._errands.put(errand)
        if self._loop is not None:
            with suppress(RuntimeError):  # closed, as when the kernel ends
                self._loop.call_soon_threadsafe(self.serve)
        try:
            return await asyncio.wrap_future(errand.outcome)
        except asyncio.CancelledError:
            errand.stop()
            raise

    def serve(self) -> None:
        """Do what waits to be done, and return."""
        with suppress(queue.Empty):
            while True:
                if (errand := self._errands.get_nowait()) is not None:
                    errand.do()

    def wait(self, future: concurrent.futures.Future[Any], timeout_s: float) -> bool:
        """Wait for `future`, up to `timeout_s` or the next errand, which is done. True if the future is done.

        In any other thread than the main one this is nothing but waiting.
        """
        if future.done() or not _is_main_thread():
            return bool(concurrent.futures.wait([future], timeout=timeout_s).done)
        with suppress(queue.Empty):
            if (errand := self._errands.get(timeout=timeout_s)) is not None:
                errand.do()
        return future.done()

    def wake(self, _: object = None) -> None:
        """End a `wait` of the main thread early."""
        self._errands.put(None)


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


_main_thread = MainThread()


def main_thread() -> MainThread:
    """The process's one desk for such errands."""
    return _main_thread
