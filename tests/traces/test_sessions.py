import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_tools.traces.database import open_database
from jupyter_tools.traces.sessions import close_session, interrupt_dead_sessions, open_session


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_database(str(tmp_path / "traces.db"))
    yield connection
    connection.close()


@pytest.fixture
def dead_pid() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def add_running_span(connection: sqlite3.Connection, session_id: str) -> None:
    context = connection.execute("INSERT INTO contexts (session_id) VALUES (?)", (session_id,)).lastrowid
    connection.execute("INSERT INTO span_rows (context, status) VALUES (?, 'running')", (context,))


def statuses(connection: sqlite3.Connection) -> list[str]:
    return [status for (status,) in connection.execute("SELECT status FROM spans")]


def test_spans_of_a_living_process_go_on_running(connection: sqlite3.Connection) -> None:
    open_session(connection, "me")
    add_running_span(connection, "me")
    interrupt_dead_sessions(connection)
    assert statuses(connection) == ["running"]


def test_spans_of_a_process_that_is_gone_are_interrupted(connection: sqlite3.Connection, dead_pid: int) -> None:
    open_session(connection, "gone")
    connection.execute("UPDATE sessions SET pid = ?", (dead_pid,))
    add_running_span(connection, "gone")
    interrupt_dead_sessions(connection)
    assert statuses(connection) == ["interrupted"]


def test_a_later_process_with_the_same_number_is_another_one(connection: sqlite3.Connection) -> None:
    open_session(connection, "before")
    connection.execute("UPDATE sessions SET process_started = process_started - 3600")
    add_running_span(connection, "before")
    interrupt_dead_sessions(connection)
    assert statuses(connection) == ["interrupted"]


def test_another_machines_processes_are_not_judged(connection: sqlite3.Connection, dead_pid: int) -> None:
    open_session(connection, "there")
    connection.execute("UPDATE sessions SET pid = ?, host = 'elsewhere'", (dead_pid,))
    add_running_span(connection, "there")
    interrupt_dead_sessions(connection)
    assert statuses(connection) == ["running"]


def test_a_session_that_closes_leaves_nothing_running(connection: sqlite3.Connection) -> None:
    open_session(connection, "me")
    add_running_span(connection, "me")
    close_session(connection, "me")
    assert statuses(connection) == ["interrupted"]
    assert connection.execute("SELECT closed IS NOT NULL FROM sessions").fetchone() == (1,)
