"""Which spans to read, as SQL."""

from __future__ import annotations

import contextlib
import difflib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.traces.columns import COLUMN_NAMES

Since: TypeAlias = "datetime | timedelta | str"
KINDS = ("agent", "turn", "model", "tool", "approval", "retrieval")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanQuery:
    """A choice of spans; None chooses all.

    Attributes:
        session_id: Of this process only.
        run: Of the run with this id; -1 is the run that began last, -2 the one before.
        kind: Of this kind, or one of these kinds.
        since: Begun at this time or later.
        last: Only so many, the newest.
        where: A condition in SQL over the columns.
    """

    session_id: str | None = None
    run: str | int | None = None
    kind: str | tuple[str, ...] | None = None
    since: datetime | None = None
    last: int | None = None
    where: str | None = None

    def sql(self, columns: tuple[str, ...], *, newest_first: bool = True) -> tuple[str, list[Any]]:
        """The SELECT and its parameters."""
        if self.last is not None and not (isinstance(self.last, int) and self.last >= 0):
            raise ConfigurationError(f"last={self.last!r}: give a number of spans, such as last=20.")
        conditions, parameters = self._conditions()
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        limit = "" if self.last is None else f" LIMIT {self.last}"
        names = ", ".join(columns)
        if newest_first:
            return f"SELECT {names} FROM spans{where} ORDER BY seq DESC{limit}", parameters
        chosen = f"SELECT seq, {names} FROM spans{where} ORDER BY seq DESC{limit}"
        return f"SELECT {names} FROM ({chosen}) ORDER BY seq", parameters

    def _conditions(self) -> tuple[list[str], list[Any]]:
        found: list[tuple[str, list[Any]]] = []
        if self.session_id is not None:
            # the "+" keeps SQLite from sorting all spans of a session, which are in order where they are
            found.append(("+session_id = ?", [self.session_id]))
        if isinstance(self.run, str):
            found.append(("run_id = ?", [self.run]))
        elif self.run is not None:
            found.append((f"run_id = ({self._run_sql()})", [self.session_id] if self.session_id else []))
        if self.kind is not None:
            kinds = _kinds(self.kind)
            if kinds == ("agent",):  # of which there is an index, for this very condition
                found.append(("kind = 'agent'", []))
            else:
                found.append((f"kind IN ({', '.join('?' * len(kinds))})", list(kinds)))
        if self.since is not None:
            found.append(("started >= ?", [_microseconds(self.since)]))
        if self.where is not None:
            found.append((f"({_condition(self.where)}\n)", []))  # a comment at its end ends with the line
        return [condition for condition, _ in found], [value for _, values in found for value in values]

    def _run_sql(self) -> str:
        if not isinstance(self.run, int) or self.run >= 0:
            raise ConfigurationError(
                f"run={self.run!r}: give a run's id, or -1 for the last run, -2 for the one before."
            )
        session = " AND +session_id = ?" if self.session_id else ""
        return (
            f"SELECT run_id FROM spans WHERE kind = 'agent'{session} ORDER BY seq DESC LIMIT 1 OFFSET {-self.run - 1}"
        )


@contextlib.contextmanager
def explained(where: str | None) -> Iterator[None]:
    """Say in a sentence what is wrong with a condition that SQLite refuses.

    Raises:
        ConfigurationError: If it does.
    """
    try:
        yield
    except (sqlite3.OperationalError, sqlite3.ProgrammingError, sqlite3.Warning) as error:
        if where is None:
            raise
        raise ConfigurationError(
            f"where={where!r} is no SQL condition over the columns of traces(): {error}.{_nearest_column(str(error))}"
        ) from error


def _nearest_column(problem: str) -> str:
    _, missing, name = problem.partition("no such column: ")
    near = difflib.get_close_matches(name, COLUMN_NAMES, n=1, cutoff=0.5) if missing else []
    return f" Did you mean {near[0]!r}?" if near else ""


def _condition(where: object) -> str:
    if not isinstance(where, str) or not where.strip() or "\0" in where:
        raise ConfigurationError(f'where={where!r} is no SQL condition; write one, such as "duration_ms > 1000".')
    return where


def parse_since(since: Since | None) -> datetime | None:
    """A time from "2026-11-21 10:00", "10:00" (today), a datetime (without zone: local time) or a timedelta (ago).

    Raises:
        ConfigurationError: If it is no time.
    """
    if since is None:
        return None
    if isinstance(since, timedelta):
        return datetime.now(UTC) - since
    if isinstance(since, str):
        since = _parse_time(since)
    return since.astimezone(UTC)


def _parse_time(text: str) -> datetime:
    for candidate in (text, f"{datetime.now().astimezone().date()}T{text}"):
        try:
            return datetime.fromisoformat(candidate)
        except ValueError:
            continue
    raise ConfigurationError(
        f"since={text!r} is no time. Write it as '2026-11-21 10:30' or '10:30', or give a timedelta."
    )


def _kinds(kind: str | tuple[str, ...]) -> tuple[str, ...]:
    kinds = (kind,) if isinstance(kind, str) else tuple(kind)
    for name in kinds:
        if name not in KINDS:
            raise UnknownNameError("kind of span", name, KINDS)
    return kinds


def _microseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)
