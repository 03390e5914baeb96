import pytest

from jupyter_tools.traces import frame_reading
from jupyter_tools.traces.columns import COLUMNS
from jupyter_tools.traces.frame import Traces
from jupyter_tools.traces.record import TraceRecorder
from jupyter_tools.traces.store import TraceStore
from tests.traces.run_events import run, text_result, tool_call


@pytest.fixture
def recorded(memory_store: TraceStore, traces: Traces, monkeypatch: pytest.MonkeyPatch) -> Traces:
    monkeypatch.setattr(frame_reading, "LAZY_ABOVE", 3)
    monkeypatch.setattr(frame_reading, "_ROWS_A_CHUNK", 4)
    recorder = TraceRecorder(memory_store, variant="x")
    for event in [*run(run_id="one"), *run(run_id="two"), *tool_call("by hand", text_result("ok", {"a": [1]}))]:
        recorder.record(event)
    return traces


def test_the_contents_of_many_rows_are_fetched_when_they_are_touched(recorded: Traces) -> None:
    frame = recorded()
    assert str(frame.details.dtype) == "contents"
    assert frame.details.iloc[-1] == {"a": [1]}
    assert [len(messages) for messages in frame[frame.kind == "model"].messages] == [1, 3, 1, 3]


def test_many_rows_are_read_as_few_are(recorded: Traces, monkeypatch: pytest.MonkeyPatch) -> None:
    many = recorded()
    monkeypatch.setattr(frame_reading, "LAZY_ABOVE", 100)
    few = recorded()
    for column in COLUMNS:
        assert many[column.name].astype(object).tolist() == few[column.name].astype(object).tolist() or (
            many[column.name].isna().tolist() == few[column.name].isna().tolist()
            and many[column.name].dropna().tolist() == few[column.name].dropna().tolist()
        )
        assert str(few[column.name].dtype) == column.dtype


def test_a_row_that_is_gone_has_no_contents(memory_store: TraceStore, recorded: Traces) -> None:
    frame = recorded()
    with memory_store.reading() as connection:
        connection.execute("DELETE FROM span_rows")
    assert frame.args.isna().all()


def test_what_spans_share_is_told_to_each_of_them(recorded: Traces) -> None:
    frame = recorded()
    assert frame.run_id.tolist()[:12] == ["one"] * 6 + ["two"] * 6
    assert set(frame.variant) == {"x"}
    assert "python" in frame.packages[0]
    assert frame.session_id.nunique() == 1
