"""Tab in an `%%experiment` cell."""

import pandas as pd
import pytest

from jupyter_tools import tool
from jupyter_tools.notebook.experiment_completion import columns, columns_in, data_names, scorer_names


@tool
def shout(text: str) -> str:
    """Louder."""
    return text.upper()


def brief(answer: str) -> bool:
    return len(answer) < 9


NAMESPACE = {
    "countries": pd.DataFrame({"country": ["France"], "столица": ["Paris"]}),
    "rows": [{"n": 1, "m": 2}],
    "numbers": [1, 2],
    "text": "a",
    "_hidden": [{"n": 1}],
    "shout": shout,
    "brief": brief,
    "pd": pd,
}
brief.__module__ = "__main__"  # as in a notebook


def test_data_are_frames_and_lists_of_dicts() -> None:
    assert data_names(NAMESPACE) == ["countries", "rows"]


def test_scorers_are_ours_and_the_notebooks_functions() -> None:
    offered = list(scorer_names(NAMESPACE))
    assert {"exact", "regex(", "brief"} <= set(offered)
    assert not {"shout", "pd"} & set(offered)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("%%experiment --over countries -r 2\nWhat is {{ ", ["country", "столица"]),
        ("%%experiment -r 2 --over=rows\n", ["n", "m"]),
        ("%%experiment --over nothing\n", []),
        ("%%experiment --over text\n", []),
        ("%%experiment\n--over countries", []),
    ],
)
def test_the_columns_are_those_of_the_data_on_the_first_line(cell: str, found: list[str]) -> None:
    assert columns_in(cell, NAMESPACE) == found


@pytest.mark.parametrize("data", [None, [], 3, "abc", {"a": 1}])
def test_what_is_no_data_has_no_columns(data: object) -> None:
    assert columns(data) == []
