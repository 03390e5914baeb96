"""How much the tool engine costs a call, and how soon it lets go."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from jupyter_tools.events import AgentEvent, AgentStartEvent, TurnStartEvent
from jupyter_tools.messages import AssistantMessage, ToolCallContent, user_message
from jupyter_tools.streams import EventStream
from jupyter_tools.tools.execution import ExecutionOptions, execute_tool_calls
from jupyter_tools.tools.tool import AgentTool
from jupyter_tools.traces.record import TraceRecorder
from jupyter_tools.traces.store import TraceStore
from tests.bench.measure import bench, cpu_us

CALLS = 1000
EVENTS_A_CALL = 5  # start, update "done", end, message_start, message_end
PARAMETERS = {
    "type": "object",
    "properties": {"x": {"type": "integer"}, "text": {"type": "string"}},
    "required": ["x", "text"],
    "additionalProperties": False,
}


async def at_once(x: int, text: str) -> str:
    return f"ok {x} {text}"


def at_once_in_thread(x: int, text: str) -> str:
    return f"ok {x} {text}"


async def nap(x: int, text: str) -> str:
    await asyncio.sleep(30)
    return f"ok {x} {text}"


def sleep_2_s(x: int, text: str) -> str:
    time.sleep(2)
    return f"ok {x} {text}"


def message_of(name: str, calls: int) -> AssistantMessage:
    contents = [ToolCallContent(id=f"c{i}", name=name, arguments={"x": i, "text": "hello"}) for i in range(calls)]
    return AssistantMessage(content=tuple(contents), stop_reason="tool_calls")


def tool_of(function: Callable[..., object], timeout_s: float = 60) -> AgentTool:
    return AgentTool(name="t", function=function, parameters=PARAMETERS, timeout_s=timeout_s)


class Counter:
    """Reads every event, as a page would."""

    def __init__(self) -> None:
        self.events = 0

    def take(self, _event: AgentEvent) -> None:
        self.events += 1


async def executed(tool: AgentTool, message: AssistantMessage, *listeners: Callable[[AgentEvent], None]) -> None:
    counter = Counter()
    stream: EventStream[AgentEvent, None] = EventStream(kept=False)
    for listener in (counter.take, *listeners):
        stream.listen(listener)
    options = ExecutionOptions(max_calls=1_000_000).for_run("bench")
    outcome = await execute_tool_calls([tool], message, asyncio.Event(), stream, None, options)
    assert counter.events == EVENTS_A_CALL * len(outcome["tool_results"])
    assert not any(result.is_error for result in outcome["tool_results"])


def cost_of(calls: int, work: Callable[[], Awaitable[object]]) -> float:
    return asyncio.run(cpu_us(calls, work))


async def gathered() -> None:
    await asyncio.gather(*[at_once(i, "hello") for i in range(CALLS)])


async def in_executor() -> None:
    loop = asyncio.get_running_loop()
    await asyncio.gather(*[loop.run_in_executor(None, at_once_in_thread, i, "hello") for i in range(CALLS)])


def bare_gather() -> float:
    return cost_of(CALLS, gathered)


def bare_executor() -> float:
    return cost_of(CALLS, in_executor)


def batches_of(calls: int) -> float:
    """A call's cost in batches of `calls`, 10,000 calls in all."""

    async def work() -> None:
        tool, message = tool_of(at_once), message_of("t", calls)
        for _ in range(10_000 // calls):
            await executed(tool, message)

    return cost_of(10_000, work)


@bench(
    "1,000 async calls, validated, every event read",
    unit="µs CPU a call",
    floor=bare_gather,
    floor_name="bare gather",
    at_most=15,
)
def async_calls() -> float:
    return cost_of(CALLS, partial(executed, tool_of(at_once), message_of("t", CALLS)))


@bench(
    "1,000 async calls, every span recorded",
    unit="µs CPU a call",
    floor=bare_gather,
    floor_name="bare gather",
    at_most=25,
)
def recorded_calls() -> float:
    message = message_of("t", CALLS)
    with tempfile.TemporaryDirectory() as folder:
        store = TraceStore(Path(folder) / "traces.sqlite")

        async def work() -> None:
            recorder = TraceRecorder(store)
            recorder.record(AgentStartEvent(run_id="bench", prompt=user_message("go")))
            recorder.record(TurnStartEvent(turn=1))
            await executed(tool_of(at_once), message, recorder.record)
            store.flush()

        try:
            return cost_of(CALLS, work)
        finally:
            store.close()


@bench(
    "1,000 sync calls in threads", unit="µs CPU a call", floor=bare_executor, floor_name="run_in_executor", at_most=30
)
def thread_calls() -> float:
    return cost_of(CALLS, partial(executed, tool_of(at_once_in_thread), message_of("t", CALLS)))


@bench(
    "a call among 10,000 (floor: among 10)",
    unit="µs CPU a call",
    floor=partial(batches_of, 10),
    floor_name="batches of 10",
    at_most_ratio=1.5,
    rounds=5,
)
def flatness() -> float:
    return batches_of(10_000)


@bench("deadline of 0.1 s on a tool that sleeps 2 s", unit="s", at_most=0.12, rounds=5)
def deadline() -> float:
    return asyncio.run(_seconds_of_timeout())


async def _seconds_of_timeout() -> float:
    stream: EventStream[AgentEvent, None] = EventStream()
    started = time.perf_counter()
    outcome = await execute_tool_calls([tool_of(sleep_2_s, 0.1)], message_of("t", 1), None, stream)
    took = time.perf_counter() - started
    assert outcome["tool_results"][0].is_error
    return took


@bench("abort with 100 running async tools", unit="s", at_most=0.1, rounds=5)
def abort() -> float:
    return asyncio.run(_seconds_of_abort())


async def _seconds_of_abort() -> float:
    stream: EventStream[AgentEvent, None] = EventStream()
    signal = asyncio.Event()
    batch = asyncio.ensure_future(execute_tool_calls([tool_of(nap)], message_of("t", 100), signal, stream))
    await asyncio.sleep(0.05)
    started = time.perf_counter()
    signal.set()
    outcome = await batch
    assert {result.text for result in outcome["tool_results"]} == {"Operation aborted"}
    return time.perf_counter() - started
