import contextlib
import os
import sqlite3
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jupyter_tools.errors import TraceStoreError
from jupyter_tools.traces.database import UnwritableError, open_database, transaction


def test_the_file_and_its_folder_are_their_owners_only(tmp_path: Path) -> None:
    path = tmp_path / ".jupyter_tools" / "traces.db"
    open_database(str(path)).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_folder_stays_out_of_git(tmp_path: Path) -> None:
    open_database(str(tmp_path / ".jupyter_tools" / "traces.db")).close()
    assert (tmp_path / ".jupyter_tools" / ".gitignore").read_text() == "*\n"


def test_a_folder_of_the_users_is_left_as_it_is(tmp_path: Path) -> None:
    open_database(str(tmp_path / "traces.db")).close()
    assert not (tmp_path / ".gitignore").exists()


@pytest.mark.parametrize(
    "content", [b"not a database, but a text of some length" * 50, b"SQLite format 3\0" + b"\xff" * 4080]
)
def test_a_damaged_file_is_reported_and_left_as_it_was(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "traces.db"
    path.write_bytes(content)
    with pytest.raises(TraceStoreError, match=r"left as it is|left as it was"):
        open_database(str(path))
    assert path.read_bytes() == content


def test_a_newer_file_is_reported_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "traces.db"
    connection = open_database(str(path))
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    content = path.read_bytes()
    with pytest.raises(TraceStoreError, match=r"newer jupyter_tools \(schema 99"):
        open_database(str(path))
    assert path.read_bytes() == content


def test_another_programs_file_is_reported_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "bookmarks.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE spans (url TEXT)")
    other.close()
    content = path.read_bytes()
    with pytest.raises(TraceStoreError, match="another program"):
        open_database(str(path))
    assert path.read_bytes() == content


@pytest.mark.parametrize("place", ["/proc/traces.db", "/dev/null/.jupyter_tools/traces.db"])
def test_a_place_that_cannot_be_written_to_is_reported(place: str) -> None:
    with pytest.raises(UnwritableError, match="cannot be written"):
        open_database(place)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_only_be_read_is_reported(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(UnwritableError):
        open_database(str(tmp_path / "traces.db"))


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    connection = open_database(str(tmp_path / "traces.db"))

    def fail_half_way() -> None:
        with transaction(connection):
            connection.execute("INSERT INTO blobs VALUES ('a', 'x')")
            raise KeyError

    with pytest.raises(KeyError):
        fail_half_way()
    assert connection.execute("SELECT count(*) FROM blobs").fetchone() == (0,)
    connection.close()


def test_a_transaction_that_a_full_disk_has_ended_says_so(tmp_path: Path) -> None:
    connection = open_database(str(tmp_path / "spans.db"))
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(sqlite3.OperationalError, match="full"), transaction(connection):
        connection.execute("INSERT INTO blobs VALUES ('a', ?)", ("x" * 10_000_000,))
    assert not connection.in_transaction
    connection.close()


def test_many_who_open_a_new_file_at_once_all_get_it(tmp_path: Path) -> None:
    at_once = 8
    for number in range(10):
        start = threading.Barrier(at_once)

        def spans_in(path: str, start: threading.Barrier = start) -> int:
            start.wait()
            with contextlib.closing(open_database(path)) as connection:
                return connection.execute("SELECT count(*) FROM spans").fetchone()[0]

        with ThreadPoolExecutor(at_once) as pool:
            assert list(pool.map(spans_in, [str(tmp_path / f"{number}.db")] * at_once)) == [0] * at_once
