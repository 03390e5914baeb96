import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.loop_thread import loop_thread
from jupyter_tools.notebook.variable_tools import MAX_TEXT, describe_dataframe, inspect_variable


def inspected(name: str = "") -> str:
    return loop_thread().run(inspect_variable(name))


def described(name: str, rows: int = 5) -> str:
    return loop_thread().run(describe_dataframe(name, rows))


@pytest.fixture
def variables(notebook: InteractiveShell) -> dict:
    def add(a: int, b: int = 2) -> int:
        "Adds."
        return a + b

    made = {"numbers": [1, 2, 3], "add": add, "text": "Привет", "frame": pd.DataFrame({"a": [1, 2], "b": ["x", None]})}
    notebook.push({**made, "huge": list(range(10**6)), "long": "x" * 10**6, "api_key": "abcdefgh12345678"})
    return made


def test_type_size_and_value_are_told(variables):
    assert inspected("numbers") == "numbers: list, 3 items\nnumbers = [1, 2, 3]"
    assert "text = 'Привет'" in inspected("text")


def test_a_function_tells_what_it_takes(variables):
    assert "add(a: int, b: int = 2) -> int\nAdds." in inspected("add")


@pytest.mark.parametrize("name", ["huge", "long"])
def test_however_large_a_value_is_the_answer_is_short(variables, name: str):
    assert len(inspected(name)) < MAX_TEXT


def test_without_a_name_the_variables_are_listed(variables):
    lines = inspected().splitlines()
    assert "numbers: list, 3 items" in lines
    assert not any(line.startswith(("_", "In:", "Out:", "exit:")) for line in lines)


def test_what_looks_like_a_key_is_blotted_out(variables):
    assert "abcdefgh" not in inspected("api_key")


def test_a_variable_that_is_not_there_is_an_error_with_the_nearest(variables):
    with pytest.raises(UnknownNameError, match="Did you mean 'numbers'"):
        inspected("number")


def test_an_object_whose_repr_fails_is_still_described(notebook: InteractiveShell):
    class Broken:
        def __repr__(self):
            raise ValueError("no")

    notebook.push({"broken": Broken()})
    assert "Broken instance at" in inspected("broken")


def test_a_frame_is_described(variables):
    text = described("frame")
    assert "2 rows x 2 columns" in text
    assert "1 missing" in text
    assert "Statistics" in text


def test_what_is_no_frame_is_refused(variables):
    with pytest.raises(ConfigurationError, match="no DataFrame but list"):
        described("numbers")


@pytest.mark.parametrize("rows", [-1, 0, 10**9])
def test_any_number_of_rows_is_brought_within_bounds(variables, rows: int):
    assert ("First rows" in described("frame", rows)) == (rows > 0)
