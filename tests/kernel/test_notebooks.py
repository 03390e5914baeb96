"""Every notebook that is shipped: it runs from top to bottom in a real kernel, and its file holds no outputs."""

import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from tests.source_tree import ROOT

FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(path.name for path in FOLDER.glob("*.ipynb"))
CELL_TIMEOUT_S = 300  # a machine of two busy cores
SURPRISES = ("Traceback", "Warning:")


def read(name: str) -> NotebookNode:
    return nbformat.read(FOLDER / name, as_version=4)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_outputs_are_kept_in_the_file(name: str) -> None:
    cells = [cell for cell in read(name).cells if cell.cell_type == "code"]
    assert [cell.id for cell in cells if cell.outputs or cell.execution_count] == []


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_says_what_it_teaches_and_ends_with_exercises(name: str) -> None:
    first, *_, last = read(name).cells
    assert first.source.startswith("# ")
    assert last.source.startswith(("## Exercises", "## Упражнения"))


@pytest.mark.kernel
@pytest.mark.local_model
@pytest.mark.parametrize("name", [name for name in NOTEBOOKS if name != "01_quickstart.ipynb"])
def test_a_notebook_runs_from_top_to_bottom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    shutil.copytree(FOLDER, tmp_path / "notebooks")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.delenv("JUPYTER_TOOLS_MODEL", raising=False)
    notebook, folder = read(name), {"metadata": {"path": str(tmp_path / "notebooks")}}
    NotebookClient(notebook, timeout=CELL_TIMEOUT_S, resources=folder).execute()
    meant_to_fail = {cell.id for cell in notebook.cells if "raises-exception" in cell.metadata.get("tags", [])}
    failed = {cell.id for cell in notebook.cells if any(o.output_type == "error" for o in cell.get("outputs", []))}
    assert failed == meant_to_fail
    printed = [o.text for cell in notebook.cells for o in cell.get("outputs", []) if o.output_type == "stream"]
    assert [text for text in printed if any(surprise in text for surprise in SURPRISES)] == []
