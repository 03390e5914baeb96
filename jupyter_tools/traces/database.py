"""The SQLite file of the traces: made, checked, brought up to date. A damaged or newer file is never touched."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from jupyter_tools.errors import TraceStoreError
from jupyter_tools.traces.columns import COLUMN_NAMES, COLUMNS, CONTEXT_NAMES, SPAN_NAMES

MEMORY = ":memory:"
SCHEMA_VERSION = 2
_APPLICATION_ID = 0x4A547472  # "JTtr": tells our files from other programs'
_BUSY_TIMEOUT_S = 10.0
_ELSEWHERE = "Move it away, or set JUPYTER_TOOLS_TRACES to another file."

_SQL_TYPES = {column.name: column.sql_type for column in COLUMNS}
_TABLES = f"""
CREATE TABLE span_rows (
    seq INTEGER PRIMARY KEY,
    span_id TEXT NOT NULL UNIQUE,
    context INTEGER,
    {", ".join(f"{name} {_SQL_TYPES[name]}" for name in SPAN_NAMES if name != "span_id")}
);
CREATE INDEX spans_of_session ON span_rows (session_id);
CREATE INDEX spans_of_context ON span_rows (context);
CREATE INDEX spans_agents ON span_rows (session_id) WHERE kind = 'agent';
CREATE INDEX spans_running ON span_rows (session_id) WHERE status = 'running';
CREATE TABLE contexts (
    context INTEGER PRIMARY KEY,
    {", ".join(f"{name} {_SQL_TYPES[name]}" for name in CONTEXT_NAMES)}
);
CREATE INDEX contexts_of_run ON contexts (run_id);
CREATE TABLE IF NOT EXISTS blobs (hash TEXT PRIMARY KEY, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sessions (
    session_id TEXT PRIMARY KEY,
    pid INTEGER NOT NULL,
    host TEXT NOT NULL,
    process_started REAL,
    started INTEGER NOT NULL,
    closed INTEGER
);
"""
# From schema 1, where each span had all columns.
_PUT_ASIDE = """
DROP INDEX spans_of_session; DROP INDEX spans_of_run; DROP INDEX spans_agents; DROP INDEX spans_running;
ALTER TABLE spans RENAME TO old
"""
_TAKE_OVER = f"""
INSERT INTO contexts SELECT min(seq), {", ".join(CONTEXT_NAMES)} FROM old GROUP BY {", ".join(CONTEXT_NAMES)};
INSERT INTO span_rows (seq, context, {", ".join(SPAN_NAMES)})
SELECT seq, contexts.context, {", ".join(SPAN_NAMES)}
FROM old JOIN contexts ON {" AND ".join(f"old.{name} IS contexts.{name}" for name in CONTEXT_NAMES)};
DROP TABLE old
"""
_VIEW = f"""
CREATE VIEW spans AS
SELECT seq, {", ".join(COLUMN_NAMES)} FROM span_rows LEFT JOIN contexts ON contexts.context = span_rows.context
"""


class UnwritableError(TraceStoreError):
    """The folder or the file may not be written to."""


def open_database(path: str) -> sqlite3.Connection:
    """A connection to the traces in `path`, which is made if it does not exist.

    Raises:
        TraceStoreError: If the file is damaged, another program's, or of a newer version of this package.
        UnwritableError: If it cannot be written.
    """
    if path != MEMORY:
        _make_private_file(Path(path))
    connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        _check(connection, path)
        _retry_while_locked(connection, "PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        with transaction(connection):
            _bring_up_to_date(connection, path)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise TraceStoreError(
            f"The trace file {path} cannot be used ({error}); it was left as it is. {_ELSEWHERE}"
        ) from error
    except TraceStoreError:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing of what is written inside; other processes wait their turn."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _make_private_file(path: Path) -> None:
    """The file and its folder, for their owner only: prompts are private. A folder of ours stays out of git."""
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.parent.name == ".jupyter_tools" and not (path.parent / ".gitignore").exists():
            (path.parent / ".gitignore").write_text("*\n")
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise UnwritableError(f"The traces cannot be written to {path}: {error.strerror}.") from error


def _check(connection: sqlite3.Connection, path: str) -> None:
    """Before anything is written: whose file is it, and from when?"""
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application_id != _APPLICATION_ID and (tables or version):
        raise TraceStoreError(f"{path} is an SQLite file of another program, and was left as it is. {_ELSEWHERE}")
    if version > SCHEMA_VERSION:
        raise TraceStoreError(
            f"The trace file {path} was written by a newer jupyter_tools (schema {version}, this one knows "
            f"{SCHEMA_VERSION}). Upgrade jupyter_tools, or set JUPYTER_TOOLS_TRACES to another file."
        )


def _bring_up_to_date(connection: sqlite3.Connection, path: str) -> None:
    _check(connection, path)  # again: another process may have made it meanwhile
    if not _columns(connection, "span_rows"):
        of_schema_1 = bool(_columns(connection, "spans"))
        script = f"{_PUT_ASIDE};{_TABLES};{_TAKE_OVER}" if of_schema_1 else _TABLES
        for statement in filter(str.strip, script.split(";")):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
    for table, names in (("span_rows", SPAN_NAMES), ("contexts", CONTEXT_NAMES)):
        for name in set(names) - _columns(connection, table):  # those that came later than the file
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {name} {_SQL_TYPES[name]}")
    if _columns(connection, "spans") != {"seq", *COLUMN_NAMES}:
        connection.execute("DROP VIEW IF EXISTS spans")
        connection.execute(_VIEW)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}


def _retry_while_locked(connection: sqlite3.Connection, statement: str) -> None:
    """SQLite does not wait for others when it changes the journal's mode."""
    deadline = time.monotonic() + _BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute(statement)
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
