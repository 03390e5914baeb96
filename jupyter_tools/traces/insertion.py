"""`Inserter`: puts batches of rows into a trace file. It knows which rows it has put there, and under which numbers."""

from __future__ import annotations

import functools
import itertools
import sqlite3
from collections.abc import Iterable, Sequence
from operator import attrgetter

from jupyter_tools.traces.columns import CONTEXT_NAMES
from jupyter_tools.traces.database import transaction
from jupyter_tools.traces.packages import package_versions
from jupyter_tools.traces.rows import Batch, Row
from jupyter_tools.traces.span import Span, SpanContext
from jupyter_tools.traces.values import encode

_ROWS_A_STATEMENT = 64  # SQLite lets go of Python's lock at each statement; a busy kernel takes long to give it back
_REMEMBERED = 10_000
_CONTEXT_FIELDS = tuple(name for name in CONTEXT_NAMES if name not in ("session_id", "packages"))
_cells_of = attrgetter(*_CONTEXT_FIELDS)


class PrunedError(Exception):
    """Somebody has pruned the file since the last batch: what a batch takes for stored may be gone."""


class Inserter:
    """Writes to one file, for one session.

    Args:
        connection: The file.
        session_id: Whose spans they are.
    """

    def __init__(self, connection: sqlite3.Connection, session_id: str) -> None:
        self._connection = connection
        self._session_id = session_id
        self._contexts: dict[SpanContext, int] = {}
        self._prunings = self._count_prunings()

    def insert(self, batch: Batch) -> None:
        """Write all of a batch, or nothing.

        Raises:
            PrunedError: If the batch must be made again.
        """
        new = [span for span in batch.spans if span.home is not self]
        try:
            with transaction(self._connection):
                self._look_for_prunings()
                self._number(new)
                self._insert_contexts(batch.spans)
                self._insert_rows(batch)
        except BaseException:
            self._contexts.clear()
            for span in new:
                span.home = None
            raise

    def _look_for_prunings(self) -> None:
        count = self._count_prunings()
        if count != self._prunings:
            self._prunings = count
            raise PrunedError

    def _count_prunings(self) -> int:
        return self._connection.execute("SELECT coalesce(max(number), 0) FROM prunings").fetchone()[0]

    def _number(self, new: Sequence[Span]) -> None:
        for seq, span in enumerate(new, 1 + self._last_number("span_rows")):
            span.home, span.seq = self, seq

    def _insert_contexts(self, spans: Iterable[Span]) -> None:
        """Number the spans' contexts, and write those that are not in the file yet."""
        if len(self._contexts) > _REMEMBERED:
            self._contexts.clear()
        new = [each for each in dict.fromkeys(span.context for span in spans) if each not in self._contexts]
        self._contexts |= zip(new, itertools.count(self._last_number("contexts") + 1))
        packages, names = encode(package_versions()), ("context", "session_id", "packages", *_CONTEXT_FIELDS)
        rows = [(self._contexts[context], self._session_id, packages, *_cells_of(context)) for context in new]
        insert_rows(self._connection, "INSERT INTO contexts", names, rows)

    def _last_number(self, table: str) -> int:
        """The highest number that a row of the table was ever given."""
        known = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
        return known[0] if known else 0

    def _insert_rows(self, batch: Batch) -> None:
        insert_rows(self._connection, "INSERT OR IGNORE INTO blobs", ("hash", "data"), batch.blobs)
        for piece in batch.pieces:
            seqs, keys = [span.seq for span in piece.spans], [self._contexts[span.context] for span in piece.spans]
            rows = list(zip(seqs, keys, *piece.columns.values(), strict=True))
            insert_rows(self._connection, "INSERT OR REPLACE INTO span_rows", ("seq", "context", *piece.columns), rows)


def insert_rows(connection: sqlite3.Connection, head: str, names: tuple[str, ...], rows: Sequence[Row]) -> None:
    """Insert many rows with few statements.

    Args:
        connection: In a transaction.
        head: How the statement begins, such as "INSERT INTO blobs".
        names: The columns.
        rows: A cell for each column.
    """
    start, count = 0, _ROWS_A_STATEMENT
    while start < len(rows):
        while start + count > len(rows):
            count //= 2  # so few different statements that SQLite need not read each anew
        cells = itertools.chain.from_iterable(rows[start : start + count])
        connection.execute(_statement(head, names, count), list(cells))
        start += count


@functools.lru_cache(1000)
def _statement(head: str, names: tuple[str, ...], count: int) -> str:
    row = f"({', '.join('?' * len(names))})"
    return f"{head} ({', '.join(names)}) VALUES {', '.join([row] * count)}"
