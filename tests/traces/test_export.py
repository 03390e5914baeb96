"""Out and in again: whatever the values, whatever the kind of file."""

import json
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_tools.errors import ConfigurationError, MissingExtraError, TraceStoreError, UnknownNameError
from jupyter_tools.events import AgentToolResult
from jupyter_tools.messages import ImageContent
from jupyter_tools.redaction import REDACTED
from jupyter_tools.traces.columns import COLUMNS, CONTENT_NAMES
from jupyter_tools.traces.frame import Traces
from jupyter_tools.traces.record import TraceRecorder
from jupyter_tools.traces.rows import BLOB_SIZE
from jupyter_tools.traces.store import TraceStore
from tests.traces.run_events import run, text_result, tool_call, tool_end

SUFFIXES = ["jsonl", "csv", "parquet"]
SECRET = "sk-" + "abcdefgh12345678"
TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.binary(max_size=9) | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Nothing differs; what is no number compares by its repr, so that NaN is equal to itself."""
    deep = list(CONTENT_NAMES)
    pd.testing.assert_frame_equal(one.drop(columns=deep), other.drop(columns=deep))
    for name in CONTENT_NAMES:
        assert list(map(repr, one[name])) == list(map(repr, other[name])), name


@pytest.fixture
def rich(memory_store: TraceStore, traces: Traces) -> Traces:
    """Spans with everything in them: large values, images, frames, times, text of all kinds."""
    recorder = TraceRecorder(memory_store)
    frame = pd.DataFrame({"город": ["Москва", None], "t": [1.5, math.inf]})
    picture = AgentToolResult(content=(ImageContent(data="aGVsbG8="),), details=frame)
    for event in [
        *run(run_id="one", prompt='=1+1 «кавычки», "quotes"\nand\ttabs \''),
        *tool_call("large", text_result("я" * BLOB_SIZE, {"when": datetime(2026, 1, 2, tzinfo=UTC), "raw": b"\0\xff"})),
        *tool_call("picture", picture),
        tool_end("failed", text_result("boom", is_error=True), status="timeout"),
    ]:
        recorder.record(event)
    return traces


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_goes_out_comes_in_again_whole(rich: Traces, tmp_path: Path, suffix: str) -> None:
    assert rich.export(tmp_path / f"a.{suffix}") == len(rich())
    same(rich.read(tmp_path / f"a.{suffix}"), rich())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_frame_writes_what_its_store_writes(rich: Traces, tmp_path: Path, suffix: str) -> None:
    rich.export(tmp_path / f"a.{suffix}", last=4)
    assert rich(last=4).agent.export(tmp_path / f"b.{suffix}") == 4
    same(rich.read(tmp_path / f"a.{suffix}"), rich.read(tmp_path / f"b.{suffix}"))


def test_json_lines_go_through_another_store_without_a_change(rich: Traces, store: TraceStore, tmp_path: Path) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    rich.export(first)
    other = Traces(lambda: store)
    for _ in range(2):  # taken in again, nothing is there twice
        other.load(first)
    other.export(second, all=True)
    assert second.read_bytes() == first.read_bytes()
    assert other().empty
    same(other(all=True), rich())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(args=st.dictionaries(TEXT, VALUES, max_size=3), details=VALUES, text=TEXT)
def test_any_value_survives_the_round_trip(tmp_path: Path, args: dict[str, Any], details: Any, text: str) -> None:
    store = TraceStore(":memory:")
    here = Traces(lambda: store)
    TraceRecorder(store).record(tool_end(result=text_result(text, details), args=args))
    for suffix in SUFFIXES:
        here.export(tmp_path / f"any.{suffix}")
        back, now = here.read(tmp_path / f"any.{suffix}"), here()
        for name in CONTENT_NAMES:
            assert repr(back[name][0]) == repr(now[name][0])
    store.close()


def test_an_empty_choice_is_a_file_too(traces: Traces, tmp_path: Path) -> None:
    for suffix in SUFFIXES:
        assert traces.export(tmp_path / f"none.{suffix}") == 0
        read = traces.read(tmp_path / f"none.{suffix}")
        assert {str(name): str(dtype) for name, dtype in read.dtypes.items()} == {c.name: c.dtype for c in COLUMNS}


def test_a_file_of_lines_can_be_read_by_anybody(rich: Traces, tmp_path: Path) -> None:
    rich.export(tmp_path / "a.jsonl", run="one")
    first = json.loads((tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert first["kind"] == "agent"
    assert datetime.fromisoformat(first["started"]).tzinfo is not None
    table = pd.read_csv(rich_csv(rich, tmp_path))
    assert table.kind.tolist() == rich(run="one").kind.tolist()
    assert table.input[0].startswith("'=1+1")  # no formula


def rich_csv(rich: Traces, folder: Path) -> Path:
    rich.export(folder / "a.csv", run="one")
    return folder / "a.csv"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_secret_leaves_or_comes_in(memory_store: TraceStore, traces: Traces, tmp_path: Path, suffix: str) -> None:
    frame = pd.DataFrame({"kind": ["tool"], "name": ["t"], "status": ["ok"], "span_id": ["1"]}, dtype="string")
    frame["started"] = pd.Series([datetime.now(UTC)])
    frame["args"], frame["error"] = [{"key": SECRET}], f"bad key {SECRET}"
    traces()
    frame.agent.export(tmp_path / f"a.{suffix}")
    assert SECRET.encode() not in (tmp_path / f"a.{suffix}").read_bytes()
    read = traces.read(tmp_path / f"a.{suffix}")
    assert read.args[0] == {"key": REDACTED}
    assert read.error[0] == f"bad key {REDACTED}"


def test_a_secret_of_anothers_file_is_not_taken_in(traces: Traces, tmp_path: Path) -> None:
    line = {"span_id": "1", "kind": "tool", "name": "t", "status": "ok", "started": "2026-01-02", "args": {"k": SECRET}}
    (tmp_path / "a.jsonl").write_text(json.dumps(line))
    assert traces.read(tmp_path / "a.jsonl").args[0] == {"k": REDACTED}


GOOD = {"span_id": "1", "kind": "tool", "name": "t", "status": "ok", "started": "2026-01-02T03:04:05Z"}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "Line 2 is no JSON"),
        ("[1]", "Line 2 is no span"),
        ('{"kind": "tool"}', "In line 2 the span_id is missing"),
        (json.dumps(GOOD | {"duration_ms": "long"}), "In line 2 duration_ms is 'long', which is no Float64"),
        (json.dumps(GOOD | {"turn": True}), "turn is True, which is no Int64"),
        (json.dumps(GOOD | {"turn": 2**80}), "which is no Int64"),
        (json.dumps(GOOD | {"started": "soon"}), "stands 'soon', which is no time"),
    ],
)
def test_a_damaged_file_is_refused_by_line_and_leaves_nothing(
    memory_store: TraceStore, traces: Traces, tmp_path: Path, line: str, told: str
) -> None:
    (tmp_path / "bad.jsonl").write_text(f"{json.dumps(GOOD)}\n{line}\n")
    with pytest.raises(TraceStoreError, match=told):
        traces.load(tmp_path / "bad.jsonl")
    assert traces(all=True).empty


def test_a_file_of_another_kind_is_refused(traces: Traces, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"Did you mean '\.jsonl'"):
        traces.export(tmp_path / "a.json")
    with pytest.raises(ConfigurationError, match="by the name's end"):
        traces.export(tmp_path / "a")
    for name in ("no.jsonl", "no.parquet", "no.csv"):
        with pytest.raises(TraceStoreError, match="cannot be read"):
            traces.read(tmp_path / name)
    for name in ("a.jsonl", "a.csv", "a.parquet"):
        (tmp_path / name).write_bytes(b"\xff\xfe\x00 nothing")
        with pytest.raises(TraceStoreError):
            traces.read(tmp_path / name)


def test_a_failed_export_leaves_the_old_file(rich: Traces, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("old")
    with pytest.raises(ConfigurationError, match="no such column"):
        rich.export(tmp_path / "a.jsonl", where="nonsense = 1")
    assert (tmp_path / "a.jsonl").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]
    with pytest.raises(TraceStoreError, match="cannot be written"):
        rich.export(tmp_path / "missing" / "a.jsonl")


def test_parquet_without_its_package_says_what_to_install(
    rich: Traces, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"jupyter_tools\[parquet\]"):
        rich.export(tmp_path / "a.parquet")
