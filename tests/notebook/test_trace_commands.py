"""`%traces` in a shell of this process: what is typed and what comes of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from jupyter_tools.notebook.cell_errors import CellError
from jupyter_tools.notebook.notebook_files import notebooks_of
from jupyter_tools.notebook.trace_magics import TraceMagics
from jupyter_tools.traces.location import SETTING, default_store
from jupyter_tools.traces.record import TraceRecorder
from tests.traces.run_events import recorded_runs

KEY = "sk-" + "abcdefgh12345678"


@pytest.fixture
def magic(shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(SETTING, ":memory:")
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    recorded_runs(TraceRecorder(default_store()))
    yield TraceMagics(shell).traces
    default_store().close()


def test_in_a_terminal_the_table_is_text(magic: Any) -> None:
    assert len(magic("").rows) == 12
    assert len(magic("--run -1 --kind tool,model").rows) == 3
    assert len(magic("--last 2").rows) == 2
    assert len(magic('--where "duration_ms > 100"').rows) == 2


def test_spans_go_to_a_file_and_come_back(magic: Any) -> None:
    assert magic("export run.jsonl --run -1") == "6 spans went to run.jsonl."
    assert magic("import run.jsonl").startswith("6 spans came from run.jsonl.")
    assert magic("export one.csv --last 1") == "1 span went to one.csv."


def test_old_spans_go_when_told(magic: Any) -> None:
    assert magic("prune --days 30") == "0 spans went out of :memory:."
    assert magic("prune --days 0") == "12 spans went out of :memory:."
    assert magic("--all").rows == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("exprot run.jsonl", "Did you mean 'export'"),
        ("export", "Write one file's name"),
        ("import a b", "Write one file's name"),
        ("export run.doc", "There is no kind of file"),
        ("import missing.jsonl", "cannot be read"),
        ("--kind tols", "Did you mean 'tool'"),
        ("--where nonsense", "no such column"),
        ("--since yesterday", "is no time"),
        ("prune", "Say what may go"),
        ("prune --days -1", "cannot be negative"),
        ("prune --days nan", "no number of days"),
        ("prune --days 1e300", "no number of days"),
        ("--lst 5", "Did you mean '--last'"),
        ('--where "a', "quotation mark"),
    ],
)
def test_a_mistake_is_a_sentence(magic: Any, line: str, told: str) -> None:
    with pytest.raises(CellError, match=told):
        magic(line)


def test_the_audit_finds_what_the_notebook_holds_and_does_not_show_it(magic: Any, tmp_path: Path) -> None:
    assert magic("audit").startswith("No secret was found in :memory: and no notebook")
    (tmp_path / "a.ipynb").write_text(f'{{"cells": [{{"source": "key = \'{KEY}\'"}}]}}')
    table = magic("audit")
    assert table.rows == [("a.ipynb, cell 1, source", "key = '[redacted]")]


def test_the_notebook_of_the_kernel_is_the_one_the_server_names(
    shell: InteractiveShell, magic: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("mine.ipynb", "other.ipynb"):
        (tmp_path / name).write_text("{}")
    assert len(notebooks_of(shell)) == 2
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "mine.ipynb"))
    assert notebooks_of(shell) == [tmp_path / "mine.ipynb"]
