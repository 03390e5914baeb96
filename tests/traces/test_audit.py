import json
from pathlib import Path

import pytest

from jupyter_tools import redaction
from jupyter_tools.errors import TraceStoreError
from jupyter_tools.traces.audit import audit_notebook, audit_store
from jupyter_tools.traces.record import TraceRecorder
from jupyter_tools.traces.store import TraceStore
from tests.traces.run_events import run, tool_end

KEY = "sk-" + "abcdefgh12345678"


def notebook(path: Path, *cells: dict[str, object]) -> Path:
    path.write_text(json.dumps({"cells": list(cells)}))
    return path


def test_a_store_has_no_secret_that_was_known_when_it_was_written(memory_store: TraceStore) -> None:
    TraceRecorder(memory_store).record(tool_end(args={"key": KEY}))
    assert list(audit_store(memory_store)) == []


def test_a_secret_that_became_known_later_is_found_and_not_shown(
    memory_store: TraceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = TraceRecorder(memory_store)
    for event in run(prompt="My badge is PATIENT-00017, remember it."):
        recorder.record(event)
    memory_store.flush()
    monkeypatch.setattr(redaction, "_added", [])
    redaction.add_redaction(r"PATIENT-\d+")
    findings = list(audit_store(memory_store))
    assert findings
    assert all("00017" not in finding.around and "[redacted]" in finding.around for finding in findings)
    assert any(finding.place.endswith(", args") for finding in findings)


def test_a_notebook_is_looked_through_source_and_outputs(tmp_path: Path) -> None:
    path = notebook(
        tmp_path / "a.ipynb",
        {"source": "print(1)"},
        {"source": ["api_key = '", KEY, "'"]},
        {"source": "", "outputs": [{"text": [f"key {KEY}"]}, {"data": {"text/html": KEY, "image/png": KEY}}]},
        {"source": "", "outputs": [{"traceback": ["ValueError", KEY]}]},
    )
    findings = list(audit_notebook(path))
    places = [finding.place.removeprefix(f"{path}, ") for finding in findings]
    assert places == ["cell 2, source", "cell 3, output", "cell 3, output text/html", "cell 4, output"]
    assert all(KEY not in finding.around for finding in findings)


def test_what_was_blotted_out_before_is_no_finding(tmp_path: Path) -> None:
    assert list(audit_notebook(notebook(tmp_path / "a.ipynb", {"source": "key = '[redacted]'"}))) == []


def test_what_is_no_notebook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text("[]")
    with pytest.raises(TraceStoreError, match="is no notebook"):
        list(audit_notebook(tmp_path / "a.ipynb"))
    with pytest.raises(TraceStoreError, match="cannot be read"):
        list(audit_notebook(tmp_path / "b.ipynb"))
