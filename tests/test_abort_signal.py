import asyncio

import pytest

from jupyter_tools.abort_signal import AbortSignal, when_set


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
