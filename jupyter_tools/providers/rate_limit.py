"""`RateLimiter`: no more requests, tokens and simultaneous answers than a provider allows; for many runs at once.

    limiter = RateLimiter(requests_per_minute=60, tokens_per_minute=100_000, concurrency=8)
    provider = RateLimitedProvider(provider_for(model), limiter)
    agents = [Agent(model, provider=provider) for _ in range(100)]

It is no option of the model, for it belongs to all runs that share a key, and options are sent and recorded.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import cast

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.events import Notice, StopDelta, StreamPart, UsageDelta
from jupyter_tools.providers.base import Provider, Request
from jupyter_tools.providers.waiting import sleep_unless
from jupyter_tools.token_estimate import estimate_message_tokens

WINDOW_S = 60.0


@dataclass(slots=True)
class Slot:
    """One request's share of the window.

    Attributes:
        tokens: How many it takes: an estimate, to be replaced by what is known afterwards.
        taken_at: When it began, in the clock's seconds.
    """

    tokens: int
    taken_at: float


class RateLimiter:
    """Lets requests through in the order they came, as many as the limits allow in any 60 seconds.

    Belongs to one event loop. A request that asks for more tokens than a whole minute has goes alone.

    Args:
        requests_per_minute: Requests that may begin in any minute.
        tokens_per_minute: Tokens read and written in any minute.
        concurrency: Requests that may go on at once.
        clock: Monotonic seconds.
        sleep: `sleep(seconds, signal)` returns early when the signal is set.

    Raises:
        ConfigurationError: If a limit is less than 1.
    """

    def __init__(
        self,
        *,
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
        concurrency: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float, asyncio.Event | None], Awaitable[None]] = sleep_unless,
    ) -> None:
        limits = {"requests_per_minute": requests_per_minute, "tokens_per_minute": tokens_per_minute}
        for name, value in {**limits, "concurrency": concurrency}.items():
            if value is not None and value < 1:
                raise ConfigurationError(f"{name} is {value}: nothing could ever be asked. Write 1 or more, or None.")
        self._requests = requests_per_minute or math.inf
        self._tokens = tokens_per_minute or math.inf
        self._places = asyncio.Semaphore(concurrency) if concurrency else None
        self._turn = asyncio.Lock()  # whoever waits holds it, so nobody overtakes
        self._window: deque[Slot] = deque()
        self._clock = clock
        self._sleep = sleep

    def waiting(self, tokens: int = 0) -> str:
        """What a person should know before a request of so many tokens waits; "" if it can begin now."""
        wait = self._wait_s(tokens)
        if wait > 0:
            return f"waiting for the rate limit, at least {math.ceil(wait)} s"
        queued = self._turn.locked() or (self._places is not None and self._places.locked())
        return "waiting for the requests before it" if queued else ""

    @asynccontextmanager
    async def slot(self, tokens: int = 0, signal: asyncio.Event | None = None) -> AsyncGenerator[Slot]:
        """Wait for a place and keep it inside of the block. Where `signal` ended the waiting, look at it there.

        Args:
            tokens: How many the request will probably take.
            signal: Ends the waiting when it is set.
        """
        if self._places is not None:
            await self._places.acquire()
        try:
            async with self._turn:
                taken = await self._take(tokens, signal)
            yield taken
        finally:
            if self._places is not None:
                self._places.release()

    async def _take(self, tokens: int, signal: asyncio.Event | None) -> Slot:
        while (wait := self._wait_s(tokens)) > 0 and not (signal is not None and signal.is_set()):
            await self._sleep(wait, signal)
        slot = Slot(tokens, self._clock())
        self._window.append(slot)
        return slot

    def _wait_s(self, tokens: int) -> float:
        """Seconds until so many of the oldest requests have left the window that there is room; 0 if there is."""
        now = self._clock()
        while self._window and self._window[0].taken_at + WINDOW_S <= now:
            self._window.popleft()
        requests, taken, free_at = len(self._window), sum(slot.tokens for slot in self._window), now
        for slot in self._window:
            if requests < self._requests and taken + tokens <= self._tokens:
                break
            requests, taken, free_at = requests - 1, taken - slot.tokens, slot.taken_at + WINDOW_S
        return free_at - now


class RateLimitedProvider:
    """Asks a provider at the pace that a limiter allows.

    Args:
        inner: Who answers.
        limiter: The pace, shared by all who share the provider's key.

    Attributes:
        name: The inner provider's name.
    """

    def __init__(self, inner: Provider, limiter: RateLimiter) -> None:
        self.name = inner.name
        self._inner = inner
        self._limiter = limiter

    async def stream(self, request: Request) -> AsyncGenerator[StreamPart]:
        """The pieces of one assistant message; see `Provider`."""
        signal, tokens = request.signal, estimate_message_tokens(request.messages)
        if waiting := self._limiter.waiting(tokens):
            yield Notice(text=waiting, kind="wait")
        async with self._limiter.slot(tokens, signal) as slot:
            if signal is not None and signal.is_set():
                yield StopDelta(stop_reason="aborted")
                return
            async with aclosing(cast("AsyncGenerator[StreamPart]", self._inner.stream(request))) as parts:
                async for part in parts:
                    if isinstance(part, UsageDelta):
                        slot.tokens = part.usage.total_tokens
                    yield part

    async def aclose(self) -> None:
        """Close the inner provider."""
        await self._inner.aclose()
