import json
from pathlib import Path

import pytest

from jupyter_tools.traces.frame import Traces
from jupyter_tools.traces.imported import import_spans
from jupyter_tools.traces.json_lines import read_json_lines
from jupyter_tools.traces.records import redacted
from jupyter_tools.traces.store import TraceStore
from tests.traces.test_json_lines import SPAN


def test_ids_of_other_programs_keep_parents_and_children_together(memory_store: TraceStore, traces: Traces) -> None:
    lines = [json.dumps(SPAN | {"span_id": "the-root"}), json.dumps(SPAN | {"span_id": "x", "parent_id": "the-root"})]
    assert import_spans(memory_store, read_json_lines(lines)) == 2
    frame = traces(all=True)
    assert frame.parent_id[1] == frame.span_id[0]
    assert len(frame.agent.tree().steps) == 2


def test_spans_that_come_again_take_the_place_of_the_old_ones(two_runs: Traces, tmp_path: Path) -> None:
    two_runs.export(tmp_path / "a.jsonl")
    before = two_runs()
    changed = (tmp_path / "a.jsonl").read_text(encoding="utf-8").replace("It is 4.", "It is four.")
    (tmp_path / "a.jsonl").write_text(changed, encoding="utf-8")
    assert two_runs.load(tmp_path / "a.jsonl") == len(before)
    assert sorted(two_runs().span_id) == sorted(before.span_id)
    assert set(two_runs.runs().result) == {"It is four."}


def test_nothing_to_redact_is_left_as_it_is() -> None:
    [chunk] = read_json_lines([json.dumps(SPAN)])
    assert next(redacted([chunk])) is chunk


@pytest.mark.parametrize("messages", [1, "text", {"a": 1}])
def test_messages_that_are_no_list_are_left_out(memory_store: TraceStore, traces: Traces, messages: object) -> None:
    import_spans(memory_store, read_json_lines([json.dumps(SPAN | {"messages": messages})]))
    assert traces(all=True).messages[0] is None
