import asyncio
import contextvars
import gc
import time

import numpy as np
import pytest

from jupyter_tools.abort_signal import AbortSignal
from jupyter_tools.events import ToolExecutionStartEvent
from jupyter_tools.tools.batch import Batch
from jupyter_tools.tools.execution import ExecutionOptions, execute_tool_calls
from jupyter_tools.tools.invocation import Invocation
from jupyter_tools.tools.running import running_tools
from tests.tools.batches import Recorder, assert_well_formed, call, calls, execute, message_of, tool_of

CANVAS: contextvars.ContextVar[np.ndarray] = contextvars.ContextVar("CANVAS")
COLOUR: contextvars.ContextVar[str] = contextvars.ContextVar("COLOUR", default="none")


async def nap(number: int) -> int:
    await asyncio.sleep(30)
    return number


async def quick(number: int) -> int:
    return number


async def test_a_signal_that_is_set_before_runs_nothing():
    signal = asyncio.Event()
    signal.set()
    ran: list[int] = []
    result, recorder = await execute([tool_of(ran.append, name="t")], call("t", "a"), call("t", "b"), signal=signal)
    assert ran == []
    assert recorder.statuses == ["aborted", "aborted"]
    assert [message.text for message in result["tool_results"]] == ["Operation aborted"] * 2
    assert_well_formed(recorder.events, ["a", "b"])


async def test_an_abort_cancels_what_runs_and_keeps_what_is_there():
    signal = asyncio.Event()
    cleaned: list[int] = []

    async def slow(number: int) -> None:
        try:
            await asyncio.sleep(30)
        finally:
            cleaned.append(number)

    asyncio.get_running_loop().call_later(0.02, signal.set)
    result, recorder = await execute([slow, quick], *calls("slow", "quick"), signal=signal)
    assert recorder.statuses == ["aborted", "ok"]
    assert result["tool_results"][1].text == "2"
    assert cleaned == [1]
    assert_well_formed(recorder.events, ["c1", "c2"])


async def test_a_tool_that_watches_the_signal_may_end_by_itself_within_the_grace_period():
    async def watch(tool_call_id, args, signal, on_update):
        await signal.wait()
        return "half of it"

    signal = asyncio.Event()
    asyncio.get_running_loop().call_later(0.01, signal.set)
    tool = tool_of(quick, name="watch", execute=watch)
    result, recorder = await execute([tool], call("watch"), signal=signal, abort_grace_s=5)
    assert recorder.statuses == ["ok"]
    assert result["tool_results"][0].text == "half of it"


async def test_an_abort_leaves_calls_that_have_not_begun_alone():
    signal = asyncio.Event()
    begun: list[int] = []

    async def stop(number: int) -> None:
        begun.append(number)
        signal.set()
        await asyncio.sleep(30)

    _, recorder = await execute([stop], *calls("stop", "stop", "stop"), signal=signal, max_concurrency=1)
    assert begun == [1]
    assert recorder.statuses == ["aborted"] * 3


async def test_a_tool_that_refuses_to_be_cancelled_does_not_hold_an_abort_up():
    release = asyncio.Event()

    async def stubborn(number: int) -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    signal = asyncio.Event()
    asyncio.get_running_loop().call_later(0.01, signal.set)
    started = time.monotonic()
    _, recorder = await execute([stubborn], *calls("stubborn"), signal=signal)
    assert time.monotonic() - started < 1
    assert recorder.statuses == ["aborted"]
    assert [(tool.tool_name, tool.abandoned) for tool in running_tools()] == [("stubborn", True)]
    release.set()
    await asyncio.sleep(0.01)
    assert running_tools() == []


async def test_cancelling_the_surrounding_task_goes_on_and_cleans_up():
    recorder, cleaned, tasks = Recorder(), [], asyncio.all_tasks()

    async def slow(number: int) -> None:
        try:
            await asyncio.sleep(30)
        finally:
            cleaned.append(number)

    task = asyncio.ensure_future(
        execute_tool_calls([tool_of(slow), tool_of(quick)], message_of(*calls("slow", "quick")), None, recorder)
    )
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert cleaned == [1]
    assert recorder.statuses == ["aborted", "ok"]
    assert_well_formed(recorder.events, ["c1", "c2"])
    assert asyncio.all_tasks() == tasks


async def test_no_more_calls_run_at_once_than_allowed():
    running, most = 0, 0

    async def count(number: int) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.002)
        running -= 1

    _, recorder = await execute([count], *calls(*["count"] * 20), max_concurrency=3)
    assert most == 3
    assert recorder.statuses == ["ok"] * 20


