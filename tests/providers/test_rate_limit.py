import asyncio

import pytest

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.events import Notice, StopDelta, TextDelta, UsageDelta
from jupyter_tools.messages import Usage, user_message
from jupyter_tools.providers.base import Model, Request
from jupyter_tools.providers.rate_limit import RateLimitedProvider, RateLimiter
from jupyter_tools.providers.scripted import ScriptedProvider


class Time:
    """Goes on only while somebody sleeps."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now

    async def sleep(self, seconds, signal):
        assert seconds > 0
        await asyncio.sleep(0)
        self.now += seconds


@pytest.fixture
def time():
    return Time()


def limiter(time, **limits):
    return RateLimiter(clock=time, sleep=time.sleep, **limits)


async def begun_at(limiter, time, *tokens):
    starts = []
    for count in tokens:
        async with limiter.slot(count):
            starts.append(time.now - 1000.0)
    return starts


async def test_no_more_requests_begin_in_a_minute_than_allowed(time):
    assert await begun_at(limiter(time, requests_per_minute=2), time, 0, 0, 0, 0, 0) == [0, 0, 60, 60, 120]


async def test_no_more_tokens_are_taken_in_a_minute_than_allowed(time):
    assert await begun_at(limiter(time, tokens_per_minute=100), time, 60, 40, 30, 70, 10) == [0, 0, 60, 60, 120]


async def test_a_request_larger_than_a_minute_goes_alone(time):
    assert await begun_at(limiter(time, tokens_per_minute=100), time, 10, 500, 10) == [0, 60, 120]


async def test_the_tokens_that_were_really_used_count(time):
    limit = limiter(time, tokens_per_minute=100)
    async with limit.slot(10) as slot:
        slot.tokens = 100
    assert await begun_at(limit, time, 1) == [60]


async def test_without_limits_nothing_waits(time):
    assert await begun_at(limiter(time), time, *[10_000] * 50) == [0] * 50


async def test_no_more_go_on_at_once_than_allowed_and_they_come_in_order(time):
    limit, running, most, order = limiter(time, concurrency=2), 0, 0, []

    async def work(number):
        nonlocal running, most
        async with limit.slot():
            order.append(number)
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.001)
            running -= 1

    await asyncio.gather(*map(work, range(8)))
    assert most == 2
    assert order == list(range(8))


async def test_whoever_is_cancelled_while_waiting_leaves_room_for_the_next(time):
    limit = limiter(time, concurrency=1)
    async with limit.slot():
        waiting = [asyncio.create_task(begun_at(limit, time, 0)) for _ in range(2)]
        await asyncio.sleep(0)
        waiting[0].cancel()
    async with asyncio.timeout(5):
        assert await waiting[1] == [0]
    assert waiting[0].cancelled()


@pytest.mark.parametrize("name", ["requests_per_minute", "tokens_per_minute", "concurrency"])
def test_a_limit_that_lets_nothing_through_is_an_error(name):
    with pytest.raises(ConfigurationError, match=name):
        RateLimiter(**{name: 0})


def a_request(signal=None):
    return Request(model=Model(provider="scripted", name="x"), messages=(user_message("hi"),), signal=signal)


class Counting:
    name = "counting"

    async def stream(self, request):
        yield TextDelta(text="Hello")
        yield UsageDelta(usage=Usage(input_tokens=60, output_tokens=40))
        yield StopDelta(stop_reason="stop")

    async def aclose(self):
        """Nothing to close."""


async def test_a_limited_provider_answers_as_the_inner_one_and_counts_its_tokens(time):
    provider = RateLimitedProvider(Counting(), limiter(time, tokens_per_minute=100))
    for _ in range(2):
        parts = [part async for part in provider.stream(a_request())]
        assert [type(part) for part in parts if not isinstance(part, Notice)] == [TextDelta, UsageDelta, StopDelta]
    assert time.now == 1060.0


async def test_the_signal_ends_the_waiting():
    provider = RateLimitedProvider(ScriptedProvider(["a", "b"]), RateLimiter(requests_per_minute=1))
    assert [part async for part in provider.stream(a_request())][-1].stop_reason == "stop"
    signal = asyncio.Event()
    asyncio.get_running_loop().call_later(0.01, signal.set)
    async with asyncio.timeout(5):
        parts = [part async for part in provider.stream(a_request(signal))]
    assert parts[1:] == [StopDelta(stop_reason="aborted")]


async def test_who_waits_is_told_so_and_who_does_not_is_not(time):
    provider = RateLimitedProvider(Counting(), limiter(time, requests_per_minute=1))
    first = [part async for part in provider.stream(a_request())]
    second = [part async for part in provider.stream(a_request())]
    assert not any(isinstance(part, Notice) for part in first)
    assert second[0] == Notice(text="waiting for the rate limit, at least 60 s", kind="wait")


async def test_who_waits_for_others_to_end_is_told_so(time):
    limit = limiter(time, concurrency=1)
    async with limit.slot():
        assert limit.waiting() == "waiting for the requests before it"
    assert limit.waiting() == ""
