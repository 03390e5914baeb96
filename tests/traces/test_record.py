import gc
import weakref
from typing import Any

from jupyter_tools.traces.frame import Traces
from jupyter_tools.traces.record import TraceRecorder
from jupyter_tools.traces.store import TraceStore
from tests.traces.run_events import run, text_result, tool_call, tool_done, tool_end, tool_start


def record(store: TraceStore, events: list[Any], **context: Any) -> TraceRecorder:
    recorder = TraceRecorder(store, **context)
    for event in events:
        recorder.record(event)
    return recorder


def test_a_run_is_recorded_as_rows(memory_store: TraceStore, traces: Traces) -> None:
    record(memory_store, run())
    assert traces().kind.tolist() == ["agent", "turn", "model", "tool", "turn", "model"]


def test_a_run_carries_what_it_is_part_of(memory_store: TraceStore, traces: Traces) -> None:
    record(memory_store, run(), cell_id="c1", experiment="prompts", variant="короткий", repeat=2)
    rows = traces()[["cell_id", "experiment", "variant", "repeat"]].drop_duplicates()
    assert rows.values.tolist() == [["c1", "prompts", "короткий", 2]]


def test_a_tool_run_by_hand_is_a_row_without_a_run(memory_store: TraceStore, traces: Traces) -> None:
    record(memory_store, list(tool_call()))
    (row,) = traces().itertuples()
    assert (row.kind, row.status, row.args, row.result) == ("tool", "ok", {"expression": "2+2"}, "4")
    assert traces().run_id.isna().all()


def test_a_started_span_is_there_before_it_ends(memory_store: TraceStore, traces: Traces) -> None:
    record(memory_store, run()[:2])
    assert traces().status.tolist() == ["running"] * 3
    assert traces().ended.isna().all()


def test_a_recorder_that_is_closed_leaves_nothing_running(memory_store: TraceStore, traces: Traces) -> None:
    record(memory_store, run()[:2]).close()
    assert traces().status.tolist() == ["interrupted"] * 3


def test_details_are_kept_as_they_were_when_the_tool_was_done(memory_store: TraceStore, traces: Traces) -> None:
    state = {"calls": [1]}
    recorder = TraceRecorder(memory_store)
    recorder.record(tool_start())
    recorder.record(tool_done(result=text_result("4", state)))
    recorder.record(tool_end(result=text_result("4", state)))
    state["calls"].append(2)
    assert traces().details[0] == {"calls": [1]}


def test_one_recorder_may_see_several_runs(memory_store: TraceStore, traces: Traces) -> None:
    record(memory_store, [*run(run_id="one"), *run(run_id="two"), *tool_call("by hand")])
    assert traces.runs().run_id.tolist() == ["one", "two"]
    assert traces().groupby("run_id", dropna=False).size().tolist() == [6, 6, 1]


def test_a_recorder_that_is_let_go_needs_no_search_for_garbage(memory_store: TraceStore) -> None:
    recorder = record(memory_store, run())
    memory_store.flush()
    gone = weakref.ref(recorder._fold)
    gc.collect()
    gc.disable()
    try:
        del recorder
        assert gone() is None
    finally:
        gc.enable()
