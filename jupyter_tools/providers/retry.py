"""Trying again: what may be tried again, how long to wait, and how a person hears of it.

An attempt is an async iterator of stream parts that raises `ProviderError` where it fails. `retrying` starts attempts
until one gives its first piece; from then on nothing is tried again, because text that was shown cannot be taken back.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from jupyter_tools.errors import ProviderError
from jupyter_tools.events import Notice, StopDelta, StreamPart

Sleep = Callable[[float, "asyncio.Event | None"], Awaitable[None]]


async def sleep_unless(seconds: float, signal: asyncio.Event | None) -> None:
    """Sleep, but no longer than until `signal` is set."""
    if signal is None:
        await asyncio.sleep(seconds)
        return
    try:
        async with asyncio.timeout(seconds):
            await signal.wait()
    except TimeoutError:
        pass


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and for how long a request is tried again.

    Attributes:
        attempts: Attempts in all, the first one included.
        first_wait_s: The wait before the second attempt; it doubles from one to the next, up to `longest_wait_s`.
        longest_wait_s: The longest wait of our own making. A server that asks for more is obeyed.
        deadline_s: No new attempt begins later than this after the first.
        jitter: Share of a wait of our own making that is left to chance, so that clients do not come back in step.
        sleep: `sleep(seconds, signal)` returns early when the signal is set.
        clock: Monotonic seconds.
        chance: A number from 0 to 1.
    """

    attempts: int = 5
    first_wait_s: float = 1.0
    longest_wait_s: float = 20.0
    deadline_s: float = 120.0
    jitter: float = 0.5
    sleep: Sleep = field(default=sleep_unless)
    clock: Callable[[], float] = field(default=time.monotonic)
    chance: Callable[[], float] = field(default=random.random)

    def wait_s(self, attempt: int, asked_s: float | None) -> float:
        """Seconds to wait after `attempt` (from 1) failed; `asked_s` is what the server asked for."""
        if asked_s is not None:
            return max(0.0, asked_s)
        wait = min(self.longest_wait_s, self.first_wait_s * 2 ** (attempt - 1))
        return wait * (1 - self.jitter * self.chance())


NO_RETRY = RetryPolicy(attempts=1)


def may_be_retried(error: ProviderError) -> bool:
    """True for failures that may pass: no answer at all, 408, 409, 429 and what is the server's own fault."""
    return error.status is None or error.status in {408, 409, 429} or error.status >= 500


async def retrying(
    attempt: Callable[[], AsyncGenerator[StreamPart]], policy: RetryPolicy, signal: asyncio.Event | None = None
) -> AsyncIterator[StreamPart]:
    """The parts of the first attempt that answers; a `Notice` for each wait; a failure as `StopDelta`, never raised."""
    started = policy.clock()
    for number in range(1, policy.attempts + 1):
        answered = False
        try:
            async with aclosing(attempt()) as parts:
                async for part in parts:
                    answered = answered or not isinstance(part, Notice)
                    yield part
            return
        except ProviderError as error:
            wait = policy.wait_s(number, error.retry_after_s)
            last = number == policy.attempts or policy.clock() - started + wait > policy.deadline_s
            if answered or last or not may_be_retried(error):
                yield StopDelta(stop_reason="error", error_message=str(error))
                return
        yield Notice(text=f"retrying in {wait:.0f} s ({number + 1} of {policy.attempts})", kind="retry")
        await policy.sleep(wait, signal)
        if signal is not None and signal.is_set():
            yield StopDelta(stop_reason="aborted")
            return
