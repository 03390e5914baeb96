"""A DataFrame in a few thousand characters: shape, columns, first rows, statistics."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pandas import DataFrame

_MAX_COLUMNS = 60  # that are listed
_MAX_SHOWN_COLUMNS = 15  # of the first rows and the statistics
_MAX_CELLS = 5_000_000  # more are not counted: statistics come from a sample
_SAMPLE_ROWS = 100_000
_CELL_WIDTH = 60


def summary_of(frame: DataFrame, name: str, *, rows: int = 5) -> str:
    """The summary, for a model. The frame is not changed.

    Args:
        frame: What to describe.
        name: What it is called.
        rows: How many of its first rows to show.
    """
    length, width = frame.shape
    head = f"{name}: DataFrame, {length:,} rows x {width:,} columns, {_index(frame)}"
    looked_at, note = _looked_at(frame)
    shown = looked_at.iloc[:, :_MAX_SHOWN_COLUMNS]
    sections = [head, f"Columns{note}:\n{_columns(looked_at)}"]
    if rows and length:
        sections.append(f"First rows:\n{_text(frame.iloc[:rows, :_MAX_SHOWN_COLUMNS])}")
    if length and width:
        sections.append(f"Statistics{note}:\n{_statistics(shown)}")
    if width > _MAX_SHOWN_COLUMNS:
        sections.append(f"(Rows and statistics are those of the first {_MAX_SHOWN_COLUMNS} columns.)")
    return "\n\n".join(sections)


def _index(frame: DataFrame) -> str:
    names = [str(name) for name in frame.index.names if name is not None]
    return f"index {type(frame.index).__name__}" + (f" named {', '.join(names)}" if names else "")


def _looked_at(frame: DataFrame) -> tuple[DataFrame, str]:
    if frame.size <= _MAX_CELLS or len(frame) <= _SAMPLE_ROWS:
        return frame, ""
    return frame.sample(_SAMPLE_ROWS, random_state=0), f" (of {_SAMPLE_ROWS:,} rows drawn at random)"


def _columns(frame: DataFrame) -> str:
    lines = [_column(frame, place) for place in range(min(frame.shape[1], _MAX_COLUMNS))]
    left_out = frame.shape[1] - len(lines)
    return "\n".join([*lines, *([f"- ... and {left_out:,} more"] if left_out else [])]) or "none"


def _column(frame: DataFrame, place: int) -> str:
    column = frame.iloc[:, place]  # by place: names may be there twice
    missing = int(column.isna().sum())
    return f"- {frame.columns[place]}: {column.dtype}" + (f", {missing:,} missing" if missing else "")


def _statistics(frame: DataFrame) -> str:
    numbers = frame.select_dtypes("number")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of infinities, which the table shows
        return _text((numbers if numbers.shape[1] else _hashable(frame)).describe())


def _hashable(frame: DataFrame) -> DataFrame:
    """With lists and dicts as text: pandas cannot count them."""
    return frame.map(lambda value: value if value is None or isinstance(value, int | float | bool) else str(value))


def _text(frame: Any) -> str:
    return frame.to_string(max_colwidth=_CELL_WIDTH, line_width=None, float_format=lambda x: f"{x:g}")
