import asyncio
import time

import pytest

from jupyter_tools.abort_signal import AbortSignal
from jupyter_tools.providers.waiting import AbortableWait, Aborted, sleep_unless

KINDS = (AbortSignal, asyncio.Event)


@pytest.mark.parametrize("with_signal", [True, False])
async def test_sleep_sleeps(with_signal):
    started = time.monotonic()
    await sleep_unless(0.02, asyncio.Event() if with_signal else None)
    await sleep_unless(0, asyncio.Event() if with_signal else None)
    assert time.monotonic() - started >= 0.015


@pytest.mark.parametrize("kind", KINDS)
async def test_the_signal_ends_a_sleep_and_one_that_begins_later(kind):
    signal = kind()
    asyncio.get_running_loop().call_later(0.01, signal.set)
    async with asyncio.timeout(5):
        await sleep_unless(60, signal)
        await sleep_unless(60, signal)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_cancelled_sleep_ends_and_leaves_nothing_behind(kind):
    signal, before = kind(), asyncio.all_tasks()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await sleep_unless(60, signal)
    signal.set()
    await asyncio.sleep(0.01)
    assert asyncio.all_tasks() == before


async def answer():
    await asyncio.sleep(0)
    return 42


@pytest.mark.parametrize("with_signal", [True, False])
@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_waited_for_comes_back(with_signal, kind):
    async with AbortableWait(kind() if with_signal else None) as waiting:
        assert [await waiting.wait(answer), await waiting.wait(answer)] == [42, 42]


@pytest.mark.parametrize("kind", KINDS)
async def test_the_signal_cancels_what_is_waited_for(kind):
    signal, cancelled = kind(), []

    async def hang():
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    asyncio.get_running_loop().call_later(0.01, signal.set)
    async with asyncio.timeout(5), AbortableWait(signal) as waiting:
        with pytest.raises(Aborted):
            await waiting.wait(hang)
    assert cancelled == [True]
    assert asyncio.current_task().cancelling() == 0


@pytest.mark.parametrize("kind", KINDS)
async def test_nothing_is_begun_once_the_signal_is_set(kind):
    signal = kind()
    async with AbortableWait(signal) as waiting:
        signal.set()
        with pytest.raises(Aborted):
            await waiting.wait(pytest.fail)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_signal_between_two_waits_leaves_the_reader_alone(kind):
    signal = kind()
    async with AbortableWait(signal) as waiting:
        await waiting.wait(answer)
        signal.set()
        await asyncio.sleep(0.01)
        with pytest.raises(Aborted):
            await waiting.wait(answer)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_timeout_of_what_is_waited_for_is_its_own(kind):
    async def late():
        raise TimeoutError("mine")

    async with AbortableWait(kind()) as waiting:
        with pytest.raises(TimeoutError, match="mine"):
            await waiting.wait(late)


@pytest.mark.parametrize("kind", KINDS)
async def test_cancelling_the_task_is_no_abort(kind):
    async def wait():
        async with AbortableWait(kind()) as waiting:
            await waiting.wait(lambda: asyncio.sleep(60))

    task = asyncio.ensure_future(wait())
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("kind", KINDS)
async def test_no_task_is_left_behind(kind):
    before = asyncio.all_tasks()
    async with AbortableWait(kind()) as waiting:
        await waiting.wait(answer)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
