"""How soon the table of `%traces` has what a person asks for, among 100,000 spans, and what taking them out costs."""

import tempfile
import time
from functools import cache
from pathlib import Path

from jupyter_tools.traces.frame import Traces
from jupyter_tools.traces.imported import import_spans
from jupyter_tools.traces.json_lines import iso_time, read_json_lines
from jupyter_tools.traces.pages import SpanPages, View
from jupyter_tools.traces.query import SpanQuery
from jupyter_tools.traces.store import TraceStore
from tests.bench.measure import bench

SPANS = 100_000


@cache
def store() -> TraceStore:
    store = TraceStore(":memory:")
    lines = (
        f'{{"span_id": "{number + 1:016x}", "kind": "tool", "name": "t", "status": "ok", "started": "{iso_time(number)}",'
        f' "duration_ms": {number % 997}.5, "args": {{"n": {number}}}, "result": "value {number}"}}'
        for number in range(SPANS)
    )
    import_spans(store, read_json_lines(lines))
    return store


def pages() -> SpanPages:
    return SpanPages(store(), SpanQuery())


@bench("%traces: 200 rows from the middle of 100,000", unit="ms CPU")
def page_of_rows() -> float:
    table = pages()
    table.count(View())
    started = time.process_time()
    assert len(table.rows(View(), SPANS // 2, SPANS // 2 + 200)) == 200
    return (time.process_time() - started) * 1000


@bench("%traces: 100,000 spans sorted and searched", unit="ms CPU")
def sorted_and_searched() -> float:
    table = pages()
    started = time.process_time()
    assert table.count(View(search="value 99999", sort="duration_ms")) == 1
    return (time.process_time() - started) * 1000


@bench("traces.export of 100,000 spans as JSON Lines", unit="µs CPU a span", rounds=3)
def exported() -> float:
    with tempfile.TemporaryDirectory() as folder:
        started = time.process_time()
        assert Traces(store).export(Path(folder) / "a.jsonl", all=True) == SPANS
        return (time.process_time() - started) / SPANS * 1e6
