"""The data of an experiment."""

import pandas as pd
import pytest

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.experiments.data import columns_of, rows_of


def test_a_frame_and_a_list_of_dicts_are_the_same() -> None:
    rows = [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]
    assert rows_of(pd.DataFrame(rows)) == rows_of(rows) == rows


def test_a_series_is_a_frame_of_one_column() -> None:
    assert rows_of(pd.Series(["x", "y"], name="q")) == [{"q": "x"}, {"q": "y"}]


def test_a_column_that_some_rows_lack_is_missing_there() -> None:
    assert rows_of([{"a": 1}, {"b": 2}]) == [{"a": 1, "b": None}, {"a": None, "b": 2}]
    assert columns_of(rows_of([{"a": 1}, {"b": 2}])) == ("a", "b")


def test_without_data_there_is_one_row() -> None:
    assert rows_of(None) == [{}]


def test_two_columns_of_one_name_are_an_error() -> None:
    with pytest.raises(ConfigurationError, match="two columns of the name 'a'"):
        rows_of(pd.DataFrame([[1, 2]], columns=["a", "a"]))
