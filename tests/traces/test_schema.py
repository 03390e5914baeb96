import sqlite3
from pathlib import Path

import pytest

from jupyter_tools.errors import TraceStoreError
from jupyter_tools.traces.columns import COLUMN_NAMES, COLUMNS
from jupyter_tools.traces.contents import Contents
from jupyter_tools.traces.database import open_database
from jupyter_tools.traces.schema import SCHEMA_VERSION


def test_an_older_file_gets_the_columns_that_came_later(tmp_path: Path) -> None:
    path = str(tmp_path / "traces.db")
    connection = open_database(path)
    connection.execute("INSERT INTO span_rows (span_id, kind) VALUES (10, 'tool')")
    connection.execute("DROP VIEW spans")
    connection.execute("ALTER TABLE span_rows DROP COLUMN queue_ms")
    connection.execute("ALTER TABLE contexts DROP COLUMN variant")
    connection.execute("PRAGMA user_version = 0")
    connection.close()
    connection = open_database(path)
    assert connection.execute("SELECT span_id, queue_ms, variant FROM spans").fetchall() == [(f"{10:016x}", None, None)]
    columns = {row[1] for row in connection.execute("PRAGMA table_info(spans)")}
    assert columns == {"seq", "context", *COLUMN_NAMES}
    connection.close()


def test_a_file_of_schema_1_keeps_its_spans(tmp_path: Path) -> None:
    path = str(tmp_path / "traces.db")
    connection = open_database(path)
    columns = ", ".join(f"{column.name} {column.sql_type}" for column in COLUMNS)
    script = f"""
        DROP VIEW spans; DROP TABLE span_rows; DROP TABLE contexts;
        CREATE TABLE spans (seq INTEGER PRIMARY KEY, {columns});
        CREATE INDEX spans_of_session ON spans (session_id);
        CREATE INDEX spans_of_run ON spans (run_id);
        CREATE INDEX spans_agents ON spans (session_id) WHERE kind = 'agent';
        CREATE INDEX spans_running ON spans (session_id) WHERE status = 'running';
        INSERT INTO spans (span_id, kind, run_id, variant) VALUES ('ffffffffffff000a', 'agent', 'one', 'x');
        INSERT INTO spans (span_id, kind, run_id, variant) VALUES ('ffffffffffff000b', 'tool', 'one', 'x');
        INSERT INTO spans (span_id, kind) VALUES ('ffffffffffff000c', 'tool');
        PRAGMA user_version = 1
    """
    connection.executescript(script)
    connection.close()
    connection = open_database(path)
    rows = connection.execute("SELECT span_id, kind, run_id, variant FROM spans ORDER BY seq").fetchall()
    assert rows == [
        ("ffffffffffff000a", "agent", "one", "x"),
        ("ffffffffffff000b", "tool", "one", "x"),
        ("ffffffffffff000c", "tool", None, None),
    ]
    assert connection.execute("SELECT count(*) FROM contexts").fetchone() == (2,)
    assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    connection.close()


SCHEMA_2 = """
    CREATE TABLE span_rows (
        seq INTEGER PRIMARY KEY, span_id TEXT NOT NULL UNIQUE, context INTEGER, kind TEXT, name TEXT, status TEXT,
        duration_ms REAL, input TEXT, output TEXT, session_id TEXT, started INTEGER, ended INTEGER, parent_id TEXT,
        args TEXT, result TEXT
    );
    CREATE INDEX spans_of_session ON span_rows (session_id);
    CREATE INDEX spans_running ON span_rows (session_id) WHERE status = 'running';
    CREATE TABLE contexts (context INTEGER PRIMARY KEY, variant TEXT, run_id TEXT);
    CREATE TABLE blobs (hash TEXT PRIMARY KEY, data TEXT NOT NULL);
    CREATE VIEW spans AS SELECT * FROM span_rows LEFT JOIN contexts USING (context);
    INSERT INTO contexts VALUES (77, 'x', 'one');
    INSERT INTO blobs VALUES ('aa', '"text"');
    INSERT INTO span_rows VALUES
        (1, '00000000aaaa0001', 77, 'agent', 'agent', 'ok', 1.5, 'Hi', 'Ho', 's1', 1000, 2500, NULL, '"Hi"', '"Ho"'),
        (2, '00000000aaaa0002', 77, 'tool', 't', 'running', NULL, '{}', NULL, 's1', 1000, NULL, '00000000aaaa0001',
         '{}', NULL),
        (9, '00000000bbbb0001', 77, 'tool', 't', 'ok', 0.5, '{}', 'text', 's2', 1000, 1500, NULL, '{}', '@blob:aa');
    PRAGMA user_version = 2;
    PRAGMA application_id = 1247048818
"""


def test_a_file_of_schema_2_keeps_its_spans(tmp_path: Path) -> None:
    path = str(tmp_path / "traces.db")
    old = sqlite3.connect(path)
    old.executescript(SCHEMA_2)
    old.close()
    connection = open_database(path)
    names = "seq, span_id, parent_id, kind, session_id, run_id, variant, started, ended, input, output, cost"
    assert connection.execute(f"SELECT {names} FROM spans ORDER BY seq").fetchall() == [
        (1, "00000000aaaa0001", None, "agent", "s1", "one", "x", 1000, 2500, "Hi", "Ho", None),
        (2, "00000000aaaa0002", "00000000aaaa0001", "tool", "s1", "one", "x", 1000, None, "{}", None, None),
        (9, "00000000bbbb0001", None, "tool", "s2", "one", "x", 1000, 1500, "{}", "text", None),
    ]
    assert Contents(connection).values("result", ['"Ho"', None, "@blob:aa"]) == ["Ho", None, "text"]
    connection.execute("INSERT INTO span_rows (span_id) VALUES (1)")
    assert connection.execute("SELECT max(seq) FROM span_rows").fetchone() == (10,)
    connection.close()


def test_an_upgrade_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "traces.db"
    old = sqlite3.connect(path)
    old.executescript(SCHEMA_2)
    old.execute("UPDATE span_rows SET span_id = 'no id' WHERE seq = 9")
    old.commit()
    old.close()
    with pytest.raises(TraceStoreError, match="left as it is"):
        open_database(str(path))
    old = sqlite3.connect(path)
    assert old.execute("SELECT count(*) FROM span_rows").fetchone() == (3,)
    assert old.execute("PRAGMA user_version").fetchone() == (2,)
    old.close()
