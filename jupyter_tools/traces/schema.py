"""The tables of a trace file, and how a file of an older version becomes one of this version."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from typing import Any

from jupyter_tools.traces.columns import COLUMN_NAMES, COLUMNS, CONTEXT_NAMES, SPAN_NAMES
from jupyter_tools.traces.span import span_id_number

SCHEMA_VERSION = 3
_AT_ONCE = 1000
_IDS = ("span_id", "parent_id")  # stored as numbers: half the size, and quick to write
_SQL_TYPES = {column.name: column.sql_type for column in COLUMNS} | dict.fromkeys(_IDS, "INTEGER")
# AUTOINCREMENT: a number that was given is never given again, though the row be gone.
_TABLES = f"""
CREATE TABLE span_rows (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    context INTEGER,
    {", ".join(f"{name} {_SQL_TYPES[name]}" for name in SPAN_NAMES)}
);
CREATE INDEX spans_of_context ON span_rows (context);
CREATE INDEX spans_agents ON span_rows (seq) WHERE kind = 'agent';
CREATE INDEX spans_running ON span_rows (context) WHERE status = 'running';
CREATE TABLE contexts (
    context INTEGER PRIMARY KEY AUTOINCREMENT,
    {", ".join(f"{name} {_SQL_TYPES[name]}" for name in CONTEXT_NAMES)}
);
CREATE INDEX contexts_of_run ON contexts (run_id);
CREATE INDEX contexts_of_session ON contexts (session_id);
CREATE TABLE IF NOT EXISTS blobs (hash TEXT PRIMARY KEY, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sessions (
    session_id TEXT PRIMARY KEY,
    pid INTEGER NOT NULL,
    host TEXT NOT NULL,
    process_started REAL,
    started INTEGER NOT NULL,
    closed INTEGER
);
CREATE TABLE IF NOT EXISTS prunings (number INTEGER PRIMARY KEY AUTOINCREMENT, pruned INTEGER NOT NULL)
"""
_COMPUTED = {  # what the view makes of what is stored
    "ended": "started + CAST(round(duration_ms * 1000) AS INTEGER)",
    "input": "coalesce(input, iif(substr(args, 1, 1) = '=', substr(args, 2), args))",
    "output": "coalesce(output, iif(substr(result, 1, 1) = '=', substr(result, 2), result))",
    **{name: f"printf('%016x', {name})" for name in ("span_id",)},
    "parent_id": "iif(parent_id IS NULL, NULL, printf('%016x', parent_id))",
}
_CHOSEN = ", ".join(f"{_COMPUTED[name]} AS {name}" if name in _COMPUTED else name for name in COLUMN_NAMES)
_VIEW = f"""
CREATE VIEW spans AS
SELECT seq, span_rows.context AS context, {_CHOSEN}
FROM span_rows LEFT JOIN contexts ON contexts.context = span_rows.context
"""


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Make what is missing: everything in a new file, a column in an old one. For inside of a transaction."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version in (1, 2):
        _rebuild(connection, version)
    elif not _columns(connection, "span_rows"):
        _run(connection, _TABLES)
    for table, names in (("span_rows", SPAN_NAMES), ("contexts", CONTEXT_NAMES)):
        for name in sorted(set(names) - _columns(connection, table)):  # those that came later than the file
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {name} {_SQL_TYPES[name]}")
    view = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'spans'").fetchone()
    if view is None or view[0] != _VIEW.strip():
        connection.execute("DROP VIEW IF EXISTS spans")
        connection.execute(_VIEW)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _rebuild(connection: sqlite3.Connection, version: int) -> None:
    """Take over the spans of schema 1, where each had all columns, or 2, where ids were texts."""
    indexes = connection.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql NOTNULL").fetchall()
    for (index,) in indexes:
        connection.execute(f"DROP INDEX {index}")
    if version == 1:
        _run(connection, "ALTER TABLE spans RENAME TO old_spans")
    else:
        _run(
            connection,
            """
            CREATE TEMP TABLE old_spans AS SELECT * FROM spans;
            DROP VIEW spans; DROP TABLE span_rows; DROP TABLE contexts
            """,
        )
    _run(connection, _TABLES)
    _take_over(connection)
    connection.execute("DROP TABLE old_spans")


def _take_over(connection: sqlite3.Connection) -> None:
    known = _columns(connection, "old_spans")
    contexts: dict[tuple[Any, ...], int] = {}
    context_names = [name for name in CONTEXT_NAMES if name in known]
    span_names = [name for name in SPAN_NAMES if name in known]
    old = connection.execute(f"SELECT {', '.join([*context_names, 'seq', *span_names])} FROM old_spans ORDER BY seq")

    def rows() -> Iterator[list[Any]]:
        for row in old:
            key, cells = row[: len(context_names)], list(row[len(context_names) :])
            for name in _IDS:
                at = 1 + span_names.index(name)
                cells[at] = None if cells[at] is None else span_id_number(cells[at])
            yield [contexts.setdefault(key, len(contexts) + 1), *cells]

    remaining = rows()
    while some := list(itertools.islice(remaining, _AT_ONCE)):
        connection.executemany(_insert("span_rows", ["context", "seq", *span_names]), some)
    connection.executemany(
        _insert("contexts", ["context", *context_names]), [(number, *key) for key, number in contexts.items()]
    )


def _insert(table: str, names: list[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


def _run(connection: sqlite3.Connection, script: str) -> None:
    """Like `executescript`, which would end the transaction."""
    for statement in filter(str.strip, script.split(";")):
        connection.execute(statement)


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
