"""Trying again: what may be tried again, how long to wait, and how a person hears of it.

An attempt is an async generator of stream parts that raises `ProviderError` where it fails. `retrying` starts attempts
until one has given its first piece; from then on nothing is tried again, for text that was shown cannot be taken back.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime

from jupyter_tools.errors import ProviderError
from jupyter_tools.events import DELTAS, Notice, StopDelta, StreamPart
from jupyter_tools.providers.base import stopped_by
from jupyter_tools.providers.waiting import Aborted, sleep_unless

_NUMBER = re.compile(r"\d+(\.\d+)?")
_PASSING_STATUS = {408, 429}
_LASTING_STATUS = {501, 505}  # of those that say the server has failed


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and for how long a request is tried again.

    Attributes:
        attempts: Attempts in all, the first one included.
        first_wait_s: The wait before the second attempt; it doubles from one to the next, up to `longest_wait_s`.
        longest_wait_s: The longest wait of our own making. A server that asks for more is obeyed.
        deadline_s: No attempt begins later than this after the first.
        jitter: Share of a wait that is left to chance, so that many clients do not come back in step.
        sleep: `sleep(seconds, signal)` returns early when the signal is set.
        clock: Monotonic seconds.
        chance: A number from 0 to 1.
    """

    attempts: int = 5
    first_wait_s: float = 1.0
    longest_wait_s: float = 20.0
    deadline_s: float = 120.0
    jitter: float = 0.25
    sleep: Callable[[float, asyncio.Event | None], Awaitable[None]] = sleep_unless
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random

    def wait_s(self, attempt: int, asked_s: float | None) -> float:
        """Seconds to wait after `attempt` (from 1) failed; never less than what the server asked for."""
        doubled = min(self.longest_wait_s, self.first_wait_s * 2 ** (attempt - 1))
        return (doubled if asked_s is None else asked_s) * (1 + self.jitter * self.chance())


def may_be_retried(error: ProviderError) -> bool:
    """True for failures that may pass: no answer at all, too many requests, and what is the server's own fault."""
    if error.retryable is not None:
        return error.retryable
    status = error.status
    return status is None or status in _PASSING_STATUS or (status >= 500 and status not in _LASTING_STATUS)


def asked_wait_s(headers: Mapping[str, str], now_s: float | None = None) -> float | None:
    """The seconds a server asks to wait, in `Retry-After` (seconds or a date) or `retry-after-ms`; None if it does not.

    Args:
        headers: The answer's headers, names in lower case or in a mapping that does not care.
        now_s: Unix seconds; now if None.
    """
    milliseconds, said = headers.get("retry-after-ms", "").strip(), headers.get("retry-after", "").strip()
    if _NUMBER.fullmatch(milliseconds):
        return float(milliseconds) / 1000
    if _NUMBER.fullmatch(said):
        return float(said)
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - (time.time() if now_s is None else now_s))
    except ValueError:
        return None


async def retrying(
    attempt: Callable[[], AsyncGenerator[StreamPart]], policy: RetryPolicy, signal: asyncio.Event | None = None
) -> AsyncGenerator[StreamPart]:
    """The parts of the first attempt that answers, and a `Notice` for each wait. Failures are told and not raised."""
    started = policy.clock()
    for number in range(1, policy.attempts + 1):
        answered = False
        try:
            async with aclosing(attempt()) as parts:
                async for part in parts:
                    answered = answered or isinstance(part, DELTAS)
                    yield part
            return
        except Aborted:
            yield StopDelta(stop_reason="aborted")
            return
        except ProviderError as error:
            wait = policy.wait_s(number, error.retry_after_s)
            late = policy.clock() - started + wait > policy.deadline_s
            if answered or late or number == policy.attempts or not may_be_retried(error):
                yield replace(stopped_by(error), error_message=_last_words(error))
                return
            reason = str(error)
        yield Notice(text=f"retrying in {wait:.0f} s ({number + 1} of {policy.attempts}): {reason}", kind="retry")
        await policy.sleep(wait, signal)
        if signal is not None and signal.is_set():
            yield StopDelta(stop_reason="aborted")
            return


def _last_words(error: ProviderError) -> str:
    if not error.retry_after_s:
        return str(error)
    said = str(error)
    return f"{said}{'' if said[-1:] in '.!?' else '.'} It asks to wait {error.retry_after_s:.0f} s."
