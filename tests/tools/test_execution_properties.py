"""Any mix of calls gives a well-formed sequence of events, and no result is lost."""

import asyncio
import threading

from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_tools.events import AgentToolResult
from jupyter_tools.messages import TextContent
from jupyter_tools.tools.approval import ApprovalAnswer
from jupyter_tools.tools.execution import ExecutionOptions, execute_tool_calls
from jupyter_tools.tools.running import running_tools
from tests.tools.batches import ANYTHING, Recorder, assert_well_formed, call, message_of, tool_of

TIMEOUT_S = 0.03
GIVE_UP = threading.Event()


async def fast(number: int) -> int:
    return number


async def slow(number: int) -> int:
    await asyncio.sleep(0.003)
    return number


def in_thread(number: int) -> int:
    return number


async def failing(number: int) -> None:
    raise ValueError(number)


def failing_in_thread(number: int) -> None:
    raise SystemExit(number)


async def hanging(number: int) -> None:
    await asyncio.sleep(30)


async def stubborn(number: int) -> None:
    for _ in range(2):
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            await asyncio.sleep(0.02)
            return


def hanging_in_thread(number: int) -> None:
    GIVE_UP.wait(0.3)


async def cancelled(number: int) -> None:
    raise asyncio.CancelledError


async def talkative(tool_call_id, args, signal, on_update):
    for word in ("one", "two"):
        on_update(word)
        await asyncio.sleep(0)
    return AgentToolResult(content=(TextContent(text=str(args["number"])),))


async def picky(number: int) -> int:
    return number


async def denied(number: int) -> int:
    return number


EXPECTED = {
    "fast": "ok",
    "slow": "ok",
    "in_thread": "ok",
    "talkative": "ok",
    "failing": "error",
    "failing_in_thread": "error",
    "cancelled": "error",
    "picky": "error",
    "unknown": "error",
    "broken": "error",
    "hanging": "timeout",
    "stubborn": "timeout",
    "hanging_in_thread": "timeout",
    "denied": "denied",
}
PICKY = {"type": "object", "properties": {"number": {"type": "string", "maxLength": 0}}}
HANGING = (hanging, stubborn, hanging_in_thread)
PLAIN = (fast, slow, in_thread, failing, failing_in_thread, cancelled)
TOOLS = [
    *map(tool_of, PLAIN),
    *(tool_of(function, timeout_s=TIMEOUT_S) for function in HANGING),
    tool_of(fast, name="broken"),
    tool_of(fast, name="talkative", execute=talkative),
    tool_of(picky, parameters=PICKY),
    tool_of(denied, requires_approval=True, parameters=ANYTHING),
]
NAMES = st.lists(st.sampled_from(sorted(EXPECTED)), min_size=1, max_size=12)
LIMITS = st.none() | st.integers(1, 4)


async def answer(request):
    await asyncio.sleep(0)
    return ApprovalAnswer.deny("not now")


def message_with(names):
    made = [call(name, f"c{i}", "broken JSON" if name == "broken" else None, number=i) for i, name in enumerate(names)]
    return message_of(*made), [item.id for item in made]


async def run(names, recorder, *, limit=None, signal=None):
    message, _ = message_with(names)
    options = ExecutionOptions(max_concurrency=limit, approver=answer, abort_grace_s=0.005)
    return await execute_tool_calls(TOOLS, message, signal, recorder, None, options)


@settings(max_examples=60)
@given(names=NAMES, limit=LIMITS)
def test_every_mix_of_calls_is_well_formed_and_each_call_ends_as_its_tool_does(names, limit):
    recorder = Recorder()
    result = asyncio.run(run(names, recorder, limit=limit))
    ids = message_with(names)[1]
    assert_well_formed(recorder.events, ids)
    assert [message.tool_call_id for message in result["tool_results"]] == ids
    assert recorder.statuses == [EXPECTED[name] for name in names]
    for number, name in enumerate(names):
        if EXPECTED[name] == "ok":
            assert result["tool_results"][number].text == str(number)


@settings(max_examples=60)
@given(names=NAMES, limit=LIMITS, after_events=st.integers(0, 40))
def test_an_abort_at_any_event_leaves_one_end_a_start_and_keeps_results(names, limit, after_events):
    async def aborted():
        signal = asyncio.Event()
        recorder = Recorder(lambda _: signal.set() if len(recorder.events) > after_events else None)
        result = await run(names, recorder, limit=limit, signal=signal)
        return recorder, result

    recorder, result = asyncio.run(aborted())
    ids = message_with(names)[1]
    assert_well_formed(recorder.events, ids)
    assert [message.tool_call_id for message in result["tool_results"]] == ids
    for name, status in zip(names, recorder.statuses, strict=True):
        assert status in (EXPECTED[name], "aborted")


@settings(max_examples=40)
@given(names=NAMES, limit=LIMITS, after_events=st.integers(0, 40))
def test_a_cancellation_at_any_event_goes_on_and_leaves_one_end_a_start(names, limit, after_events):
    async def cancelled_batch():
        def cancel(_event):
            if len(recorder.events) == len(names) + after_events:
                task.cancel()

        recorder = Recorder(cancel)
        task = asyncio.ensure_future(run(names, recorder, limit=limit))
        await asyncio.wait([task])
        return recorder, task.cancelled()

    recorder, was_cancelled = asyncio.run(cancelled_batch())
    assert_well_formed(recorder.events, message_with(names)[1])
    if "aborted" in recorder.statuses:
        assert was_cancelled


def test_nothing_of_all_that_runs_on():
    GIVE_UP.set()
    while running_tools():
        GIVE_UP.wait(0.01)
    GIVE_UP.clear()
    assert running_tools() == []
