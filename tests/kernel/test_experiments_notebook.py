"""The notebook of experiments as a reader runs it: a real kernel, the embedded model, plots."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from tests.source_tree import ROOT

pytestmark = [pytest.mark.kernel, pytest.mark.local_model]

CELL_TIMEOUT_S = 600  # a machine of two busy cores


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> dict[str, NotebookNode]:
    folder = tmp_path_factory.mktemp("experiments")
    notebook = nbformat.read(ROOT / "notebooks" / "05_experiments.ipynb", as_version=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_TOOLS_TRACES", str(folder / "traces.db"))
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        patch.delenv("JUPYTER_TOOLS_MODEL", raising=False)
        NotebookClient(notebook, timeout=CELL_TIMEOUT_S, resources={"metadata": {"path": str(folder)}}).execute()
    return {cell.id: cell for cell in notebook.cells}


def text(cell: NotebookNode) -> str:
    return "\n".join(output.data["text/plain"] for output in cell.outputs if "data" in output)


def test_all_cells_run_and_nothing_is_asked_twice(cells: dict[str, NotebookNode]) -> None:
    assert "24 of 24 cells" in text(cells["cell"])
    assert "24 from the store" in text(cells["again"])
    assert "(24, 24)" in text(cells["again-check"])


@pytest.mark.parametrize("cell_id", ["means", "questions", "cost"])
def test_the_plots_are_there(cells: dict[str, NotebookNode], cell_id: str) -> None:
    assert any("image/png" in output.data for output in cells[cell_id].outputs)


def test_prompts_are_told_apart_with_intervals(cells: dict[str, NotebookNode]) -> None:
    assert all(name in text(cells["summary"]) for name in ("plain", "one word", "example", "low", "high"))
    assert "pairs" in text(cells["compare"])


def test_with_a_tool_the_sums_are_right(cells: dict[str, NotebookNode]) -> None:
    lines = [line for line in text(cells["tools"]).splitlines() if "with math_eval" in line]
    assert len(lines) == 3
    assert "math_eval" in text(cells["traces"])


@pytest.mark.parametrize("cell_id", ["cell", "again"])
def test_what_is_saved_of_the_progress_needs_no_widget(cells: dict[str, NotebookNode], cell_id: str) -> None:
    [output] = cells[cell_id].outputs
    assert set(output.data) == {"text/html", "text/plain"}
