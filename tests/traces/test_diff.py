from jupyter_tools.traces.diff import diff_of
from jupyter_tools.traces.frame import Traces
from jupyter_tools.traces.record import TraceRecorder
from jupyter_tools.traces.store import TraceStore
from tests.traces.run_events import recorded_runs, run, text_result, tool_call


def test_only_the_prompt_of_equal_runs_differs(two_runs: Traces) -> None:
    [change] = diff_of(two_runs(), -2, -1, changes_only=True).itertuples(index=False)
    assert (change.part, change.a, change.b) == ("prompt", "Сколько будет 0+2?", "Сколько будет 1+2?")


def test_a_call_more_is_beside_nothing_and_the_others_stay_paired(memory_store: TraceStore, traces: Traces) -> None:
    recorder = TraceRecorder(memory_store)
    recorded_runs(recorder, count=1)
    events = run(run_id="more", prompt="Сколько будет 0+2?")
    for event in [*events[:5], *tool_call("call_0", text_result("5")), *events[5:]]:
        recorder.record(event)
    changes = diff_of(traces(), "run-0", "more", changes_only=True)
    assert changes.part.tolist() == ["call", "math_eval args", "math_eval result", "math_eval status"]
    assert changes.a.tolist() == [None] * 4
    assert changes.b.tolist() == ["math_eval", {"expression": "2+2"}, "5", "ok"]


def test_it_goes_turn_by_turn_with_typed_columns(two_runs: Traces) -> None:
    diff = diff_of(two_runs(), "run-0", "run-1")
    assert diff.turn.dropna().tolist() == [1, 1, 1, 1, 1, 2]
    assert {str(name): str(dtype) for name, dtype in diff.dtypes.items()} == {
        "turn": "Int64",
        "part": "string",
        "a": "object",
        "b": "object",
        "same": "boolean",
    }
