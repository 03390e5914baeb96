import json

import pandas as pd
import pytest

from jupyter_tools.tools.results import to_result
from jupyter_tools.tools.tables import table_of


def test_a_small_frame_is_shown_whole():
    table = table_of(pd.DataFrame({"город": ["Казань", "Уфа"], "n": [1, 2]}))
    assert table.text == "2 rows x 2 columns\n,город,n\n0,Казань,1\n1,Уфа,2"
    assert table.details == {
        "dataframe": {"columns": ["город", "n"], "index": [0, 1], "data": [["Казань", 1], ["Уфа", 2]]}
    }


def test_a_long_frame_is_shortened_for_the_model_and_whole_in_the_details():
    result = to_result(pd.DataFrame({"n": range(10_000)}))
    [block] = result.content
    assert block.text.startswith("10,000 rows x 1 columns, the first and last 15 rows shown")
    assert len(block.text.splitlines()) == 33
    assert block.text.endswith("9999,9999")
    assert len(result.details["dataframe"]["data"]) == 10_000


def test_a_wide_frame_is_shortened_too():
    table = table_of(pd.DataFrame([range(500)]))
    assert "the first 40 columns shown" in table.text
    assert len(table.text) < 1000


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame(),
        pd.DataFrame([[1, 2]], columns=["a", "a"]),
        pd.DataFrame({"when": pd.to_datetime(["2024-01-01"]), "what": [object()]}),
        pd.DataFrame({"x": [float("nan"), float("inf")]}),
        pd.DataFrame({("a", "b"): [1]}),
    ],
)
def test_odd_frames_become_json_as_well(frame):
    table = table_of(frame)
    assert json.dumps(table.details, allow_nan=False)


def test_a_series_is_a_table_of_one_column():
    assert table_of(pd.Series([1, 2], name="n")).text == "2 rows x 1 columns\n,n\n0,1\n1,2"


@pytest.mark.parametrize("value", [5, "text", [1], {"a": 1}, pd.Timestamp("2024-01-01"), pd.Index([1])])
def test_other_values_are_no_tables(value):
    assert table_of(value) is None
