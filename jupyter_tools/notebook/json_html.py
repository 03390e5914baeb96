"""JSON values as HTML that folds: a tree of `<details>`, a table for a data frame. Without script, so that it stays."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from jupyter_tools.json_types import JsonValue
from jupyter_tools.notebook.sanitise import text_html
from jupyter_tools.shortening import cut, one_line

_MOST_ITEMS = 500  # of a whole tree; a page with more is slow, and the traces keep all
_MOST_DEPTH = 20
_OPEN_ITEMS = 20  # what has more is folded at first
_LONG_TEXT = 2_000
_LONG_CELL = 200
_ROWS = 20
_COLUMNS = 20


def tree_html(value: JsonValue) -> str:
    """A JSON value: objects and lists as trees that fold, everything else as it is written."""
    return f'<div class="jt-tree">{_Tree(_MOST_ITEMS).html(value)}</div>'


@dataclass(slots=True)
class _Tree:
    """Draws a value until its items are used up."""

    left: int

    def html(self, value: JsonValue, depth: int = 0) -> str:
        if not isinstance(value, dict | list) or not value:
            return _leaf(value)
        if depth >= _MOST_DEPTH:
            return text_html("…")
        items: Iterable[tuple[Any, JsonValue]] = value.items() if isinstance(value, dict) else enumerate(value)
        lines: list[str] = []
        for number, (key, item) in enumerate(items):
            if self.left <= 0:
                lines.append(f"<li>… {len(value) - number:,} more</li>")
                break
            self.left -= 1
            lines.append(self._line(str(key), item, depth))
        return f"<ul>{''.join(lines)}</ul>"

    def _line(self, key: str, item: JsonValue, depth: int) -> str:
        name = f'<span class="jt-key">{text_html(key)}</span>'
        if not isinstance(item, dict | list) or not item:
            return f"<li>{name}: {self.html(item, depth + 1)}</li>"
        opened = " open" if len(item) <= _OPEN_ITEMS and depth < 2 else ""
        count = f"{len(item):,} {'key' if isinstance(item, dict) else 'item'}{'s' if len(item) > 1 else ''}"
        return f"<li><details{opened}><summary>{name}: {count}</summary>{self.html(item, depth + 1)}</details></li>"


def _leaf(value: JsonValue) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    kind = "str" if isinstance(value, str) else "num"
    return f'<span class="jt-{kind}">{text_html(cut(text, _LONG_TEXT))}</span>'


def frame_of(details: JsonValue) -> dict[str, Any] | None:
    """The data frame in a tool's details (`{"dataframe": {"columns", "index", "data"}}`), or None."""
    frame = details.get("dataframe") if isinstance(details, dict) else None
    if not isinstance(frame, dict):
        return None
    columns, index, data = (frame.get(name) for name in ("columns", "index", "data"))
    if not isinstance(columns, list) or not isinstance(index, list) or not isinstance(data, list):
        return None
    return frame if all(isinstance(row, list) for row in data) else None


def frame_html(frame: dict[str, Any]) -> str:
    """The beginning of a data frame as a table, and how much is not shown."""
    columns, index, data = frame["columns"], frame["index"], frame["data"]
    head = "".join(f"<th>{text_html(_cell(name))}</th>" for name in ("", *columns[:_COLUMNS]))
    rows = zip(index[:_ROWS], data, strict=False)
    body = "".join(f"<tr><th>{text_html(_cell(name))}</th>{_cells(row)}</tr>" for name, row in rows)
    hidden = [
        f"{length - shown:,} more {name}"
        for length, shown, name in ((len(data), _ROWS, "rows"), (len(columns), _COLUMNS, "columns"))
        if length > shown
    ]
    note = f'<div class="jt-status">{" and ".join(hidden)}</div>' if hidden else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"


def _cells(row: list[JsonValue]) -> str:
    return "".join(f"<td>{text_html(_cell(value))}</td>" for value in row[:_COLUMNS])


def _cell(value: JsonValue) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return one_line(text, _LONG_CELL)
