"""The quickstart notebook as a new user runs it: a real kernel, the embedded model, tools that are really called."""

import json
import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from tests.kernel.notebooks import failures, read, run

pytestmark = [pytest.mark.kernel, pytest.mark.local_model]

SPANS = (
    'print(traces()[["kind", "name", "status", "args", "result", "started"]].to_json(orient="records", date_unit="ms"))'
)
ASKING_CELLS = ["ask", "own-ask", "variables-ask"]


class Quickstart:
    """The notebook after Run All, and the spans its kernel recorded."""

    def __init__(self, notebook: NotebookNode) -> None:
        self.failures = failures(notebook)
        self.cells = {cell.id: cell for cell in notebook.cells}
        self.spans: list[dict[str, Any]] = json.loads(notebook.cells[-1].outputs[0].text)

    def text(self, cell_id: str) -> str:
        return "\n".join(output.data["text/plain"] for output in self.cells[cell_id].outputs)

    def tool_spans(self, name: str) -> list[dict[str, Any]]:
        return [span for span in self.spans if span["kind"] == "tool" and span["name"] == name]


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory: pytest.TempPathFactory) -> Quickstart:
    notebook = read("01_quickstart.ipynb")
    notebook.cells.append(new_code_cell(SPANS))
    run(notebook, tmp_path_factory.mktemp("quickstart"))
    return Quickstart(notebook)


def test_no_cell_fails_and_no_step_of_a_run_either(quickstart: Quickstart) -> None:
    assert quickstart.failures == {}
    assert {span["status"] for span in quickstart.spans} == {"ok"}


def test_the_percentage_was_computed_by_the_tool_and_told_by_the_model(quickstart: Quickstart) -> None:
    results = [span["result"] for span in quickstart.tool_spans("math_eval")]
    assert any("435.0" in str(result) for result in results)
    assert "435" in answer(quickstart.text("ask"))


def test_the_time_in_tokyo_was_told_by_the_tool(quickstart: Quickstart) -> None:
    [span] = quickstart.tool_spans("time_now")
    assert "Tokyo" in str(span["args"])
    asked = datetime.fromtimestamp(span["started"] / 1000, ZoneInfo("Asia/Tokyo"))
    assert abs(told_time(str(span["result"]), asked) - asked) <= timedelta(minutes=1)
    assert abs(told_time(answer(quickstart.text("ask")), asked) - asked) <= timedelta(minutes=1)


def answer(text: str) -> str:
    """The model's words: the output without the lines of tool calls."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("["))


def told_time(text: str, day: datetime) -> datetime:
    """The first time of day in a text, on that day."""
    match = re.search(r"(?<!\d)(\d{1,2}):(\d\d)(?::\d\d(?:\.\d+)?)?(?:\s*([AP])M)?", text)
    assert match, text
    hour = int(match[1]) % 12 + (12 if match[3] == "P" else 0) if match[3] else int(match[1])
    return day.replace(hour=hour, minute=int(match[2]))


def test_a_function_of_the_notebook_was_called_as_a_tool(quickstart: Quickstart) -> None:
    [span] = quickstart.tool_spans("boiling_point")
    assert span["args"] == {"substance": "ethanol"}
    assert "78.4" in answer(quickstart.text("own-ask"))


def test_a_variable_of_the_notebook_reached_the_model_and_its_tool(quickstart: Quickstart) -> None:
    assert "4.1" in str(quickstart.tool_spans("math_eval")[-1]["args"])
    assert "16.4" in answer(quickstart.text("variables-ask"))


@pytest.mark.parametrize("cell_id", ASKING_CELLS)
def test_what_is_saved_of_an_answer_needs_no_widget(quickstart: Quickstart, cell_id: str) -> None:
    [output] = quickstart.cells[cell_id].outputs
    assert set(output.data) == {"text/html", "text/markdown", "text/plain"}
    assert "<script" not in output.data["text/html"]


def test_the_traces_show_every_kind_of_step(quickstart: Quickstart) -> None:
    runs = [span for span in quickstart.spans if span["kind"] == "agent"]
    assert len(runs) == len(ASKING_CELLS)
    assert {span["kind"] for span in quickstart.spans} == {"agent", "turn", "model", "tool"}
    assert "math_eval" in quickstart.text("tools-only")
