"""The notebook of experiments as a reader runs it: a real kernel, the embedded model, plots."""

from collections.abc import Callable

import pytest
from nbformat import NotebookNode

from tests.kernel.notebooks import text

pytestmark = [pytest.mark.kernel, pytest.mark.local_model]


@pytest.fixture(scope="module")
def cells(executed: Callable[[str], NotebookNode]) -> dict[str, NotebookNode]:
    return {cell.id: cell for cell in executed("05_experiments.ipynb").cells}


def test_nothing_is_asked_twice(cells: dict[str, NotebookNode]) -> None:
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
