"""Spans page by page, for a table that shows a few of very many: which ones a view has, and what stands in some."""

from __future__ import annotations

import json
import sqlite3
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jupyter_tools.durations import duration_text
from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.shortening import cut
from jupyter_tools.traces.columns import CONTENT_NAMES
from jupyter_tools.traces.contents import Contents
from jupyter_tools.traces.conversation import Conversation
from jupyter_tools.traces.query import KINDS, SpanQuery, explained
from jupyter_tools.traces.steps import STEP_COLUMNS, Step
from jupyter_tools.traces.store import TraceStore
from jupyter_tools.traces.timeline import lay_out

TABLE_COLUMNS = (
    *("started", "kind", "name", "status", "duration_ms", "input_tokens", "output_tokens", "input", "output", "error"),
    "cost",
)
MOST_ROWS = 500  # at a time
_SEARCHED = ("name", "input", "output", "error", "args", "result")
_MOST_TEXT = 100_000
_VIEWS_KEPT = 4
_STEPS_AROUND = 2_000
_CONTEXT = ("run_id", "model", "provider", "stop_reason", "attempt", "queue_ms", "first_token_ms", "cell_id", "span_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a person looks at.

    Attributes:
        search: Only spans in which this text stands, in any case of letters.
        kind: Only of this kind; "" for all.
        status: Only of this status; "" for all, "failed" for all that went wrong.
        sort: The column by which they are ordered; "" for the order in which they were recorded.
        descending: The largest, or the newest, first.
    """

    search: str = ""
    kind: str = ""
    status: str = ""
    sort: str = ""
    descending: bool = True

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> View:
        """The view that a page asks for; what it does not say, or says wrongly, is left at its default."""
        texts = {name: told[name] for name in ("search", "kind", "status", "sort") if isinstance(told.get(name), str)}
        return cls(**texts, descending=told.get("descending") is not False)


class SpanPages:
    """The spans of a query, page by page.

    Args:
        store: Where they are.
        query: Which they are.
    """

    def __init__(self, store: TraceStore, query: SpanQuery) -> None:
        self._store = store
        self._query = query
        self._numbers: OrderedDict[View, list[int]] = OrderedDict()

    def count(self, view: View) -> int:
        """How many spans the view has."""
        return len(self._of(view))

    def forget(self) -> None:
        """Look again at the next question: there may be new spans."""
        self._numbers.clear()

    def rows(self, view: View, start: int, stop: int) -> list[list[Any]]:
        """Some rows of the view: the number of each span, then the cells of `TABLE_COLUMNS`."""
        numbers = self._of(view)[max(0, start) : max(0, min(stop, start + MOST_ROWS))]
        marks = ", ".join("?" * len(numbers))
        sql = f"SELECT seq, {', '.join(TABLE_COLUMNS)} FROM spans WHERE seq IN ({marks})"
        with self._store.reading() as connection:
            found = {row[0]: [_clean(cell) for cell in row] for row in connection.execute(sql, numbers)}
        return [found[number] for number in numbers if number in found]  # some may have been pruned meanwhile

    def detail(self, number: int) -> dict[str, Any] | None:
        """Everything about one span, as text, and its place among the others of its run; None if it is gone."""
        names = (*STEP_COLUMNS, *_CONTEXT, *CONTENT_NAMES)
        with self._store.reading() as connection:
            row = connection.execute(f"SELECT {', '.join(names)} FROM spans WHERE seq = ?", (number,)).fetchone()
            if row is None:
                return None
            contents = Contents(connection)
            cells = dict(zip(names, row, strict=True))
            values = {name: contents.values(name, [cells[name]])[0] for name in CONTENT_NAMES}
            step = Step(*row[: len(STEP_COLUMNS)])
            return {
                "title": _clean(step.title),
                "facts": [[name, _clean(str(cells[name]))] for name in _CONTEXT if cells[name] is not None],
                "parts": _parts(values, step),
                "timeline": _timeline(self._around(connection, step), step),
            }

    def _of(self, view: View) -> list[int]:
        if view not in self._numbers:
            sql, parameters = self._sql(view)
            with self._store.reading() as connection, explained(self._query.where):
                connection.create_function("folded", 1, _folded, deterministic=True)
                self._numbers[view] = [number for (number,) in connection.execute(sql, parameters)]
            while len(self._numbers) > _VIEWS_KEPT:
                self._numbers.popitem(last=False)
        self._numbers.move_to_end(view)
        return self._numbers[view]

    def _sql(self, view: View) -> tuple[str, list[Any]]:
        chosen, parameters = self._query.sql(("seq",))
        conditions = [f"seq IN ({chosen})"]
        if view.kind:
            conditions.append("kind = ?")
            parameters.append(_known("kind of span", view.kind, KINDS))
        if view.status == "failed":
            conditions.append("status IN ('error', 'timeout', 'denied')")
        elif view.status:
            conditions.append("status = ?")
            parameters.append(view.status)
        if view.search:
            condition, value = _search(view.search)
            conditions.append(condition)
            parameters += [value] * len(_SEARCHED)
        direction = "DESC" if view.descending else "ASC"
        order = f"{_known('column to sort by', view.sort, TABLE_COLUMNS)} {direction}, " if view.sort else ""
        return f"SELECT seq FROM spans WHERE {' AND '.join(conditions)} ORDER BY {order}seq {direction}", parameters

    def _around(self, connection: sqlite3.Connection, step: Step) -> list[Step]:
        """The steps of the same run; of a call without one, itself."""
        if step.run_id is None:
            return [step]
        sql = f"SELECT {', '.join(STEP_COLUMNS)} FROM spans WHERE run_id = ? LIMIT {_STEPS_AROUND}"
        return [Step(*row) for row in connection.execute(sql, (step.run_id,))]


def _known(what: str, name: str, names: Sequence[str]) -> str:
    if name not in names:
        raise UnknownNameError(what, name, names)
    return name


def _search(text: str) -> tuple[str, str]:
    if len(text) > 1000:
        raise ConfigurationError("The text to search for is too long.")
    if text.isascii():  # SQLite's own comparison knows the case of ASCII letters, and is ten times faster
        escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return f"({' OR '.join(rf'{name} LIKE ? ESCAPE char(92)' for name in _SEARCHED)})", f"%{escaped}%"
    return f"({' OR '.join(f'instr(folded({name}), ?)' for name in _SEARCHED)})", text.casefold()


def _folded(text: Any) -> Any:
    return text.casefold() if isinstance(text, str) else text


def _parts(values: Mapping[str, Any], step: Step) -> list[list[str]]:
    """What went in and came out, as titles and texts."""
    messages = values["messages"]
    named = {
        "Prompt" if step.kind == "agent" else "Arguments": values["args"],
        "What the model saw" if step.kind == "model" else "Messages": messages and Conversation(messages),
        "Result": values["result"],
        "Error": step.error,
        "Details": values["details"],
        "Parameters": values["parameters"],
    }
    return [[title, _text(value)] for title, value in named.items() if value is not None]


def _text(value: Any) -> str:
    text = _conversation(value) or (value if isinstance(value, str) else _json(value))
    return _clean(cut(text, _MOST_TEXT))


def _conversation(value: Any) -> str | None:
    if hasattr(value, "role"):
        value = Conversation([value])
    return repr(value) if isinstance(value, Conversation) else None


def _json(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, indent=2)
    except (TypeError, ValueError):  # frames, arrays, images
        return repr(value)


def _timeline(steps: Sequence[Step], chosen: Step) -> dict[str, Any]:
    layout = lay_out(steps, 100.0)
    return {
        "rows": [[_clean(row.label), row.depth, row.levels] for row in layout.rows],
        "bars": [
            {
                "x": bar.x,
                "width": bar.width,
                "row": bar.row,
                "level": bar.level,
                "kind": "failed" if bar.step.failed else bar.step.kind,
                "title": _clean(bar.step.title),
                "chosen": bar.step.span_id == chosen.span_id,
            }
            for bar in layout.bars
        ],
        "duration": duration_text(layout.axis.active_us / 1000),
    }


def _clean(cell: Any) -> Any:
    """Half a surrogate pair cannot be sent."""
    return cell.encode("utf-8", "replace").decode() if isinstance(cell, str) else cell
