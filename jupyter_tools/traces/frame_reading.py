"""A query's rows as a DataFrame, column by column: a million rows are too many for a tuple each."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jupyter_tools.traces.columns import COLUMNS, CONTEXT_NAMES, DERIVED_NAMES, Column
from jupyter_tools.traces.contents import Contents
from jupyter_tools.traces.query import SpanQuery, explained
from jupyter_tools.traces.store import TraceStore

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

LAZY_ABOVE = 1000  # rows; the contents of more are fetched when they are touched
_ROWS_A_CHUNK = 20_000
_SEQS_A_QUERY = 500
_DTYPES = {column.name: column.dtype for column in COLUMNS}
_CONTEXT_CONTENTS = tuple(name for name in CONTEXT_NAMES if _DTYPES[name] == "object")


def read_frame(store: TraceStore, columns: Sequence[Column], query: SpanQuery, *, lazy: bool = True) -> pd.DataFrame:
    """The chosen columns of the spans of a query, oldest first.

    Args:
        store: Where they are.
        columns: The columns.
        query: Which spans.
        lazy: Whether the contents of many rows may wait until they are touched; not if the store is about to go.
    """
    import pandas as pd  # heavy, and only needed once somebody looks

    with store.reading() as connection:
        plain, seqs, contexts = _read_plain(connection, [column.name for column in columns], query)
        shared = _read_contexts(connection, contexts, [column.name for column in columns])
        contents = [c.name for c in columns if c.dtype == "object" and c.name not in CONTEXT_NAMES]
        fetched = {} if lazy and len(seqs) > LAZY_ABOVE else _fetched(connection, contents, seqs)
    whole = {name: fetched.get(name) for name in contents}
    lazily = {name: _lazy(store, name, seqs) for name, values in whole.items() if values is None}
    data = plain | shared | whole | lazily
    return pd.DataFrame({column.name: data[column.name] for column in columns}, copy=False)


def _read_plain(
    connection: sqlite3.Connection, wanted: Sequence[str], query: SpanQuery
) -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
    """The columns that spans have themselves, and the numbers of their rows and contexts."""
    names = [n for n in wanted if _DTYPES[n] != "object" and n not in CONTEXT_NAMES + DERIVED_NAMES]
    timed = [name for name in ("started", "duration_ms") if "ended" in wanted and name not in names]
    chunks = {name: _Chunks(_DTYPES.get(name, "Int64")) for name in ("seq", "context", *names, *timed)}
    with explained(query.where):
        cursor = connection.execute(*query.sql(tuple(chunks)))
        while rows := cursor.fetchmany(_ROWS_A_CHUNK):
            for chunk, cells in zip(chunks.values(), zip(*rows, strict=True), strict=True):
                chunk.add(cells)
    numbers = {name: chunks.pop(name).numbers()[::-1] for name in ("seq", "context")}
    ended = _ended(chunks["started"].numbers(), chunks["duration_ms"].numbers()) if "ended" in wanted else None
    data = {name: chunks[name].array()[::-1] for name in names}
    if ended is not None:
        data["ended"] = ended[::-1]
    return data, numbers["seq"].astype("int64"), numbers["context"]


def _ended(started: np.ndarray, duration_ms: np.ndarray) -> Any:
    import numpy as np

    return _moments(started + np.rint(duration_ms * 1000))


class _Chunks:
    """The cells of one column, taken up piece by piece."""

    def __init__(self, dtype: str) -> None:
        self._dtype = dtype
        self._pieces: list[Any] = []
        self._length = 0
        self._same: dict[Any, Any] = {}

    def add(self, cells: tuple[Any, ...]) -> None:
        """More cells."""
        import numpy as np

        self._length += len(cells)
        if cells.count(None) == len(cells):
            self._pieces.append(len(cells))
        elif self._dtype != "string":
            self._pieces.append(np.array(cells, dtype="float64"))  # exact up to 2**53
        elif 2 * len(set(cells)) > len(cells):
            self._pieces.append(cells)
        else:  # SQLite makes a new text of each: keep one of each
            self._pieces.append([self._same.setdefault(cell, cell) for cell in cells])

    def numbers(self) -> np.ndarray:
        """All as floats, NaN where there is nothing."""
        import numpy as np

        pieces = [np.full(piece, np.nan) if isinstance(piece, int) else piece for piece in self._pieces]
        return np.concatenate(pieces) if pieces else np.empty(0)

    def array(self) -> Any:
        """All as an array of the column's dtype."""
        import pandas as pd

        if all(isinstance(piece, int) for piece in self._pieces) and not self._dtype.startswith("datetime"):
            return pd.array([None], dtype=self._dtype).repeat(self._length)
        if self._dtype == "string":
            return pd.array(self._texts(), dtype="string")
        return _typed(self.numbers(), self._dtype)

    def _texts(self) -> np.ndarray:
        import numpy as np

        texts = np.empty(self._length, dtype=object)
        start = 0
        for piece in self._pieces:
            count = piece if isinstance(piece, int) else len(piece)
            texts[start : start + count] = None if isinstance(piece, int) else piece
            start += count
        self._pieces.clear()
        return texts


