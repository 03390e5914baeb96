import numpy as np
import pandas as pd
import pytest

from jupyter_tools.notebook.frame_summary import summary_of

ODD = {
    "no rows": pd.DataFrame({"a": []}),
    "no columns": pd.DataFrame(index=range(3)),
    "nothing": pd.DataFrame(),
    "lists": pd.DataFrame({"a": [[1], {"b": 2}]}),
    "same names": pd.DataFrame([[1, "x"], [2, "y"]], columns=["a", "a"]),
    "several levels": pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")])),
    "times": pd.DataFrame({"t": pd.date_range("2026-01-01", periods=3)}),
    "categories": pd.DataFrame({"c": pd.Categorical(["x", "y", "x"])}),
    "missing": pd.DataFrame({"a": [None, None], "b": [np.nan, np.inf]}),
    "Cyrillic": pd.DataFrame({"масса": [1.0, 2.0]}),
    "named index": pd.DataFrame({"a": [1]}, index=pd.Index(["x"], name="who")),
}


@pytest.mark.parametrize("kind", ODD)
def test_every_kind_of_frame_is_described_and_left_as_it_was(kind: str):
    frame, before = ODD[kind], ODD[kind].copy(deep=True)
    assert summary_of(frame, "df").startswith("df: DataFrame, ")
    pd.testing.assert_frame_equal(frame, before)


def test_columns_are_told_with_their_types_and_missing_values():
    text = summary_of(pd.DataFrame({"a": [1, None], "b": ["x", "y"]}), "df")
    assert "- a: float64, 1 missing" in text
    assert "mean" in text


def test_a_wide_frame_stays_short():
    frame = pd.DataFrame(np.zeros((5, 3000)))
    text = summary_of(frame, "wide")
    assert len(text) < 10_000
    assert "... and 2,940 more" in text


def test_long_cells_are_cut():
    assert len(summary_of(pd.DataFrame({"a": ["x" * 100_000]}), "df")) < 2000


def test_of_a_huge_frame_a_sample_is_looked_at():
    frame = pd.DataFrame(np.zeros((200_000, 30)))
    assert "of 100,000 rows drawn at random" in summary_of(frame, "df")


def test_no_rows_are_shown_if_none_are_wanted():
    assert "First rows" not in summary_of(pd.DataFrame({"a": [1]}), "df", rows=0)
