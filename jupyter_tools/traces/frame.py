"""`traces()`: the recorded spans as a pandas DataFrame. Each column has its dtype, also when there is nothing in it."""

from __future__ import annotations

import inspect
import sqlite3
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.traces.columns import COLUMNS, Column, columns_text
from jupyter_tools.traces.contents import Contents
from jupyter_tools.traces.location import default_store
from jupyter_tools.traces.query import Since, SpanQuery, parse_since
from jupyter_tools.traces.store import TraceStore

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

# At most twenty each: a notebook shows so many side by side.
_TOOL_COLUMNS = (
    *("name", "status", "duration_ms", "input", "output", "error", "turn", "queue_ms", "started", "run_id"),
    *("span_id", "parent_id", "tool_call_id", "cell_id", "args", "result", "details"),
)
_MODEL_COLUMNS = (
    *("name", "status", "duration_ms", "first_token_ms", "input", "output", "error", "turn", "input_tokens"),
    *("output_tokens", "reasoning_tokens", "cached_tokens", "attempt", "stop_reason", "provider", "started", "run_id"),
    *("span_id", "messages", "result"),
)
_RUN_COLUMNS = (
    *("model", "status", "duration_ms", "input", "output", "error", "input_tokens", "output_tokens", "stop_reason"),
    *(
        "provider",
        "started",
        "run_id",
        "experiment",
        "variant",
        "repeat",
        "cell_id",
        "parameters",
        "messages",
        "result",
    ),
    "provenance",
)


class Traces:
    """What happened, as a DataFrame: `traces()` has one row for each run, turn, model call and tool call, newest last.

    traces()                        all of this kernel
    traces(run=-1)                  the last run; run="..." the run with that id
    traces(kind="tool", last=20)    the last 20 tool calls
    traces(since="10:30")           since half past ten
    traces(all=True)                every kernel and earlier day in the file
    traces(where="duration_ms > 1000 AND status = 'ok'")
    traces.tools(), traces.models(), traces.runs()    one kind, with the columns that matter for it
    """

    def __init__(self, store: Callable[[], TraceStore] = default_store) -> None:
        self._store = store

    def __call__(
        self,
        *,
        all: bool = False,  # reads best: traces(all=True)
        run: str | int | None = None,
        kind: str | tuple[str, ...] | None = None,
        last: int | None = None,
        since: Since | None = None,
        where: str | None = None,
    ) -> pd.DataFrame:
        """The spans as a DataFrame, newest last.

        Args:
            all: Also those of other kernels and earlier days in the same file.
            run: Only of the run with this id; -1 is the last run, -2 the one before.
            kind: Only "agent" (whole runs), "turn", "model" or "tool", or a tuple of these.
            last: Only so many, the newest.
            since: Only those begun since: "10:30", "2026-11-21 10:30", a datetime, or a timedelta back from now.
            where: A condition in SQL over the columns; there, times are microseconds since 1970.

        Raises:
            TraceStoreError: If the file cannot be read.
            ConfigurationError: If an argument makes no sense.
        """
        return self._read(COLUMNS, all=all, run=run, kind=kind, last=last, since=since, where=where)

    def tools(self, **choice: Any) -> pd.DataFrame:
        """The tool calls, with the columns that matter for them. Arguments as for `traces()`."""
        return self._read(_columns(_TOOL_COLUMNS), kind="tool", **choice)

    def models(self, **choice: Any) -> pd.DataFrame:
        """The model calls, with the columns that matter for them. Arguments as for `traces()`."""
        return self._read(_columns(_MODEL_COLUMNS), kind="model", **choice)

    def runs(self, **choice: Any) -> pd.DataFrame:
        """The runs, with the columns that matter for them. Arguments as for `traces()`."""
        return self._read(_columns(_RUN_COLUMNS), kind="agent", **choice)

    def __repr__(self) -> str:
        return "<traces: call it, traces(), for a DataFrame; traces? tells more>"

    def _read(
        self,
        columns: Sequence[Column],
        *,
        all: bool = False,
        since: Since | None = None,
        **choice: Any,
    ) -> pd.DataFrame:
        store = self._store()
        query = SpanQuery(session_id=None if all else store.session_id, since=parse_since(since), **choice)
        sql, parameters = query.sql(tuple(column.name for column in columns))
        with store.reading() as connection:
            rows = _fetch(connection, sql, parameters, query.where)
            return _frame(columns, rows, Contents(connection))


Traces.__doc__ = f"{inspect.cleandoc(Traces.__doc__ or '')}\n\nColumns:\n\n{columns_text()}\n"

traces = Traces()


def _columns(names: Sequence[str]) -> list[Column]:
    by_name = {column.name: column for column in COLUMNS}
    return [by_name[name] for name in names]


def _fetch(connection: sqlite3.Connection, sql: str, parameters: list[Any], where: str | None) -> list[tuple[Any, ...]]:
    try:
        rows = connection.execute(sql, parameters).fetchall()
    except (sqlite3.OperationalError, sqlite3.Warning) as error:
        if where is None:
            raise
        raise ConfigurationError(
            f"where={where!r} is no SQL condition over the columns of traces(): {error}."
        ) from error
    rows.reverse()
    return rows


def _frame(columns: Sequence[Column], rows: Sequence[tuple[Any, ...]], contents: Contents) -> pd.DataFrame:
    import pandas as pd  # heavy, and only needed once somebody looks

    values = zip(*rows, strict=True) if rows else ((),) * len(columns)
    data = {column.name: _series(column, cells, contents) for column, cells in zip(columns, values, strict=True)}
    return pd.DataFrame(data)


def _series(column: Column, cells: Sequence[Any], contents: Contents) -> pd.Series:
    import pandas as pd

    match column.dtype:
        case "object":
            return pd.Series(contents.values(column.name, cells), dtype="object")
        case "datetime64[us, UTC]":
            return pd.Series(_moments(cells)).dt.tz_localize("UTC")
        case "boolean":
            return pd.Series([None if cell is None else bool(cell) for cell in cells], dtype="boolean")
        case dtype:
            return pd.Series(cells, dtype=dtype)


def _moments(microseconds: Sequence[int | None]) -> np.ndarray:
    import numpy as np

    missing = np.iinfo("int64").min  # what NumPy takes for "not a time"
    numbers = [missing if number is None else number for number in microseconds]
    return np.array(numbers, dtype="int64").view("datetime64[us]")
