"""`%%experiment` in a shell of this process, which has no page."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from jupyter_tools.notebook.cell_errors import CellError
from jupyter_tools.providers.scripted import register_script

RunCell = Callable[..., Any]
ROWS = [{"country": "France", "expected": "Paris"}, {"country": "Italy", "expected": "Rome"}]


@pytest.fixture
def run(shell: InteractiveShell) -> RunCell:
    register_script("echo", [lambda request: [request.messages[-1].content[0].text]])  # pyright: ignore[reportAttributeAccessIssue]
    shell.user_ns |= {"rows": ROWS, "frame": pd.DataFrame(ROWS), "greeting": "Hello {{ country }}", "n": 3}

    def run_cell(line: str, text: str = "{{ country }}") -> Any:
        with capture_output():
            return shell.run_cell_magic("experiment", f"-m scripted:echo {line}", text)

    return run_cell


@pytest.mark.parametrize("name", ["rows", "frame"])
def test_the_rows_come_from_a_variable(run: RunCell, name: str) -> None:
    assert list(run(f"--over {name}")["answer"]) == ["France", "Italy"]


def test_other_expressions_come_from_the_notebook_and_are_not_filled_again(run: RunCell) -> None:
    frame = run("--over rows", "{{ greeting }} {{ n + 1 }} {{ country }}")
    assert list(frame["answer"]) == ["Hello {{ country }} 4 France", "Hello {{ country }} 4 Italy"]


def test_without_rows_the_cell_is_asked_once(run: RunCell) -> None:
    assert list(run("-r 2", "Hi {{ n }}")["answer"]) == ["Hi 3", "Hi 3"]


def test_options_make_variants(run: RunCell) -> None:
    frame = run("--over rows -p temperature=[0,1] -p seed=5 -t none -t math_eval -s short -s long")
    assert frame.groupby(["temperature", "tools", "system"]).ngroups == 8
    assert set(frame["seed"]) == {5}


def test_scorers_are_named_or_written(run: RunCell, shell: InteractiveShell) -> None:
    shell.user_ns["length"] = lambda answer: len(answer)
    frame = run("--over rows --score exact --score \"regex('^F')\" --score length")
    assert list(frame["score_regex"]) == [1, 0]
    assert [name for name in frame if name.startswith("score_")] == [
        *("score_exact", "score_regex", "score_function", "score_problems"),
    ]


def test_a_variable_takes_the_frame(run: RunCell, shell: InteractiveShell) -> None:
    assert run("--over rows -o result") is None
    assert len(shell.user_ns["result"]) == 2


@pytest.mark.parametrize(
    ("line", "text", "words"),
    [
        ("--over row", "x", "Did you mean 'rows'"),
        ("--over rows", "{{ contry }}", "Did you mean 'country'"),
        ("--over n", "x", "list of dicts"),
        ("--over rows", " ", "There is no prompt"),
        ("--score exactly", "x", "Did you mean 'exact'"),
        ("--score regex(", "x", "is not a Python expression"),
        ('--score exact("capital")', "x", """no variable 'capital'.*--score 'exact\\("capital"\\)'"""),
        (r'--score regex(r"\d{4}")', "x", "not a Python expression.*takes quotation marks off"),
        ("-p temperature", "x", "takes KEY=VALUE"),
        ("-o 1x", "x", "name of a variable"),
        ("-o class", "x", "name of a variable"),
        ("--repeets 3", "x", "Did you mean '--repeats'"),
        ("--executor client", "x", "There is no variable 'client'"),
        ("-t math_evl", "x", "Did you mean 'math_eval'"),
        ("-r 2000", "x", "--yes"),
    ],
)
def test_a_mistake_is_one_sentence(run: RunCell, line: str, text: str, words: str) -> None:
    with pytest.raises(CellError, match=words):
        run(line, text)


def test_the_options_are_explained(shell: InteractiveShell) -> None:
    """`jupyter_tools.notebook.experiment_line` reads what `jupyter_tools.notebook.experiment_magics` offers."""
    magic = shell.find_cell_magic("experiment")
    assert magic is not None
    assert "--over" in (magic.__doc__ or "")
