"""Iterating asynchronous code from code that cannot await: a script, a thread, a notebook cell."""

from __future__ import annotations

import asyncio
import concurrent.futures
import queue
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing
from typing import Any, TypeVar, cast

from jupyter_tools.loop_thread import loop_thread

T = TypeVar("T")

_AHEAD = 64  # items that may wait for the reader
_BATCH = 32  # items read between two messages to the loop, each of which costs more than an item
_POLL_S = 0.2  # on Windows a wait without a timeout cannot be interrupted
_CLEAN_UP_S = 5.0
_END: Any = object()


def iterate(items: AsyncGenerator[T]) -> Generator[T]:
    """The items of an asynchronous generator, which runs in the loop's thread as one task from its start to its end.

    Leaving early, an interrupt too, closes the generator and waits until it has cleaned up.

    Raises:
        RuntimeError: If called from the loop's own thread, which would wait for itself.
    """
    thread = loop_thread()
    ready: queue.SimpleQueue[Any] = queue.SimpleQueue()
    room = asyncio.Semaphore(_AHEAD)
    if _running_loop() is thread.loop:
        raise RuntimeError("this code runs in the loop's thread already: use the asynchronous door instead")

    async def pump() -> None:
        async with aclosing(items):
            async for item in items:
                await room.acquire()
                ready.put(item)

    future = thread.submit(pump())
    future.add_done_callback(lambda _: ready.put(_END))
    read = 0
    try:
        while (item := _next(ready)) is not _END:
            read += 1
            if read % _BATCH == 0:
                thread.loop.call_soon_threadsafe(_make_room, room)
            yield cast("T", item)
        future.result()
    finally:
        future.cancel()
        concurrent.futures.wait([future], timeout=_CLEAN_UP_S)


def _make_room(room: asyncio.Semaphore) -> None:
    for _ in range(_BATCH):
        room.release()


def _next(ready: queue.SimpleQueue[Any]) -> Any:
    while True:
        try:
            return ready.get(timeout=_POLL_S)
        except queue.Empty:
            continue


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
