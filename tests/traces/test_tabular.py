import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jupyter_tools.errors import TraceStoreError
from jupyter_tools.traces.frame import Traces
from jupyter_tools.traces.tabular import read_csv


def test_parquet_is_typed_for_other_programs(two_runs: Traces, tmp_path: Path) -> None:
    from pyarrow import parquet

    two_runs.export(tmp_path / "a.parquet")
    schema = parquet.read_schema(tmp_path / "a.parquet")
    assert str(schema.field("started").type) == "timestamp[us, tz=UTC]"
    assert str(schema.field("input_tokens").type) == "int64"
    assert str(schema.field("tokens_estimated").type) == "bool"
    assert parquet.read_table(tmp_path / "a.parquet")["started"][0].as_py() < datetime.now(UTC)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("kind,name\ntool,t\n", "In line 2 the span_id is missing"),
        ("span_id,kind,name,status,started,turn\n1,tool,t,ok,2026-01-01,two\n", "In line 2 a value does not fit"),
        ("span_id,kind,name,status,started,args\n1,tool,t,ok,2026-01-01,{\n", "In line 2 a value does not fit"),
        (
            "span_id,kind,name,status,started,tokens_estimated\n1,tool,t,ok,2026-01-01,maybe\n",
            "is 'maybe', which is no",
        ),
    ],
)
def test_a_wrong_table_is_refused_by_line(table: str, told: str) -> None:
    with pytest.raises(TraceStoreError, match=told):
        list(read_csv(io.StringIO(table)))
