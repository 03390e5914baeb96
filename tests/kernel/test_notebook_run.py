"""A notebook executed where no page listens: the same path, and nothing but the saved outputs stays."""

import json

import nbclient
import nbformat
import pytest

pytestmark = pytest.mark.kernel
CELLS = [
    "%load_ext jupyter_tools",
    "%%agent -m scripted:demo --tools math_eval,time_now -o first\nWhat is 12.5 % of 3480, and the time in Tokyo?",
    "%%agent -m scripted:demo --new\nHello.",
    "%tool math_eval 2+2",
    "%agent",
    "traces()",
]


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    folder = str(tmp_path_factory.mktemp("notebook"))
    nbclient.NotebookClient(notebook, timeout=60, resources={"metadata": {"path": folder}}).execute()
    return notebook


def test_each_agent_cell_leaves_one_output_of_three_kinds(executed: nbformat.NotebookNode):
    for cell in executed.cells[1:3]:
        [output] = cell.outputs
        assert set(output.data) == {"text/html", "text/markdown", "text/plain"}
    assert "math_eval(" in executed.cells[1].outputs[0].data["text/plain"]
    assert "435" in executed.cells[1].outputs[0].data["text/plain"]


def test_lines_leave_tables_and_results(executed: nbformat.NotebookNode):
    tool, configuration, frame = (cell.outputs[0].data for cell in executed.cells[3:])
    assert "-> 4" in tool["text/plain"]
    assert "conversation" in configuration["text/html"]
    assert "math_eval" in frame["text/html"]


def test_next_to_nothing_is_kept_of_the_widgets(executed: nbformat.NotebookNode):
    assert len(json.dumps(executed.metadata)) < 8_000


def test_the_notebook_is_valid(executed: nbformat.NotebookNode):
    nbformat.validate(executed)
