"""The SQLite file of the traces: made, checked, brought up to date. A damaged or newer file is never touched."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from jupyter_tools.errors import TraceStoreError
from jupyter_tools.traces.schema import SCHEMA_VERSION, bring_up_to_date

MEMORY = ":memory:"
_APPLICATION_ID = 0x4A547472  # "JTtr": tells our files from other programs'
_BUSY_TIMEOUT_S = 10.0
_ELSEWHERE = "Move it away, or set JUPYTER_TOOLS_TRACES to another file."


class UnwritableError(TraceStoreError):
    """The folder or the file may not be written to."""


def whole_path(path: str | Path) -> str:
    """The path from the root on, so that it stays the same file when the notebook changes its folder.

    Raises:
        UnwritableError: If there is no such person's home, or the folder one is in was deleted.
    """
    try:
        return str(Path(path).expanduser().resolve())
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "there is no such home folder"
        raise UnwritableError(f"The traces cannot be written to {path}: {reason}.") from error


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
        with transaction(connection, "DEFERRED"):  # one look: another process may be making the file just now
            _check(connection, path)
        _retry_while_locked(connection, "PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        with transaction(connection):
            _bring_up_to_date(connection, path)
    except (sqlite3.DatabaseError, ValueError) as error:
        connection.close()
        raise TraceStoreError(
            f"The trace file {path} cannot be used ({error}), and was left as it is. {_ELSEWHERE}"
        ) from error
    except TraceStoreError:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection, kind: Literal["DEFERRED", "IMMEDIATE"] = "IMMEDIATE") -> Iterator[None]:
    """All or nothing of what is written inside, and one state of what is read; other writers wait their turn."""
    connection.execute(f"BEGIN {kind}")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk has ended it
            connection.execute("ROLLBACK")
        raise


def _make_private_file(path: Path) -> None:
    """The file and its folder, for their owner only: prompts are private. A folder of ours stays out of git."""
    try:
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.parent.name == ".jupyter_tools" and not (path.parent / ".gitignore").exists():
            (path.parent / ".gitignore").write_text("*\n")
        _make_or_touch(path)
    except OSError as error:
        raise UnwritableError(f"The traces cannot be written to {path}: {error.strerror}.") from error


def _make_or_touch(path: Path) -> None:
    """Without what SQLite kept beside a file that is gone: other kernels may still have that one open by it."""
    left = [name for end in ("-wal", "-shm") if (name := path.with_name(path.name + end)).exists()]
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        os.close(os.open(path, os.O_RDWR))
    else:
        for name in left:
            name.unlink(missing_ok=True)


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
    bring_up_to_date(connection)
    connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")


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
