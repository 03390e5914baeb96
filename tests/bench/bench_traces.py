"""What recording costs a run, and how soon the frame is there."""

import atexit
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from jupyter_tools.events import (
    AgentEvent,
    AgentToolResult,
    ToolExecutionEndEvent,
    ToolExecutionStartEvent,
    ToolExecutionUpdateEvent,
)
from jupyter_tools.messages import TextContent
from jupyter_tools.traces.frame import Traces
from jupyter_tools.traces.record import TraceRecorder
from jupyter_tools.traces.store import TraceStore
from tests.bench.measure import bench
from tests.traces.kills import killed

SPANS = 5000
MANY_SPANS = 1_000_000
BURST = 50_000
KILLS = 50


def events_of(number: int) -> tuple[AgentEvent, AgentEvent, AgentEvent]:
    call_id, args = f"call_{number}", {"x": number, "text": "hello"}
    result = AgentToolResult(content=(TextContent(text=f"ok {number} hello"),), details={"value": number})
    return (
        ToolExecutionStartEvent(tool_call_id=call_id, tool_name="t", args=args),
        ToolExecutionUpdateEvent(
            tool_call_id=call_id, tool_name="t", partial_result=result, status="done", duration_ms=0.2
        ),
        ToolExecutionEndEvent(
            tool_call_id=call_id, tool_name="t", result=result, is_error=False, args=args, duration_ms=0.2
        ),
    )


@contextmanager
def opened_store() -> Iterator[TraceStore]:
    with tempfile.TemporaryDirectory() as folder:
        store = TraceStore(Path(folder) / "traces.db")
        try:
            yield store
        finally:
            store.close()


@bench("recording a span, in the run's thread", unit="µs CPU a span", at_most=5)
def in_the_runs_thread() -> float:
    events = [event for number in range(SPANS) for event in events_of(number)]
    with opened_store() as store:
        recorder = TraceRecorder(store)
        started = time.thread_time()
        for event in events:
            recorder.record(event)
        return (time.thread_time() - started) / SPANS * 1e6


@bench("recording a span, until it is on disk", unit="µs CPU a span")
def until_on_disk() -> float:
    events = [event for number in range(SPANS) for event in events_of(number)]
    with opened_store() as store:
        recorder = TraceRecorder(store)
        started = time.process_time()
        for event in events:
            recorder.record(event)
        store.flush()
        return (time.process_time() - started) / SPANS * 1e6


@bench("50,000 spans in a burst: lost", unit="spans", at_most=0, rounds=2)
def lost_in_a_burst() -> float:
    """As fast as one thread can, which is more than 50,000 a second as long as the queue has room."""
    events = [event for number in range(BURST) for event in events_of(number)]
    with opened_store() as store:
        recorder = TraceRecorder(store)
        for event in events:
            recorder.record(event)
        with store.reading() as connection:
            (stored,) = connection.execute("SELECT count(*) FROM spans WHERE status = 'ok'").fetchone()
    return BURST - stored


@bench("kill -9 amid 10,000 tool calls, 50 times: finished calls lost", unit="calls", at_most=0, rounds=1)
def lost_by_kills() -> float:
    """Those that had ended 0.2 s before. A file that is not sound counts as one, too."""
    with tempfile.TemporaryDirectory() as folder:
        outcomes = [killed(Path(folder) / f"{number}.db", 0.25 + number * 0.02) for number in range(KILLS)]
    assert sum(outcome.finished for outcome in outcomes) > 0
    return sum(outcome.finished - outcome.stored + (not outcome.sound) for outcome in outcomes)


@bench("traces(last=1000) of 1,000,000 spans", unit="ms", at_most=50)
def last_thousand() -> float:
    started = time.perf_counter()
    assert len(many_traces()(last=1000)) == 1000
    return (time.perf_counter() - started) * 1000


@bench("traces() of 1,000,000 spans", unit="s", at_most=8, rounds=3)
def all_of_them() -> float:
    started = time.perf_counter()
    assert len(many_traces()()) == MANY_SPANS
    return time.perf_counter() - started


@bench("memory of traces() of 1,000,000 spans", unit="GB", at_most=2, rounds=1)
def memory_of_all() -> float:
    """The most that a process of its own needed, Python and pandas included."""
    program = (
        "import resource; from jupyter_tools.traces import TraceStore, Traces; "
        f"store = TraceStore({many_traces().path!r}); frame = Traces(lambda: store)(all=True); "
        f"assert len(frame) == {MANY_SPANS}; "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6)"
    )
    return float(subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout)


class ManyTraces(Traces):
    """A million spans in a file that is gone when the program ends."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.path = str(Path(self._folder.name) / "traces.db")
        store = TraceStore(self.path)
        atexit.register(self._folder.cleanup)
        atexit.register(store.close)
        super().__init__(lambda: store)
        recorder = TraceRecorder(store)
        for number in range(MANY_SPANS):
            for event in events_of(number):
                recorder.record(event)
        store.flush()


@cache
def many_traces() -> ManyTraces:
    """Made once: it takes half a minute."""
    return ManyTraces()
