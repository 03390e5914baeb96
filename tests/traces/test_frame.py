import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

import jupyter_tools.traces as package
from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.traces.columns import COLUMN_NAMES, COLUMNS
from jupyter_tools.traces.frame import Traces
from jupyter_tools.traces.record import TraceRecorder
from jupyter_tools.traces.store import TraceStore
from tests.traces.run_events import run, text_result, tool_call

FRAME = pd.DataFrame({"город": ["Москва", "Токио"], "t": [1.5, None]})


@pytest.fixture
def recorded(memory_store: TraceStore, traces: Traces) -> Traces:
    recorder = TraceRecorder(memory_store)
    for event in [*run(run_id="one"), *run(run_id="two"), *tool_call("by hand", text_result("ok", FRAME))]:
        recorder.record(event)
    return traces


def dtypes(frame: pd.DataFrame) -> dict[str, str]:
    return {str(name): str(dtype) for name, dtype in frame.dtypes.items()}


def test_an_empty_frame_has_every_column_with_its_dtype(traces: Traces) -> None:
    assert dtypes(traces()) == {column.name: column.dtype for column in COLUMNS}
    assert traces().empty


def test_a_full_frame_has_the_same_dtypes(recorded: Traces) -> None:
    assert dtypes(recorded()) == {column.name: column.dtype for column in COLUMNS}


@pytest.mark.parametrize("view", ["tools", "models", "runs"])
def test_a_view_has_typed_columns_of_the_whole(recorded: Traces, view: str) -> None:
    types = {column.name: column.dtype for column in COLUMNS}
    frame = getattr(recorded, view)()
    assert dtypes(frame) == {name: types[name] for name in frame.columns}
    assert dtypes(getattr(recorded, view)(last=0)) == dtypes(frame)


def test_figures_can_be_calculated_with(recorded: Traces) -> None:
    models = recorded.models()
    assert models.duration_ms.sum() == pytest.approx(400.0)
    assert models.input_tokens.sum() == 60
    assert (models.output_tokens / models.duration_ms).mean() > 0
    assert ((recorded().ended - recorded().started) >= timedelta(0)).all()


def test_times_are_now_and_in_utc(recorded: Traces) -> None:
    age = datetime.now(UTC) - recorded().started.max()
    assert timedelta(0) <= age < timedelta(minutes=1)


def test_the_newest_span_comes_last(recorded: Traces) -> None:
    assert recorded().started.is_monotonic_increasing
    assert recorded().tool_call_id.iloc[-1] == "by hand"


def test_values_come_back_as_they_were(recorded: Traces) -> None:
    tools = recorded.tools()
    assert tools.args[0] == {"expression": "2+2"}
    assert tools.details[0] == {"value": 4}
    pd.testing.assert_frame_equal(tools.details.iloc[-1], FRAME)


def test_a_run_is_chosen_by_its_id_or_counted_from_the_last(recorded: Traces) -> None:
    assert set(recorded(run="one").run_id) == {"one"}
    assert set(recorded(run=-1).run_id) == {"two"}
    assert set(recorded(run=-2).run_id) == {"one"}
    assert recorded(run=-3).empty
    assert recorded(run="three").empty


def test_spans_are_chosen_by_kind_number_and_condition(recorded: Traces) -> None:
    assert set(recorded(kind="model").kind) == {"model"}
    assert set(recorded(kind=("model", "tool")).kind) == {"model", "tool"}
    assert recorded(last=3).span_id.tolist() == recorded().span_id.tolist()[-3:]
    assert recorded(where="duration_ms > 100").duration_ms.tolist() == [120.0, 120.0]
    assert len(recorded.tools(run=-1)) == 1


def test_spans_are_chosen_by_time(recorded: Traces) -> None:
    assert len(recorded(since=timedelta(minutes=5))) == len(recorded())
    assert recorded(since=datetime.now(UTC) + timedelta(minutes=5)).empty


def test_mistakes_in_a_choice_are_explained(recorded: Traces) -> None:
    with pytest.raises(ConfigurationError, match="no such column: durations"):
        recorded(where="durations > 3")
    with pytest.raises(UnknownNameError, match="'agent'"):
        recorded(kind="agents")


def test_another_kernels_spans_are_there_on_request(tmp_path: Path, store: TraceStore) -> None:
    other = TraceStore(tmp_path / "spans.db")
    for target, run_id in ((store, "mine"), (other, "theirs")):
        recorder = TraceRecorder(target)
        for event in run(run_id=run_id):
            recorder.record(event)
        target.flush()
    assert set(Traces(lambda: store)().run_id) == {"mine"}
    assert Traces(lambda: store)(all=True).run_id.drop_duplicates().tolist() == ["mine", "theirs"]
    other.close()


def test_the_help_names_every_column() -> None:
    for documentation in (Traces.__doc__, package.traces.__doc__, package.__doc__):
        assert re.findall(r"^\w+(?=  )", documentation or "", re.MULTILINE) == list(COLUMN_NAMES)


def test_the_package_answers_like_the_traces_in_it(memory_store: TraceStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package.traces, "_store", lambda: memory_store)
    assert dtypes(package()) == dtypes(package.traces())
    assert package.tools().empty
    assert package.models().empty
    assert package.runs().empty


def test_a_frame_prints_the_useful_columns_first(recorded: Traces) -> None:
    assert list(recorded().columns[:6]) == ["kind", "name", "status", "duration_ms", "input", "output"]


def test_a_condition_cannot_write(recorded: Traces) -> None:
    before = len(recorded())
    for where in ("1); DELETE FROM span_rows; --", "1) UNION DELETE FROM span_rows --", "DELETE FROM span_rows"):
        with pytest.raises(ConfigurationError, match="no SQL condition"):
            recorded(where=where)
    assert len(recorded()) == before
    assert len(recorded(where="kind = 'tool' -- only tools")) == 3


@pytest.mark.parametrize("where", ["", " ", 5, "a\0b"])
def test_what_is_no_condition_at_all_is_refused(recorded: Traces, where: object) -> None:
    with pytest.raises(ConfigurationError, match="write one, such as"):
        recorded(where=where)


def test_a_wrong_column_in_a_condition_names_the_nearest(recorded: Traces) -> None:
    with pytest.raises(ConfigurationError, match="Did you mean 'duration_ms'"):
        recorded(where="duration_s > 1")


@pytest.mark.parametrize("view", ["tools", "models", "runs"])
def test_a_view_can_be_summed_up_too(recorded: Traces, view: str) -> None:
    summary = getattr(recorded, view)().agent.summary()
    assert summary.calls.sum() == {"tools": 3, "models": 4, "runs": 0}[view]
