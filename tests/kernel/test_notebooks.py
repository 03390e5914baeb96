"""Every notebook that is shipped: it runs from top to bottom in a real kernel, and its file holds no outputs."""

from collections.abc import Callable

import pytest
from nbformat import NotebookNode

from tests.kernel.notebooks import NOTEBOOKS, failures, read

SURPRISES = ("Traceback", "Warning:")


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
def test_a_notebook_runs_from_top_to_bottom(executed: Callable[[str], NotebookNode], name: str) -> None:
    cells = executed(name).cells
    meant_to_fail = {cell.id for cell in cells if "raises-exception" in cell.metadata.get("tags", [])}
    assert failures(executed(name)).keys() == meant_to_fail
    printed = [o.text for cell in cells for o in cell.get("outputs", []) if o.output_type == "stream"]
    assert [text for text in printed if any(surprise in text for surprise in SURPRISES)] == []


@pytest.mark.kernel
@pytest.mark.local_model
def test_the_embedded_model_answers_from_the_documents_and_cites_them(executed: Callable[[str], NotebookNode]) -> None:
    [cell] = [cell for cell in executed("03_retrieval.ipynb").cells if cell.id == "answer"]
    said = cell.outputs[0].data["text/plain"]
    assert [words for words in ("search_docs(", "[1]", "Sources:", "try#") if words not in said] == []
