import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from jupyter_tools.notebook.cell_errors import CellError
from jupyter_tools.tools.registry import ToolRegistry
from jupyter_tools.tools.tool import AgentTool

CELL = 'def shout(text: str) -> str:\n    """Say it loudly."""\n    return text.upper()\n\ndef _quiet():\n    pass\n'


def test_functions_of_a_cell_become_tools(shell: InteractiveShell, cell, monkeypatch):
    registry = ToolRegistry()
    monkeypatch.setattr("jupyter_tools.notebook.cell_tools.default_registry", lambda: registry)
    table = shell.run_cell_magic("tool", "", CELL)
    assert [row[:2] for row in table.rows] == [("shout", "added")]
    assert [row[:2] for row in shell.run_cell_magic("tool", "", CELL).rows] == [("shout", "replaced")]
    assert isinstance(shell.user_ns["shout"], AgentTool)
    assert shell.user_ns["shout"]("hi") == "HI"
    assert shell.run_line_magic("tool", "shout hi").text == "HI"
    assert registry.get("shout").description == "Say it loudly."


def test_a_cell_without_a_function_says_so(shell: InteractiveShell):
    with pytest.raises(CellError, match="This cell defines no function"):
        shell.run_cell_magic("tool", "", "x = 1\n")


def test_a_cell_that_fails_makes_no_tool_and_shows_its_traceback(shell: InteractiveShell, monkeypatch):
    registry = ToolRegistry()
    monkeypatch.setattr("jupyter_tools.notebook.cell_tools.default_registry", lambda: registry)
    with capture_output() as captured, pytest.raises(CellError, match="no tool was made"):
        shell.run_cell_magic("tool", "", f"{CELL}\n1 / 0\n")
    assert "ZeroDivisionError" in captured.stdout + captured.stderr
    assert registry.names() == []
