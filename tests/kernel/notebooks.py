"""The notebooks that are shipped, as a reader runs them: from top to bottom, in a real kernel, without a key."""

import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from tests.isolation import isolate
from tests.source_tree import ROOT

FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(path.name for path in FOLDER.glob("*.ipynb"))
CELL_TIMEOUT_S = 600  # a machine of two busy cores


def read(name: str) -> NotebookNode:
    return nbformat.read(FOLDER / name, as_version=4)


def run(notebook: NotebookNode, folder: Path) -> None:
    """Run it in a copy of the notebooks' folder. Cells that fail stop nothing."""
    beside = shutil.copytree(FOLDER, folder / "notebooks")
    with pytest.MonkeyPatch.context() as patch:
        isolate(patch, folder)
        where = {"metadata": {"path": str(beside)}}
        NotebookClient(notebook, timeout=CELL_TIMEOUT_S, resources=where, allow_errors=True).execute()


def failures(notebook: NotebookNode) -> dict[str, str]:
    """What went wrong, by the ids of the cells."""
    outputs = [(cell.id, output) for cell in notebook.cells for output in cell.get("outputs", [])]
    return {cell: f"{out.ename}: {out.evalue}" for cell, out in outputs if out.output_type == "error"}


def text(cell: NotebookNode) -> str:
    """What stands below a cell, without a page."""
    return "\n".join(out.data["text/plain"] if "data" in out else out.text for out in cell.outputs)
