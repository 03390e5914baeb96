import pytest

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.notebook.line_rules import check_cell, check_line
from jupyter_tools.notebook.magics import AgentMagics
from jupyter_tools.notebook.options import parse_line


@pytest.mark.parametrize("line", ["", "-o reply", "-o ответ", "--background --new"])
def test_a_cell_may_have_these(line: str):
    check_cell(parse_line(AgentMagics.agent, line))


@pytest.mark.parametrize("line", ["hello", "-o 1x", "-o class", "-o a.b", "--models", "--login openai"])
def test_a_cell_may_not_have_these(line: str):
    with pytest.raises(ConfigurationError):
        check_cell(parse_line(AgentMagics.agent, line))


@pytest.mark.parametrize("line", ["", "--model x --new", "--models"])
def test_a_line_may_have_these(line: str):
    check_line(parse_line(AgentMagics.agent, line))


@pytest.mark.parametrize("line", ["--new word", "-o reply", "--background", "--record tape.jsonl"])
def test_a_line_may_not_have_these(line: str):
    with pytest.raises(ConfigurationError):
        check_line(parse_line(AgentMagics.agent, line))
