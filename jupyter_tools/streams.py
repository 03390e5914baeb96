"""`EventStream`: news from one producer, async-iterable and awaitable.

    stream = EventStream()
    stream.push(event); ...; stream.end(result)        a producer; or EventStream.produced_by(coroutine_function)
    async for event in stream: ...                     a consumer; and then, or instead,
    result = await stream                              the producer's result

A producer that dies ends its consumers with its exception. One iterator reads the events; whoever else wants them
listens (`listen`), and is called at each `push`, before the iterator wakes.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Generator
from typing import Generic, TypeVar

EventT = TypeVar("EventT")
ResultT = TypeVar("ResultT")


class EventStream(Generic[EventT, ResultT]):
    """Events of one producer and, at the end, its result. All methods belong to the thread of the producer's loop.

    Args:
        kept: Whether events wait for an iterator. Where all who want them listen, a long run need not hold them.
    """

    def __init__(self, *, kept: bool = True) -> None:
        self._kept = kept
        self._events: deque[EventT] = deque()
        self._listeners: list[Callable[[EventT], None]] = []
        self._waiters: list[asyncio.Future[None]] = []
        self._waiting_for_end: list[asyncio.Future[None]] = []
        self._ended = False
        self._result: ResultT | None = None
        self._error: BaseException | None = None
        self._task: asyncio.Task[None] | None = None

    @classmethod
    def produced_by(
        cls, producer: Callable[[EventStream[EventT, ResultT]], Awaitable[ResultT]], *, kept: bool = True
    ) -> EventStream[EventT, ResultT]:
        """Run `producer(stream)` as a task of the running loop; its return value or exception ends the stream."""
        stream = cls(kept=kept)
        stream._task = asyncio.get_running_loop().create_task(stream._produce(producer))
        stream.when_over(stream._fail_unbegun)
        return stream

    def _fail_unbegun(self) -> None:
        """A task that is cancelled before its first step never gets to say that it is over."""
        self.fail(asyncio.CancelledError())

    def when_over(self, call: Callable[[], object]) -> None:
        """Have `call()` called once the producer that this stream started is over, also if it never began."""
        if self._task is not None:
            self._task.add_done_callback(lambda _: call())

    async def _produce(self, producer: Callable[[EventStream[EventT, ResultT]], Awaitable[ResultT]]) -> None:
        try:
            self.end(await producer(self))
        except BaseException as error:
            self.fail(error)
            if not isinstance(error, Exception):  # cancellation and exit are the loop's business as well
                raise

    @property
    def heard(self) -> bool:
        """Whether anybody takes the events: where nobody does, none need be made."""
        return self._kept or bool(self._listeners)

    @property
    def ended(self) -> bool:
        """True once the producer is done, well or not."""
        return self._ended

    def listen(self, listener: Callable[[EventT], None]) -> None:
        """Call `listener(event)` at each push from now on. It must be quick and must not raise."""
        self._listeners.append(listener)

    def push(self, event: EventT) -> None:
        """Hand on one event. After the end it is dropped."""
        if self._ended:
            return
        for listener in self._listeners:
            listener(event)
        if self._kept:
            self._events.append(event)
            if self._waiters:
                self._waiters = _woken(self._waiters)

    def end(self, result: ResultT) -> None:
        """No more events; `await stream` gives `result`. Only the first end counts."""
        if not self._ended:
            self._result = result
            self._end()

    def fail(self, error: BaseException) -> None:
        """No more events; iterating and awaiting raise `error` once what was pushed has been read."""
        if not self._ended:
            self._error = error
            self._end()

    def _end(self) -> None:
        self._ended = True
        self._waiters = _woken(self._waiters)
        self._waiting_for_end = _woken(self._waiting_for_end)

    async def aclose(self) -> None:
        """Cancel the producer, if this stream started it, and wait until it has cleaned up."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])

    def __aiter__(self) -> EventStream[EventT, ResultT]:
        return self

    async def __anext__(self) -> EventT:
        while not self._events:
            if self._ended:
                if self._error is not None:
                    raise self._error
                raise StopAsyncIteration
            await _wait_in(self._waiters)
        return self._events.popleft()

    def __await__(self) -> Generator[object, None, ResultT]:
        return self._outcome().__await__()

    async def _outcome(self) -> ResultT:
        if not self._ended:  # a queue of its own: thousands of events must not wake who waits for none of them
            await _wait_in(self._waiting_for_end)
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]  # set by `end`, which is the only other way here


async def _wait_in(waiters: list[asyncio.Future[None]]) -> None:
    waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    waiters.append(waiter)
    await waiter


def _woken(waiters: list[asyncio.Future[None]]) -> list[asyncio.Future[None]]:
    """Nobody, after all who waited have been woken."""
    for waiter in waiters:
        if not waiter.done():
            waiter.set_result(None)
    return []
