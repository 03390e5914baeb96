"""`make demo HEADLESS=1` prints what a reader of the notebook would see."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.source_tree import ROOT

pytestmark = pytest.mark.kernel


def run_headless(folder: Path, *cells: str) -> subprocess.CompletedProcess[str]:
    path = folder / "notebook.ipynb"
    notebook = new_notebook(cells=[new_markdown_cell("# A title"), *map(new_code_cell, cells)])
    nbformat.write(notebook, path)
    program = [sys.executable, str(ROOT / "notebooks" / "run_headless.py"), str(path)]
    return subprocess.run(program, capture_output=True, text=True, check=False)


def test_cells_are_printed_with_what_they_gave(tmp_path: Path) -> None:
    result = run_headless(tmp_path, "x = 20\nprint('Привет')", "x + 1")
    assert "  > x = 20\n  > print('Привет')\n\nПривет\n\n  > x + 1\n\n21\n" in result.stdout
    assert result.returncode == 0, result.stderr


def test_a_failing_cell_shows_its_error_and_ends_the_run(tmp_path: Path) -> None:
    result = run_headless(tmp_path, "1 / 0", "print('never')")
    assert "ZeroDivisionError" in result.stdout
    assert "never" not in result.stdout
    assert result.returncode == 1
