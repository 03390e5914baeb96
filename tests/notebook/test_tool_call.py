import json

import pytest
from IPython.core.interactiveshell import InteractiveShell

from jupyter_tools.notebook.cell_errors import CellError


@pytest.mark.parametrize("text", ["2+2", "'2+2'", "expression=2+2", '{"expression": "2+2"}', " 2 + 2 "])
def test_a_tool_is_run_with_arguments_in_any_form(shell: InteractiveShell, text: str):
    outcome = shell.run_line_magic("tool", f"math_eval {text}")
    assert json.loads(outcome.text)["result"] == 4
    assert "-> 4" in repr(outcome)
    assert "→ 4" in outcome._repr_html_()


def test_pairs_name_the_arguments(shell: InteractiveShell):
    outcome = shell.run_line_magic("tool", "time_now timezone_name=Asia/Tokyo format=iso")
    assert "+09:00" in outcome.text


def test_a_tool_that_fails_says_what_a_model_would_read(shell: InteractiveShell):
    with pytest.raises(CellError, match="zero"):
        shell.run_line_magic("tool", "math_eval 1/0")


@pytest.mark.parametrize("line", ["math_eval 2+", "time_now timezone_name=Tokio"])
def test_an_error_that_a_tool_returns_is_shown_as_its_sentence(shell: InteractiveShell, line: str):
    with pytest.raises(CellError) as caught:
        shell.run_line_magic("tool", line)
    assert "{" not in str(caught.value)
    assert len(str(caught.value)) > 10


def test_a_deadline_is_told_in_a_sentence_with_what_to_do(shell: InteractiveShell):
    shell.run_cell("import time\n@tool(timeout_s=0.05)\ndef slow() -> str:\n    'Sleep.'\n    time.sleep(0.5)")
    with pytest.raises(CellError, match=r"slow was stopped at its deadline of 0.05 s. @tool\(timeout_s=...\)"):
        shell.run_line_magic("tool", "slow")


def test_a_tool_run_by_hand_is_traced(shell: InteractiveShell):
    shell.run_line_magic("tool", "math_eval 2+2")
    frame = shell.user_ns["traces"]()
    assert list(frame["kind"]) == ["tool"]
    assert list(frame["name"]) == ["math_eval"]


def test_a_tool_that_asks_before_it_runs_is_run_since_a_person_has_typed_the_call(shell: InteractiveShell, monkeypatch):
    monkeypatch.setenv("JUPYTER_TOOLS_SEARCH", "nobody")
    with pytest.raises(CellError, match="no search engine 'nobody'"):
        shell.run_line_magic("tool", "web_search bees")
