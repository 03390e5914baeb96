import pytest
from IPython.core.interactiveshell import InteractiveShell

from jupyter_tools.events import AgentToolResult
from jupyter_tools.loop_thread import loop_thread
from jupyter_tools.messages import ImageContent, text_of
from jupyter_tools.notebook.python_tool import run_python
from jupyter_tools.tools.decorator import as_tool

DRAW = """
from IPython.display import display
class Drawn:
    def _repr_png_(self): return b"\\x89PNG\\r\\n\\x1a\\n"
"""


def ran(code: str) -> AgentToolResult:
    return loop_thread().run(run_python(code))


def test_the_value_of_the_last_line_is_given_and_variables_stay(notebook: InteractiveShell):
    assert text_of(ran("x = 40\nx + 2").content) == "42"
    assert notebook.user_ns["x"] == 40


def test_what_is_printed_comes_before_the_value(notebook: InteractiveShell):
    assert text_of(ran("import sys\nprint('one')\nprint('two', file=sys.stderr)\n3").content) == "one\ntwo\n3"


@pytest.mark.parametrize(
    ("code", "text"), [("1 + 1;", "(the tool returned nothing)"), ("y = 1", "(the tool returned nothing)")]
)
def test_code_without_a_value_gives_nothing(notebook: InteractiveShell, code: str, text: str):
    assert text_of(ran(code).content) == text


def test_an_error_is_a_result_with_the_output_before_it_and_the_lines_of_the_code(notebook: InteractiveShell):
    result = ran("print('before')\ndef f():\n    return 1 / 0\nf()")
    text = text_of(result.content)
    assert result.is_error
    assert text.startswith("before\nTraceback")
    assert "return 1 / 0" in text
    assert "ZeroDivisionError" in text
    assert "/jupyter_tools/" not in text


@pytest.mark.parametrize("code", ["x +", "def f(:", "return 1", "'unclosed", "\x00"])
def test_code_that_is_none_is_an_error_result(notebook: InteractiveShell, code: str):
    result = ran(code)
    assert result.is_error
    assert "Error" in text_of(result.content)


@pytest.mark.parametrize("code", ["exit()", "quit()", "raise SystemExit(3)", "import sys; sys.exit()"])
def test_code_cannot_end_the_kernel(notebook: InteractiveShell, code: str):
    result = ran(code)
    assert result.is_error
    assert text_of(result.content).startswith("SystemExit")


def test_magics_and_awaiting_work(notebook: InteractiveShell):
    assert "math_eval" in text_of(ran("%tool math_eval 2+2").content)
    assert text_of(ran("import asyncio\nawait asyncio.sleep(0, 'slept')").content) == "slept"


def test_pictures_and_displayed_things_come_along(notebook: InteractiveShell):
    result = ran(DRAW + "display(Drawn())\ndisplay('text')\nNone")
    assert [block.mime_type for block in result.content if isinstance(block, ImageContent)] == ["image/png"]
    assert "'text'" in text_of(result.content)


def test_a_table_comes_as_a_table(notebook: InteractiveShell):
    result = ran("import pandas as pd\npd.DataFrame({'a': [1, 2]})")
    assert "2 rows x 1 columns" in text_of(result.content)
    assert result.details["dataframe"]["columns"] == ["a"]


def test_long_output_is_cut(notebook: InteractiveShell):
    assert "characters left out" in text_of(ran("print('x' * 100_000)").content)


def test_a_dict_with_an_error_in_it_is_a_value_and_no_failure(notebook: InteractiveShell):
    assert not ran("{'error': 'none'}").content[0].text.startswith("Traceback")


def test_it_asks_before_it_runs_and_runs_alone():
    assert as_tool(run_python).requires_approval
    assert as_tool(run_python).sequential


def test_outside_of_a_notebook_it_says_so():
    from jupyter_tools.errors import ConfigurationError

    with pytest.raises(ConfigurationError, match="works in a notebook"):
        ran("1")
