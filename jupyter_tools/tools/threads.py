"""Daemon threads for synchronous tools, and the way back into the event loop.

`concurrent.futures` will not do: its threads are joined at exit, so one hung tool keeps the kernel from ending, and a
hung thread holds its place in the pool for good. Here a hung thread is abandoned: another takes its place, and it ends
once its tool does.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

MAX_THREADS = 32


class Mailbox:
    """Calls into an event loop from any thread, in the order they were posted. Many letters wake the loop once.

    Made in the loop's own thread.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._home = threading.get_ident()
        self._letters: deque[tuple[Callable[..., object], tuple[Any, ...]]] = deque()
        self._awake = False

    def post(self, deliver: Callable[..., object], *args: Any) -> None:
        """Call `deliver(*args)` in the loop: at once if this is its thread, else soon, and never if it is closed."""
        if not self._letters and threading.get_ident() == self._home:
            deliver(*args)
            return
        self._letters.append((deliver, args))
        if not self._awake:
            self._awake = True
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._empty)

    def _empty(self) -> None:
        self._awake = False  # before reading: what is posted from here on wakes the loop again
        try:
            while self._letters:
                deliver, args = self._letters.popleft()
                deliver(*args)
        finally:
            if self._letters:  # one could not be delivered: the others must be
                self._loop.call_soon(self._empty)


class Job:
    """One call of a function in a thread.

    Whoever may decide what becomes of it draws a ticket: first "start", then "end". Drawing is atomic, so the thread
    and who gives the job up need no lock between them.

    Attributes:
        run: What to run. It must not raise.
        on_done: Called in the thread with what `run` gave, unless the job was abandoned.
        started: When a thread took it up (monotonic seconds), or None before.
    """

    __slots__ = ("_tickets", "on_done", "run", "started")

    def __init__(self, run: Callable[[], Any], on_done: Callable[[Any], object]) -> None:
        self.run = run
        self.on_done = on_done
        self.started: float | None = None
        self._tickets = ["end", "start"]

    def draw(self) -> str | None:
        """The next ticket, or None if both are gone."""
        try:
            return self._tickets.pop()
        except IndexError:
            return None


class ThreadPool:
    """Threads that take jobs from one queue; a new one is started only when all others are busy.

    Threads are called one after another, each by the one before it. So short jobs are done by few threads, one straight
    after the other, while jobs that wait soon have a thread each. Taking and ending a job needs no lock: with one, two
    threads that do short jobs would hand it back and forth at each.

    Args:
        limit: How many threads at most, abandoned ones not counted.
    """

    def __init__(self, limit: int = MAX_THREADS) -> None:
        self._limit = limit
        self._jobs: deque[Job] = deque()
        self._lock = threading.Lock()  # for the numbers below
        self._bell: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._threads = self._idle_threads = 0
        self._one_is_coming = False

    def submit(self, job: Job) -> None:
        """Run `job` as soon as a thread is free."""
        self._jobs.append(job)
        self._call_thread()

    def abandon(self, job: Job) -> None:
        """Stop waiting for `job`, once. If a thread is in it, that thread no longer counts and ends with the job."""
        if job.draw() == "end":
            with self._lock:
                self._threads -= 1
            self._call_thread()

    def _call_thread(self) -> None:
        """See to it that somebody takes the next job, if there is one and anybody to take it."""
        if self._one_is_coming:  # and has not looked at the queue yet
            return
        with self._lock:
            if self._one_is_coming or not self._jobs:
                return
            if self._idle_threads:
                self._idle_threads -= 1
                self._one_is_coming = True
                self._bell.put(None)
            elif self._threads < self._limit:
                self._start_thread()

    def _start_thread(self) -> None:
        try:
            threading.Thread(target=self._serve, name="jupyter_tools-tool", daemon=True).start()
        except RuntimeError:  # the system gives no more of them: the others take the job when they are done
            if not self._threads:
                raise
            return
        self._threads += 1
        self._one_is_coming = True

    def _serve(self) -> None:
        while True:
            with self._lock:
                self._one_is_coming = False  # before looking for a job: what comes later is called for again
            if not self._do_jobs():
                return
            self._bell.get()

    def _do_jobs(self) -> bool:
        """Do jobs until there are none. False if this thread was abandoned meanwhile."""
        job = self._next_job()
        while job is not None:
            done, value = job, job.run()
            if done.draw() is None:
                return False
            job = self._next_job()
            done.on_done(value)  # only now: who hears of it finds this thread free
        return True

    def _next_job(self) -> Job | None:
        """Take a job and have the one after it taken by another thread, or be idle."""
        while True:
            try:
                job = self._jobs.popleft()
            except IndexError:
                if self._is_idle():
                    return None
                continue
            if job.draw() == "start":
                job.started = time.monotonic()
                if self._jobs:
                    self._call_thread()
                return job

    def _is_idle(self) -> bool:
        """Count this thread as idle, unless a job has come since it looked."""
        with self._lock:
            if self._jobs:
                return False
            self._idle_threads += 1
            return True


_pool = ThreadPool()


def thread_pool() -> ThreadPool:
    """The process's one pool."""
    return _pool


async def run_in_thread(
    call: Callable[[], T], mailbox: Mailbox | None = None, on_job: Callable[[Job], object] = id
) -> T:
    """Run `call`, which must not raise, in a thread with a copy of the context variables.

    Cancelling this abandons the thread.

    Args:
        call: What to run.
        mailbox: The way back into the loop; sharing one keeps what is posted from the thread in order.
        on_job: Told the job, for who wants to know when a thread takes it up.
    """
    loop = asyncio.get_running_loop()
    waiter: asyncio.Future[T] = loop.create_future()
    mailbox = mailbox or Mailbox(loop)
    context = contextvars.copy_context()
    job = Job(lambda: context.run(call), lambda value: mailbox.post(_answer, waiter, value))
    on_job(job)
    pool = _pool
    try:
        pool.submit(job)
        return await waiter
    except BaseException:
        pool.abandon(job)
        raise


def _answer(waiter: asyncio.Future[T], value: T) -> None:
    if not waiter.done():
        waiter.set_result(value)


def _start_anew() -> None:
    global _pool  # noqa: PLW0603  # a forked child has none of the threads
    _pool = ThreadPool()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)
