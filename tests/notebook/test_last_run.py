import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from jupyter_tools.notebook.last_run import RecordedRun
from jupyter_tools.providers.scripted import error, register_script
from jupyter_tools.traces import TraceRecorder, TraceStore, traces
from tests.traces.run_events import run


@pytest.fixture(autouse=True)
def own_store(monkeypatch: pytest.MonkeyPatch) -> Iterator[TraceStore]:
    store = TraceStore(":memory:")
    monkeypatch.setattr(traces, "_store", lambda: store)
    monkeypatch.setattr("jupyter_tools.agent.agent.default_store", lambda: store)
    yield store
    store.close()


def test_the_last_run_shows_what_the_page_showed(shell: InteractiveShell, cell):
    printed = cell("-m scripted:asks -t math_eval --new")
    last = shell.run_line_magic("agent", "last")
    assert isinstance(last, RecordedRun)
    assert last.text == "It is 4."
    for line in printed.split("\n\n")[0].splitlines():
        assert line.split(" · ")[0] in repr(last)
    assert set(last._repr_mimebundle_()) == {"text/html", "text/markdown", "text/plain"}


def test_a_failed_run_says_why(shell: InteractiveShell, cell):
    register_script("broken", [["Half of ", error(status=400, message="the server fell over.")]])
    with pytest.raises(Exception, match="fell over"):
        cell("-m scripted:broken --new")
    last = shell.run_line_magic("agent", "last")
    assert last.text.strip() == "Half of"
    assert "fell over" in repr(last)


def test_after_a_restart_it_is_the_last_run_of_this_notebook_and_not_of_its_neighbour(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    mine = tmp_path / "mine.ipynb"
    mine.write_text(json.dumps({"cells": [{"id": "m1"}, {"id": "it's"}, {}]}))
    monkeypatch.setenv("JPY_SESSION_NAME", str(mine))
    for cell_id in ("m1", "other"):
        kernel = TraceStore(tmp_path / "shared.db")
        recorder = TraceRecorder(kernel, cell_id=cell_id)
        for event in run(run_id=f"run of {cell_id}"):
            recorder.record(event)
        kernel.close()
    restarted = TraceStore(tmp_path / "shared.db")
    monkeypatch.setattr(traces, "_store", lambda: restarted)
    assert shell.run_line_magic("agent", "last").run_id == "run of m1"
    mine.unlink()
    monkeypatch.chdir(tmp_path)
    assert shell.run_line_magic("agent", "last").run_id == "run of other"
    restarted.close()


def test_without_a_run_it_says_so(shell: InteractiveShell):
    assert shell.run_line_magic("agent", "last") == "No run is recorded yet."
