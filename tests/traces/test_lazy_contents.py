import pickle

import numpy as np
import pandas as pd
import pytest

from jupyter_tools.traces.lazy_contents import LazyContents

VALUES = [{"x": 1}, None, [1, 2], "text", 4]


class Shelf:
    """Where the values are, and what was fetched."""

    def __init__(self) -> None:
        self.fetched: list[list[int]] = []

    def fetch(self, seqs: np.ndarray) -> list:
        self.fetched.append(seqs.tolist())
        return [VALUES[seq] if seq >= 0 else None for seq in seqs]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def column(shelf: Shelf) -> pd.Series:
    return pd.Series(LazyContents(np.arange(5), shelf.fetch))


def test_nothing_is_fetched_until_it_is_touched(shelf: Shelf, column: pd.Series) -> None:
    frame = pd.DataFrame({"number": range(5), "args": column})
    part = frame[frame.number > 2].sort_values("number", ascending=False).copy()
    assert shelf.fetched == []
    assert part.args.tolist() == [4, "text"]
    assert shelf.fetched == [[4, 3]]


def test_one_value_fetches_one_row(shelf: Shelf, column: pd.Series) -> None:
    assert column.iloc[2] == [1, 2]
    assert column.iloc[-1] == 4
    assert shelf.fetched == [[2], [4]]


def test_all_values_are_fetched_once(shelf: Shelf, column: pd.Series) -> None:
    assert column.tolist() == VALUES
    assert [value for value in column] == VALUES  # noqa: C416  # iterating is what is tested
    assert column.map(type).tolist() == [type(value) for value in VALUES]
    assert len(shelf.fetched) == 1


def test_a_printed_frame_fetches_what_it_shows(shelf: Shelf) -> None:
    frame = pd.DataFrame({"args": LazyContents(np.arange(100_000) % 5, shelf.fetch)})
    assert "text" in repr(frame)
    assert sum(map(len, shelf.fetched)) < 100


def test_missing_values_are_known(column: pd.Series) -> None:
    assert column.isna().tolist() == [False, True, False, False, False]
    assert column.dropna().tolist() == [VALUES[0], *VALUES[2:]]


def test_it_can_be_joined_reindexed_and_made_plain(column: pd.Series) -> None:
    assert pd.concat([column, column]).tolist() == VALUES * 2
    assert column.reindex([4, 9]).tolist() == [4, None]
    assert column.astype(object).dtype == object
    assert column.astype(object).tolist() == VALUES
    frame = pd.DataFrame({"key": [1], "args": column.iloc[:1]}).merge(pd.DataFrame({"key": [1, 2]}), how="right")
    assert frame.args.tolist()[0] == {"x": 1}


def test_a_value_may_be_replaced(column: pd.Series) -> None:
    column = column.copy()
    column.iloc[0] = "new"
    assert column.tolist() == ["new", *VALUES[1:]]


def test_a_pickle_holds_the_values(column: pd.Series) -> None:
    assert pickle.loads(pickle.dumps(column)).tolist() == VALUES


def test_values_are_compared(column: pd.Series) -> None:
    assert (column == "text").tolist() == [False, False, False, True, False]
