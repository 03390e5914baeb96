import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_tools.traces.database import open_database
from jupyter_tools.traces.insertion import Inserter, PrunedError
from jupyter_tools.traces.rows import RowMaker
from jupyter_tools.traces.span import Span, SpanContext


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = open_database(str(tmp_path / "traces.db"))
    yield connection
    connection.close()


def some_spans(count: int = 3, context: SpanContext | None = None) -> list[Span]:
    context = context or SpanContext(run_id="one")
    return [Span("tool", f"t{n}", n + 1, None, 0, 0.0, context) for n in range(count)]


def names(connection: sqlite3.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM spans ORDER BY seq")]


@pytest.mark.parametrize("count", [1, 63, 64, 65, 200])
def test_all_spans_of_a_batch_are_written_in_order(connection: sqlite3.Connection, count: int) -> None:
    Inserter(connection, "me").insert(RowMaker().batch(some_spans(count)))
    assert names(connection) == [f"t{n}" for n in range(count)]


def test_a_span_that_has_changed_keeps_its_row(connection: sqlite3.Connection) -> None:
    inserter, spans = Inserter(connection, "me"), some_spans()
    inserter.insert(RowMaker().batch(spans))
    spans[0].finish("error", 5.0, "no")
    inserter.insert(RowMaker().batch(spans[:1]))
    spans[0].finish("ok", 5.0)
    inserter.insert(RowMaker().batch(spans[:1]))
    assert names(connection) == ["t0", "t1", "t2"]
    assert connection.execute("SELECT status, error FROM spans").fetchall()[0] == ("ok", None)


def test_two_sessions_never_write_over_each_other(connection: sqlite3.Connection) -> None:
    one, two = Inserter(connection, "one"), Inserter(connection, "two")
    for _ in range(3):
        one.insert(RowMaker().batch(some_spans()))
        two.insert(RowMaker().batch(some_spans()))
    counts = connection.execute("SELECT session_id, count(*) FROM spans GROUP BY session_id").fetchall()
    assert counts == [("one", 9), ("two", 9)]


def test_a_number_is_not_given_again_when_its_row_is_gone(connection: sqlite3.Connection) -> None:
    mine, spans = Inserter(connection, "me"), some_spans()
    mine.insert(RowMaker().batch(spans))
    connection.execute("DELETE FROM span_rows")
    Inserter(connection, "you").insert(RowMaker().batch(some_spans()))
    mine.insert(RowMaker().batch(spans))
    assert len(names(connection)) == 6


def test_what_could_not_be_written_is_written_as_new_the_next_time(connection: sqlite3.Connection) -> None:
    inserter, spans = Inserter(connection, "me"), some_spans()
    spans[2].name = object()  # type: ignore[assignment]  # what SQLite refuses
    batch = RowMaker().batch(spans)
    with pytest.raises(sqlite3.Error):
        inserter.insert(batch)
    assert names(connection) == []
    inserter.insert(batch.storable())
    assert len(names(connection)) == 3
    assert connection.execute("SELECT count(*) FROM contexts").fetchone() == (1,)


def test_after_a_pruning_the_batch_is_to_be_made_again(connection: sqlite3.Connection) -> None:
    inserter = Inserter(connection, "me")
    connection.execute("INSERT INTO prunings (pruned) VALUES (0)")
    with pytest.raises(PrunedError):
        inserter.insert(RowMaker().batch(some_spans()))
    inserter.insert(RowMaker().batch(some_spans()))
    assert len(names(connection)) == 3
