from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.traces.database import open_database
from jupyter_tools.traces.query import SpanQuery, parse_since


def test_without_a_choice_all_spans_are_read_newest_first() -> None:
    assert SpanQuery().sql(("kind", "name")) == ("SELECT kind, name FROM spans ORDER BY seq DESC", [])


def test_choices_are_joined_and_their_values_are_parameters() -> None:
    since = datetime(2026, 11, 21, tzinfo=UTC)
    query = SpanQuery(
        session_id="s", run="r'", kind=("tool", "model"), since=since, last=5, where="turn = 1 OR turn = 2"
    )
    sql, parameters = query.sql(("name",))
    assert sql == (
        "SELECT name FROM spans WHERE +session_id = ? AND run_id = ? AND kind IN (?, ?) AND started >= ?"
        " AND (turn = 1 OR turn = 2\n) ORDER BY seq DESC LIMIT 5"
    )
    assert parameters == ["s", "r'", "tool", "model", 1_795_219_200_000_000]


@pytest.mark.parametrize(
    ("query", "index"), [(SpanQuery(kind="agent"), "spans_agents"), (SpanQuery(session_id="s", run=-1), "spans_agents")]
)
def test_the_runs_among_many_spans_are_found_by_their_index(tmp_path: Path, query: SpanQuery, index: str) -> None:
    connection = open_database(str(tmp_path / "traces.db"))
    sql, parameters = query.sql(("name",))
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)]
    connection.close()
    assert any(index in step for step in plan)


def test_an_unknown_kind_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'tool'"):
        SpanQuery(kind="tools").sql(("name",))


@pytest.mark.parametrize("run", [0, 3, 1.5])
def test_a_run_is_an_id_or_counted_from_the_last(run: object) -> None:
    with pytest.raises(ConfigurationError, match="-1 for the last run"):
        SpanQuery(run=run).sql(("name",))


@pytest.mark.parametrize("last", [-1, "ten", 2.5])
def test_last_is_a_number_of_spans(last: object) -> None:
    with pytest.raises(ConfigurationError, match="last="):
        SpanQuery(last=last).sql(("name",))


def test_since_is_a_time_with_or_without_date() -> None:
    today = datetime.now().astimezone().date()
    assert parse_since("2026-11-21T10:30:00+03:00") == datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
    assert parse_since("10:30") == datetime.fromisoformat(f"{today}T10:30").astimezone(UTC)
    assert parse_since("2026-11-21") == datetime(2026, 11, 21).astimezone(UTC)
    assert parse_since(None) is None


def test_since_a_while_ago_counts_back_from_now() -> None:
    before = parse_since(timedelta(hours=1))
    assert before is not None
    assert timedelta(minutes=59) < datetime.now(UTC) - before < timedelta(minutes=61)


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="is no time"):
        parse_since("yesterday")
