"""The table that `%traces` shows: a static one that the notebook keeps, and in its place on the page one that lives.

The output is plain HTML, so no file ever holds a widget. The widget's model alone is sent to the page; its script looks
for the output's place in the document and puts the living table there. Rows are fetched by page.
"""

from __future__ import annotations

import secrets
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from jupyter_tools.durations import duration_text
from jupyter_tools.errors import JupyterToolsError
from jupyter_tools.json_types import JsonObject
from jupyter_tools.notebook.tables import Table
from jupyter_tools.shortening import one_line
from jupyter_tools.traces.pages import TABLE_COLUMNS, SpanPages, View

STATIC_ROWS = 20
_SHOWN = 60  # characters of what went in and came out
_ALIVE = 8  # older tables let go of their rows
_ASSETS = Path(__file__).parent / "assets"
_ALL = View()
_alive: deque[TraceTable] = deque()


class TraceTable(anywidget.AnyWidget):
    """Answers the page's table.

    Args:
        pages: The spans.
        place: The id of the element in whose place the table is to stand.
    """

    _esm = (_ASSETS / "traces.js").read_text(encoding="utf-8")

    place = traitlets.Unicode().tag(sync=True)
    columns = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self, pages: SpanPages, place: str) -> None:
        super().__init__(place=place, columns=list(TABLE_COLUMNS))
        self._pages = pages
        self.on_msg(self._heard)

    def _heard(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if not isinstance(content, dict):
            return
        try:
            answer = self._answer(content)
        except JupyterToolsError as error:
            answer = {"problem": str(error)}
        if answer is not None:
            self.send({"request": content.get("request")} | answer)

    def _answer(self, content: JsonObject) -> JsonObject | None:
        match content:
            case {"kind": "rows", "view": dict(told), "start": int(start), "stop": int(stop)}:
                if content.get("fresh"):
                    self._pages.forget()
                view = View.of(told)
                rows: Any = self._pages.rows(view, start, stop)
                return {"kind": "rows", "count": self._pages.count(view), "start": start, "rows": rows}
            case {"kind": "detail", "number": int(number)}:
                return {"kind": "detail", "number": number, "detail": self._pages.detail(number)}
            case _:  # a page of another version says something we do not know
                return None


def show_table(pages: SpanPages, *, living: bool) -> None:
    """Put the table on the page.

    Args:
        pages: The spans.
        living: Whether there is a page that can ask for more; else only the newest spans are shown.
    """
    from IPython.display import display

    place = f"jt-traces-{secrets.token_hex(6)}"
    table = static_table(pages)
    count = pages.count(_ALL)
    more = f"<p>The newest {STATIC_ROWS} of {count:,} spans.</p>" if count > STATIC_ROWS else f"<p>{count:,} spans.</p>"
    html = f'<div id="{place}" class="jt-traces"><div>{table._repr_html_()}{more}</div></div>'
    if living:
        _alive.append(TraceTable(pages, place))
        while len(_alive) > _ALIVE:
            _alive.popleft().close()
    display({"text/html": html, "text/plain": f"{table!r}\n{count:,} spans"}, raw=True)


def static_table(pages: SpanPages) -> Table:
    """The newest spans, oldest first."""
    rows = reversed(pages.rows(_ALL, 0, STATIC_ROWS))
    cells = [dict(zip(TABLE_COLUMNS, row[1:], strict=True)) for row in rows]
    columns = ("started", "kind", "name", "status", "duration", "tokens", "input", "output or error")
    return Table(columns=columns, rows=[_static_row(row) for row in cells])


def _static_row(row: dict[str, Any]) -> tuple[str, ...]:
    started = datetime.fromtimestamp(row["started"] / 1e6, UTC).astimezone().strftime("%H:%M:%S")
    tokens = [str(row[name]) for name in ("input_tokens", "output_tokens") if row[name] is not None]
    said = row["error"] or row["output"] or ""
    name = "" if row["kind"] == "agent" else row["name"]
    duration = duration_text(row["duration_ms"])
    return (
        started,
        row["kind"],
        name,
        row["status"],
        duration,
        " + ".join(tokens),
        one_line(row["input"] or "", _SHOWN),
        one_line(said, _SHOWN),
    )