async def test_a_sequential_tool_makes_its_batch_sequential():
    running: list[str] = []

    async def alone(number: int) -> int:
        running.append("alone")
        await asyncio.sleep(0.005)
        assert running.pop() == "alone"
        return len(running)

    async def beside(number: int) -> int:
        running.append("beside")
        await asyncio.sleep(0.005)
        assert running.pop() == "beside"
        return len(running)

    tools = [tool_of(alone, sequential=True), beside]
    result, _ = await execute(tools, *calls("beside", "alone", "beside", "alone"))
    assert [message.text for message in result["tool_results"]] == ["0"] * 4


async def test_a_hung_call_gives_its_place_to_the_next_at_its_deadline():
    async def hang(number: int) -> None:
        while True:
            try:
                await asyncio.sleep(0.2)
                return
            except asyncio.CancelledError:
                continue

    tools = [tool_of(hang, timeout_s=0.02), quick]
    _, recorder = await execute(tools, *calls("hang", "quick"), max_concurrency=1)
    assert recorder.statuses == ["timeout", "ok"]
    await asyncio.sleep(0.25)


async def test_context_variables_of_the_caller_reach_every_call_and_none_leaks_to_the_next():
    async def paint(number: int) -> str:
        before = COLOUR.get()
        COLOUR.set(f"painted {number}")
        return before

    def paint_in_thread(number: int) -> str:
        before = COLOUR.get()
        COLOUR.set(f"painted {number}")
        return before

    COLOUR.set("red")
    names = ["paint", "paint_in_thread"] * 3
    result, _ = await execute([paint, paint_in_thread], *calls(*names), max_concurrency=1)
    assert [message.text for message in result["tool_results"]] == ["red"] * 6
    assert COLOUR.get() == "red"


async def test_a_context_variable_that_cannot_be_compared_does_no_harm():
    async def paint(number: int) -> int:
        CANVAS.set(np.zeros(number + 1))
        return number

    CANVAS.set(np.ones(2))
    _, recorder = await execute([paint], *calls(*["paint"] * 4), max_concurrency=1)
    assert recorder.statuses == ["ok"] * 4


async def test_a_tool_that_cancels_its_own_task_harms_nobody_else():
    async def suicidal(number: int) -> str:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        return "gone"

    async def waits(number: int) -> str:
        await asyncio.sleep(0)
        return "fine"

    result, recorder = await execute([suicidal, waits], *calls("suicidal", "waits", "waits"))
    assert [message.text for message in result["tool_results"]] == ["gone", "fine", "fine"]
    assert recorder.statuses == ["ok"] * 3


async def test_a_timeout_inside_a_tool_belongs_to_that_tool():
    async def impatient(number: int) -> None:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(30)

    result, recorder = await execute([impatient, quick], *calls("quick", "impatient", "quick"))
    assert recorder.statuses == ["ok", "error", "ok"]
    assert result["tool_results"][1].text == "TimeoutError"


async def test_tools_that_never_wait_let_others_have_the_loop():
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    async def busy(number: int) -> None:
        end = time.monotonic() + 0.015
        while time.monotonic() < end:
            pass

    ticker = asyncio.ensure_future(tick())
    await execute([busy], *calls(*["busy"] * 6))
    ticker.cancel()
    assert ticks > 4


async def test_events_of_a_thousand_calls_are_all_there():
    names = [f"c{number}" for number in range(1, 1001)]
    _, recorder = await execute([quick], *calls(*["quick"] * 1000))
    assert_well_formed(recorder.events, names)
    assert len(recorder.of(ToolExecutionStartEvent)) == 1000


async def test_options_without_a_run_count_nothing():
    options = ExecutionOptions()
    for _ in range(2):
        recorder = Recorder()
        await execute_tool_calls([tool_of(quick)], message_of(*calls(*["quick"] * 150)), None, recorder, None, options)
        assert recorder.statuses == ["ok"] * 150


async def test_calls_that_are_over_are_gone_without_a_search_for_garbage():
    gc.collect()
    gc.disable()
    try:
        await execute([quick], *calls(*["quick"] * 20), signal=AbortSignal(), max_same_calls=20)
        await asyncio.sleep(0)
        assert not [thing for thing in gc.get_objects() if isinstance(thing, Invocation | Batch)]
    finally:
        gc.enable()
