"""`prune`: let go of old runs, by age or by size. Whole runs go, the oldest first, and what only they refer to."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from datetime import timedelta

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.traces.columns import CONTENT_NAMES, CONTEXT_NAMES
from jupyter_tools.traces.database import transaction
from jupyter_tools.traces.store import TraceStore

_PART = 10  # to get below a size, a tenth of the runs goes at a time
_FINISHED = "SELECT context, max(started) AS latest FROM span_rows GROUP BY context HAVING sum(status = 'running') = 0"
_REFERENCES = " UNION ALL ".join(
    f"SELECT substr({name}, 7) FROM span_rows WHERE substr({name}, 1, 6) = '@blob:'"
    for name in CONTENT_NAMES
    if name != "messages" and name not in CONTEXT_NAMES
)
_ORPHANS = (
    "DELETE FROM contexts WHERE context NOT IN (SELECT context FROM span_rows WHERE context NOTNULL)",
    "DELETE FROM blobs WHERE hash NOT IN"
    f" (SELECT value FROM span_rows, json_each(span_rows.messages) WHERE messages NOTNULL UNION ALL {_REFERENCES})",
    "DELETE FROM sessions WHERE closed NOTNULL AND session_id NOT IN (SELECT session_id FROM contexts)",
)


def prune(store: TraceStore, *, older_than: timedelta | None = None, max_mb: float | None = None) -> int:
    """Delete runs from the file, those of other kernels and earlier days as well. What still runs stays.

    Args:
        store: The store of the file.
        older_than: Delete what began longer ago than this.
        max_mb: Delete the oldest until the file's contents take no more than so many megabytes.

    Returns:
        How many spans are gone.

    Raises:
        ConfigurationError: If neither is given, or one is negative.
        TraceStoreError: If the file cannot be written.
    """
    if older_than is None and max_mb is None:
        raise ConfigurationError("Say what to prune: older_than=timedelta(days=30), or max_mb=100.")
    if (older_than is not None and older_than < timedelta(0)) or (max_mb is not None and max_mb < 0):
        raise ConfigurationError("An age or a size cannot be negative.")
    with store.reading() as connection:
        before = _count(connection)
        with transaction(connection):
            if older_than is not None:
                _delete_before(connection, time.time_ns() // 1000 - older_than // timedelta(microseconds=1))
            if max_mb is not None:
                _delete_down_to(connection, max_mb * 1_000_000)
            gone = before - _count(connection)
            if gone:  # other kernels hear of it, see `Inserter`
                connection.execute("INSERT INTO prunings (pruned) VALUES (?)", (time.time_ns() // 1000,))
        if gone:
            _give_back_space(connection)
    return gone


def _count(connection: sqlite3.Connection) -> int:
    return connection.execute("SELECT count(*) FROM span_rows").fetchone()[0]


def _delete_before(connection: sqlite3.Connection, moment: int) -> None:
    old = f"SELECT context FROM ({_FINISHED}) WHERE latest < ?"
    connection.execute(f"DELETE FROM span_rows WHERE context IN ({old})", (moment,))
    _delete_orphans(connection)


def _delete_down_to(connection: sqlite3.Connection, size: float) -> None:
    (runs,) = connection.execute(f"SELECT count(*) FROM ({_FINISHED})").fetchone()
    while _size(connection) > size:
        oldest = f"SELECT context FROM ({_FINISHED}) ORDER BY latest LIMIT ?"
        cursor = connection.execute(f"DELETE FROM span_rows WHERE context IN ({oldest})", (max(1, runs // _PART),))
        if cursor.rowcount == 0:  # all that is left still runs, or is not spans
            return
        _delete_orphans(connection)


def _delete_orphans(connection: sqlite3.Connection) -> None:
    for statement in _ORPHANS:
        connection.execute(statement)


def _size(connection: sqlite3.Connection) -> int:
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


def _give_back_space(connection: sqlite3.Connection) -> None:
    """Make the file smaller. Not while another kernel is at it; then the space is used again by and by."""
    with contextlib.suppress(sqlite3.OperationalError):
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
