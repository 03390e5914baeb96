"""The data of an experiment: rows of a DataFrame, or dicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias, cast

from jupyter_tools.errors import ConfigurationError

Row: TypeAlias = Mapping[str, Any]


def rows_of(data: Any) -> list[Row]:
    """The rows as dicts of plain values; one empty row if there are no data.

    Args:
        data: A DataFrame, a Series, dicts, or None.

    Raises:
        ConfigurationError: If it is something else, has no rows, or two columns of one name.
    """
    if data is None:
        return [{}]
    rows = _from_pandas(data) if hasattr(data, "to_dict") else _from_dicts(data)
    if not rows:
        raise ConfigurationError("The data have no rows: there is nothing to ask.")
    return rows


def columns_of(rows: Iterable[Row]) -> tuple[str, ...]:
    """The names of all columns, each once, in order."""
    return tuple(dict.fromkeys(name for row in rows for name in row))


def _from_pandas(data: Any) -> list[Row]:
    frame = data.to_frame() if hasattr(data, "to_frame") else data
    names = [str(name) for name in frame.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigurationError(f"The data have two columns of the name {twice[0]!r}. Rename one.")
    records: list[dict[Any, Any]] = frame.to_dict("records")
    return [dict(zip(names, record.values(), strict=True)) for record in records]


def _from_dicts(data: Any) -> list[Row]:
    if isinstance(data, Mapping | str) or not isinstance(data, Iterable):
        raise ConfigurationError("data is a DataFrame or a list of dicts, one for each row.")
    rows = list(cast("Iterable[Any]", data))
    for number, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise ConfigurationError(f"data[{number}] is {row!r:.40} and no dict.")
    names = columns_of(rows)
    return [{str(name): row.get(name) for name in names} for row in rows]
