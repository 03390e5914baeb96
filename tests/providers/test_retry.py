import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.errors import ProviderError
from jupyter_tools.events import Notice, StopDelta, TextDelta, ThinkingDelta, ToolCallDelta, UsageDelta
from jupyter_tools.messages import Usage
from jupyter_tools.providers.retry import RetryPolicy, asked_wait_s, may_be_retried, retrying

STOP = StopDelta(stop_reason="stop")
ANSWER = [TextDelta(text="a"), STOP]


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self, signal_after=None):
        self.now = 100.0
        self.waits = []
        self.signal_after = signal_after

    async def sleep(self, seconds, signal):
        self.waits.append(seconds)
        self.now += seconds
        if self.signal_after == len(self.waits):
            signal.set()

    def policy(self, **fields):
        return RetryPolicy(**{"sleep": self.sleep, "clock": lambda: self.now, "chance": lambda: 0.0, **fields})


def failure(status=None, **fields):
    return ProviderError("test", "it failed.", status=status, **fields)


async def play(*attempts, clock=None, signal=None, **policy):
    """What `retrying` gives when each attempt yields its parts and raises its exceptions."""
    clock = clock or Clock()
    remaining = iter(attempts)

    async def attempt():
        for part in next(remaining):
            if isinstance(part, Exception):
                raise part
            yield part

    return [part async for part in retrying(attempt, clock.policy(**policy), signal)]


def test_what_may_pass_is_tried_again_and_what_cannot_is_not():
    again = [None, 408, 429, 500, 502, 503, 504, 529]
    assert [may_be_retried(failure(status)) for status in again] == [True] * len(again)
    never = [400, 401, 403, 404, 413, 422, 301]
    assert [may_be_retried(failure(status)) for status in never] == [False] * len(never)
    assert may_be_retried(failure(400, retryable=True))
    assert not may_be_retried(failure(429, retryable=False))


async def test_the_first_answer_is_handed_on_as_it_is():
    assert await play(ANSWER) == ANSWER


async def test_each_wait_is_told():
    clock = Clock()
    parts = await play([failure(503)], [failure(429)], ANSWER, clock=clock)
    assert parts == [
        Notice(text="retrying in 1 s (2 of 5): test: it failed.", kind="retry"),
        Notice(text="retrying in 2 s (3 of 5): test: it failed.", kind="retry"),
        *ANSWER,
    ]
    assert clock.waits == [1.0, 2.0]


async def test_the_last_failure_is_a_part_and_no_exception():
    parts = await play(*[[failure(503)]] * 3, attempts=3)
    assert [part.type for part in parts] == ["notice", "notice", "stop"]
    assert parts[-1] == StopDelta(stop_reason="error", error_message="test: it failed.", error_type="503")


async def test_nothing_is_tried_again_after_text_was_shown():
    assert await play([TextDelta(text="a"), failure(503)], ANSWER) == [
        TextDelta(text="a"),
        StopDelta(stop_reason="error", error_message="test: it failed.", error_type="503"),
    ]


@pytest.mark.parametrize("part", [Notice(text="loading", kind="load"), UsageDelta(usage=Usage(input_tokens=1))])
async def test_what_nobody_reads_as_an_answer_may_come_twice(part):
    parts = await play([part, failure(503)], ANSWER)
    assert [part.type for part in parts] == [part.type, "notice", "text", "stop"]


@pytest.mark.parametrize("part", [ThinkingDelta(text="a"), ToolCallDelta(index=0, name="f")])
async def test_reasoning_and_calls_are_shown_as_well(part):
    assert [part.type for part in await play([part, failure(503)], ANSWER)] == [part.type, "stop"]


async def test_what_cannot_pass_is_told_at_once():
    assert [part.type for part in await play([failure(400)], ANSWER)] == ["stop"]


async def test_the_server_says_how_long_to_wait():
    clock = Clock()
    await play([failure(429, retry_after_s=7.5)], ANSWER, clock=clock)
    assert clock.waits == [7.5]


async def test_no_attempt_begins_after_the_deadline():
    clock = Clock()
    parts = await play(*[[failure(503)]] * 10, clock=clock, attempts=10, deadline_s=8)
    assert clock.waits == [1.0, 2.0, 4.0]
    assert parts[-1].stop_reason == "error"


async def test_a_server_that_asks_for_too_long_is_not_waited_for():
    parts = await play([failure(429, retry_after_s=3600)], ANSWER)
    said = "test: it failed. It asks to wait 3600 s."
    assert parts == [StopDelta(stop_reason="error", error_message=said, error_type="429")]


async def test_the_signal_ends_the_waiting():
    parts = await play([failure(503)], ANSWER, clock=Clock(signal_after=1), signal=asyncio.Event())
    assert parts[-1] == StopDelta(stop_reason="aborted")


async def test_an_attempt_is_closed_when_its_reader_leaves():
    closed = []

    async def attempt():
        try:
            yield TextDelta(text="a")
        finally:
            closed.append(True)

    parts = retrying(attempt, RetryPolicy())
    await anext(parts)
    await parts.aclose()
    assert closed == [True]


@given(st.integers(1, 50), st.floats(0, 1), st.none() | st.floats(0, 1000))
def test_waits_have_bounds(attempt, chance, asked):
    wait = RetryPolicy(chance=lambda: chance).wait_s(attempt, asked)
    shortest = asked if asked is not None else min(20.0, 2.0 ** (attempt - 1))
    assert shortest <= wait <= shortest * 1.25


NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "Tue, 14 Nov 2023 22:13:50 GMT"}, 30.0),
        ({"retry-after": "Tue, 14 Nov 2023 22:00:00 GMT"}, 0.0),
        ({"retry-after": "Wed, 15 Nov 2023 01:13:20 +0300"}, 0.0),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "2023-11-14"}, None),
    ],
)
def test_retry_after_comes_as_seconds_or_as_a_date(headers, seconds):
    assert asked_wait_s(headers, NOW) == seconds
