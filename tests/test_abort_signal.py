import asyncio

import pytest

from jupyter_tools.abort_signal import AbortSignal, EndsOn, when_set


@pytest.mark.parametrize("kind", [AbortSignal, asyncio.Event])
async def test_whoever_listens_is_called_once(kind):
    signal, calls = kind(), []
    when_set(signal, lambda: calls.append(1))
    await asyncio.sleep(0)
    assert calls == []
    signal.set()
    signal.set()
    await asyncio.sleep(0.01)
    assert calls == [1]


@pytest.mark.parametrize("kind", [AbortSignal, asyncio.Event])
async def test_who_comes_late_is_called_as_well(kind):
    signal, calls = kind(), []
    signal.set()
    when_set(signal, lambda: calls.append(1))
    await asyncio.sleep(0.01)
    assert calls == [1]


@pytest.mark.parametrize("kind", [AbortSignal, asyncio.Event])
@pytest.mark.parametrize("first", ["stop", "set"])
async def test_who_stops_listening_is_not_called(kind, first):
    signal, calls = kind(), []
    stop = when_set(signal, lambda: calls.append(1))
    await asyncio.sleep(0)
    for step in (stop, signal.set) if first == "stop" else (signal.set, stop):
        step()
    await asyncio.sleep(0.01)
    assert calls == []


async def test_the_signal_wakes_those_who_wait_like_any_event():
    signal = AbortSignal()
    asyncio.get_running_loop().call_soon(signal.set)
    async with asyncio.timeout(5):
        await signal.wait()
    assert signal.is_set()


async def test_listening_takes_no_task():
    before = asyncio.all_tasks()
    stop = when_set(AbortSignal(), lambda: None)
    assert asyncio.all_tasks() == before
    stop()


async def test_a_block_ends_some_time_after_its_signal_and_goes_on_behind_it():
    signal = AbortSignal()
    asyncio.get_running_loop().call_soon(signal.set)
    reached = False
    async with EndsOn(signal, 0.01):
        await asyncio.sleep(5)
        reached = True
    assert not reached
    await asyncio.sleep(0)  # nothing of the cancellation is left
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_a_block_that_ends_by_itself_in_time_is_left_alone():
    signal = AbortSignal()
    ended = False
    async with EndsOn(signal, 0.01):
        signal.set()
        await asyncio.sleep(0)
        ended = True
    await asyncio.sleep(0.03)  # a timer that was forgotten would cancel this
    task = asyncio.current_task()
    assert ended
    assert task is not None
    assert task.cancelling() == 0


async def test_another_cancellation_of_a_block_is_not_taken_for_the_signals():
    signal = AbortSignal()

    async def work() -> None:
        async with EndsOn(signal, 0.0):
            await asyncio.sleep(5)

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_error_in_a_block_is_raised_though_the_signal_is_set():
    signal = AbortSignal()

    async def fail() -> None:
        async with EndsOn(signal, 0.0):
            signal.set()
            try:
                await asyncio.sleep(5)
            finally:
                raise ValueError("its own")

    with pytest.raises(ValueError, match="its own"):
        await fail()