def _typed(numbers: np.ndarray, dtype: str) -> Any:
    import numpy as np
    import pandas as pd

    if dtype.startswith("datetime"):
        return _moments(numbers)
    missing = np.isnan(numbers)
    if dtype == "Float64":
        return pd.arrays.FloatingArray(numbers, missing)
    whole = np.where(missing, 0, numbers)
    if dtype == "boolean":
        return pd.arrays.BooleanArray(whole.astype(bool), missing)
    return pd.arrays.IntegerArray(whole.astype("int64"), missing)


def _moments(microseconds: np.ndarray) -> Any:
    import numpy as np
    import pandas as pd

    missing = np.iinfo("int64").min  # what NumPy takes for "not a time"
    numbers = np.where(np.isnan(microseconds), missing, np.nan_to_num(microseconds).astype("int64"))
    return pd.DatetimeIndex(numbers.view("datetime64[us]")).tz_localize("UTC").array


def _read_contexts(connection: sqlite3.Connection, contexts: np.ndarray, wanted: Sequence[str]) -> dict[str, Any]:
    """What spans share: made once for each context, and then told to all its spans."""
    import numpy as np
    import pandas as pd

    names = [name for name in CONTEXT_NAMES if name in wanted]
    keys, places = np.unique(contexts, return_inverse=True)  # NaN, the last one, is of spans without a context
    known = {row[0]: row[1:] for row in _rows_of(connection, "contexts", "context", names, keys[~np.isnan(keys)])}
    rows = [known.get(key, (None,) * len(names)) for key in keys.tolist()]
    cells = zip(*rows, strict=True) if rows else ((),) * len(names)
    data: dict[str, Any] = {}
    for name, column in zip(names, cells, strict=True):
        if name in _CONTEXT_CONTENTS:
            values = _objects(Contents(connection).values(name, column))
        else:
            values = pd.Series(list(column), dtype=_DTYPES[name])
        data[name] = values.take(places).reset_index(drop=True)
    return data


def _rows_of(
    connection: sqlite3.Connection, table: str, key: str, names: Sequence[str], numbers: np.ndarray
) -> list[tuple[Any, ...]]:
    """The rows with these keys."""
    rows: list[tuple[Any, ...]] = []
    wanted = [int(number) for number in numbers]
    for start in range(0, len(wanted), _SEQS_A_QUERY):
        some = wanted[start : start + _SEQS_A_QUERY]
        marks = ", ".join("?" * len(some))
        rows += connection.execute(f"SELECT {', '.join([key, *names])} FROM {table} WHERE {key} IN ({marks})", some)
    return rows


def _fetched(connection: sqlite3.Connection, names: Sequence[str], seqs: np.ndarray) -> dict[str, Any]:
    """The contents of these rows; None for those that are gone."""
    contents, nothing = Contents(connection), (None,) * len(names)
    known = {row[0]: row[1:] for row in _rows_of(connection, "span_rows", "seq", names, seqs)}
    rows = [known.get(seq, nothing) for seq in seqs.tolist()]
    cells = zip(*rows, strict=True) if rows else ((),) * len(names)
    data: dict[str, Any] = {}
    for name, column in zip(names, cells, strict=True):
        data[name] = _objects(contents.values(name, column))
    return data


def _objects(values: list[Any]) -> Any:
    """The values themselves: pandas would make texts of texts, and arrays of lists."""
    import numpy as np
    import pandas as pd

    array = np.empty(len(values), dtype=object)
    array[:] = values
    return pd.Series(array, dtype="object")


def _lazy(store: TraceStore, name: str, seqs: np.ndarray) -> Any:
    from jupyter_tools.traces.lazy_contents import LazyContents

    return LazyContents(seqs, _fetcher(store, name))


def _fetcher(store: TraceStore, name: str) -> Callable[[np.ndarray], list[Any]]:
    def fetch(seqs: np.ndarray) -> list[Any]:
        with store.reading() as connection:
            values: Mapping[str, Any] = _fetched(connection, [name], seqs)
        return list(values[name])

    return fetch
