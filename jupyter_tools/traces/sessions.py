"""Sessions: one for each process that writes to a trace file. They tell which running spans nobody will ever end."""

from __future__ import annotations

import os
import socket
import sqlite3
import time

from jupyter_tools.traces.database import transaction

_SAME_START_S = 2.0  # a process's start is known to about this


def open_session(connection: sqlite3.Connection, session_id: str) -> None:
    """This process begins to write."""
    connection.execute(
        "INSERT OR IGNORE INTO sessions VALUES (?, ?, ?, ?, ?, NULL)",
        (session_id, os.getpid(), socket.gethostname(), _process_started(os.getpid()), time.time_ns() // 1000),
    )


def close_session(connection: sqlite3.Connection, session_id: str) -> None:
    """This process writes no more: what it left open stays open."""
    with transaction(connection):
        _interrupt(connection, session_id)
        connection.execute("UPDATE sessions SET closed = ? WHERE session_id = ?", (time.time_ns() // 1000, session_id))


def interrupt_dead_sessions(connection: sqlite3.Connection) -> None:
    """Mark the running spans of processes that are gone as interrupted."""
    running = connection.execute(
        "SELECT session_id, pid, host, process_started FROM sessions"
        " WHERE session_id IN (SELECT session_id FROM spans WHERE status = 'running')"
    ).fetchall()
    for session_id, pid, host, process_started in running:
        if host == socket.gethostname() and not _is_alive(pid, process_started):
            _interrupt(connection, session_id)


def _interrupt(connection: sqlite3.Connection, session_id: str) -> None:
    connection.execute(
        "UPDATE span_rows SET status = 'interrupted' WHERE status = 'running'"
        " AND context IN (SELECT context FROM contexts WHERE session_id = ?)",
        (session_id,),
    )


def _is_alive(pid: int, process_started: float | None) -> bool:
    started = _process_started(pid)
    if started is None or process_started is None:
        return started is not None
    return abs(started - process_started) < _SAME_START_S


def _process_started(pid: int) -> float | None:
    """When the process with this number started, or None if there is none."""
    import psutil  # only once a store is opened

    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return None
