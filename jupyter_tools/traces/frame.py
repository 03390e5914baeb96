"""`traces()`: the recorded spans as a pandas DataFrame. Each column has its dtype, also when there is nothing in it.

%load_ext imports this module, so what reads, draws and stores is imported when it is first asked for.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_tools.traces.columns import COLUMN_NAMES, COLUMNS, Column, columns_text
from jupyter_tools.traces.query import Since, SpanQuery, explained, parse_since

if TYPE_CHECKING:
    import pandas as pd

    from jupyter_tools.traces.store import TraceStore

# Of many columns a notebook shows the first ten and the last ten: what may be left out stands in the middle.
_TOOL_COLUMNS = (
    *("name", "status", "duration_ms", "input", "output", "error", "error_type", "turn", "queue_ms", "kind"),
    *("started", "run_id", "span_id", "parent_id", "tool_call_id", "cell_id", "args", "result", "details"),
)
_MODEL_COLUMNS = (
    *("name", "status", "duration_ms", "first_token_ms", "input", "output", "error", "turn", "input_tokens"),
    *("output_tokens", "reasoning_tokens", "cached_tokens", "error_type", "attempt", "kind", "cost", "stop_reason"),
    *("model", "provider", "started", "run_id", "span_id", "parent_id", "messages", "result"),
)
_RUN_COLUMNS = (
    *("model", "status", "duration_ms", "input", "output", "error", "input_tokens", "output_tokens", "cost"),
    *(
        "stop_reason",
        "provider",
        "error_type",
        "kind",
        "name",
        "reasoning_tokens",
        "cached_tokens",
        "started",
        "run_id",
    ),
    *("span_id", "experiment", "variant", "repeat", "cell_id", "parameters", "messages", "result", "provenance"),
)


def _default_store() -> TraceStore:
    from jupyter_tools.traces.location import default_store

    return default_store()


class Traces:
    """What happened, as a DataFrame: `traces()` has one row for each run, turn, model call and tool call, newest last.

    traces()                        all of this kernel
    traces(run=-1)                  the last run; run="..." the run with that id
    traces(kind="tool", last=20)    the last 20 tool calls
    traces(since="10:30")           since half past ten
    traces(all=True)                every kernel and earlier day in the file
    traces(where="duration_ms > 1000 AND status = 'ok'")
    traces(expand="args")           each argument in a column of its own: args.city, args.day
    traces.tools(), traces.models(), traces.runs()    one kind, with the columns that matter for it
    traces.export("run.jsonl", run=-1)                to a file, or a collector; traces.load() takes a file in
    traces().agent.summary()        calls, failures, durations, tokens and cost; see traces().agent?
    """

    def __init__(self, store: Callable[[], TraceStore] = _default_store, *, lazy: bool = True) -> None:
        self._store = store
        self._lazy = lazy

    def __call__(
        self,
        *,
        all: bool = False,  # reads best: traces(all=True)
        run: str | int | None = None,
        kind: str | tuple[str, ...] | None = None,
        last: int | None = None,
        since: Since | None = None,
        where: str | None = None,
        expand: str | tuple[str, ...] = (),
    ) -> pd.DataFrame:
        """The spans as a DataFrame, newest last.

        In a frame of more than a thousand rows, the contents (`args`, `result`, `details`, `messages`, ...) are fetched
        from the file when their column is touched.

        Args:
            all: Also those of other kernels and earlier days in the same file.
            run: Only of the run with this id; -1 is the last run, -2 the one before.
            kind: Only "agent" (whole runs), "turn", "model" or "tool", or a tuple of these.
            last: Only so many, the newest.
            since: Only those begun since: "10:30", "2026-11-21 10:30", a datetime, or a timedelta back from now.
            where: A condition in SQL over the columns; there, times are microseconds since 1970.
            expand: "args" adds a column `args.NAME` for each argument; so with any column of dicts, or a tuple of them.

        Raises:
            TraceStoreError: If the file cannot be read.
            ConfigurationError: If an argument makes no sense.
        """
        return self._read(COLUMNS, expand=expand, all=all, run=run, kind=kind, last=last, since=since, where=where)

    def tools(self, **choice: Any) -> pd.DataFrame:
        """The tool calls, with the columns that matter for them. Arguments as for `traces()`."""
        return self._read(_columns(_TOOL_COLUMNS), kind="tool", **choice)

    def models(self, **choice: Any) -> pd.DataFrame:
        """The model calls, with the columns that matter for them. Arguments as for `traces()`."""
        return self._read(_columns(_MODEL_COLUMNS), kind="model", **choice)

    def runs(self, **choice: Any) -> pd.DataFrame:
        """The runs, with the columns that matter for them. Arguments as for `traces()`."""
        return self._read(_columns(_RUN_COLUMNS), kind="agent", **choice)

    def export(self, target: str | Path, **choice: Any) -> int:
        """Write spans to a file, or send them to a collector of OpenTelemetry; secrets are blotted out.

        Args:
            target: A name that ends in .jsonl (nothing is lost), .csv or .parquet (extra `parquet`), or a collector's
                address, such as http://localhost:4318 (extra `otlp`).
            **choice: Which spans, as for `traces()`.

        Returns:
            How many spans they were.

        Raises:
            ConfigurationError: If the name ends in something else, or an extra is missing.
            TraceStoreError: If the file cannot be written, or the collector does not take them.
        """
        from jupyter_tools.traces.export import export
        from jupyter_tools.traces.records import records_of_store

        store, query = self._query(**choice)
        with store.reading() as connection, explained(query.where):
            return export(records_of_store(connection, *query.sql(COLUMN_NAMES, newest_first=False)), target)

    def load(self, path: str | Path) -> int:
        """Take the spans of another person's file into this store; `traces(all=True)` has them then.

        Args:
            path: A file that `export` wrote.

        Returns:
            How many spans they were. Those that were here already were replaced.

        Raises:
            ConfigurationError: If the name ends in something unknown, or an extra is missing.
            TraceStoreError: If the file cannot be read, or is not of spans.
        """
        from jupyter_tools.traces.export import read_spans
        from jupyter_tools.traces.imported import import_spans

        return import_spans(self._store(), read_spans(path))

    def read(self, path: str | Path) -> pd.DataFrame:
        """The spans of another person's file as a DataFrame like that of `traces()`, and nowhere else.

        Raises:
            ConfigurationError: If the name ends in something unknown, or an extra is missing.
            TraceStoreError: If the file cannot be read, or is not of spans.
        """
        from jupyter_tools.traces.database import MEMORY
        from jupyter_tools.traces.store import TraceStore

        store = TraceStore(MEMORY)
        theirs = Traces(lambda: store, lazy=False)
        try:
            theirs.load(path)
            return theirs(all=True)
        finally:
            store.close()

    def __repr__(self) -> str:
        return "<traces: call it, traces(), for a DataFrame; traces? tells more>"

    def _query(self, *, all: bool = False, since: Since | None = None, **choice: Any) -> tuple[TraceStore, SpanQuery]:
        store = self._store()
        return store, SpanQuery(session_id=None if all else store.session_id, since=parse_since(since), **choice)

    def _read(self, columns: Sequence[Column], *, expand: str | tuple[str, ...] = (), **choice: Any) -> pd.DataFrame:
        store, query = self._query(**choice)
        from jupyter_tools.traces.accessor import register_accessor
        from jupyter_tools.traces.expansion import expanded
        from jupyter_tools.traces.frame_reading import read_frame

        register_accessor()
        return expanded(read_frame(store, columns, query, lazy=self._lazy), expand)


Traces.__doc__ = f"{inspect.cleandoc(Traces.__doc__ or '')}\n\nColumns:\n\n{columns_text()}\n"

traces = Traces()


def _columns(names: Sequence[str]) -> list[Column]:
    by_name = {column.name: column for column in COLUMNS}
    return [by_name[name] for name in names]
