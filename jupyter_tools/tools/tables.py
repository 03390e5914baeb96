"""Tables that tools return (pandas): their first and last rows for the model, all of them in `details`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, cast

from jupyter_tools.json_types import JsonObject

SHOWN_ROWS = 30
_SHOWN_COLUMNS = 40


@dataclass(frozen=True, slots=True)
class Table:
    """A table in both its forms.

    Attributes:
        text: Its shape, and its rows as CSV, shortened.
        details: `{"dataframe": {"columns": ..., "index": ..., "data": ...}}`, whole.
    """

    text: str
    details: JsonObject


def table_of(value: Any) -> Table | None:
    """The table that `value` is, or None. pandas is not imported to find out."""
    kind = cast("type[Any]", type(value))
    if kind.__module__.partition(".")[0] != "pandas" or kind.__name__ not in ("DataFrame", "Series"):
        return None
    frame = value if kind.__name__ == "DataFrame" else value.to_frame()
    whole = json.loads(frame.to_json(orient="split", date_format="iso", default_handler=str))
    return Table(text=_text(frame), details={"dataframe": whole})


def _text(frame: Any) -> str:
    rows, columns = frame.shape
    head = f"{rows:,} rows x {columns:,} columns"
    shown = frame.iloc[:, :_SHOWN_COLUMNS]
    if columns > _SHOWN_COLUMNS:
        head += f", the first {_SHOWN_COLUMNS} columns shown"
    if rows <= SHOWN_ROWS:
        return f"{head}\n{shown.to_csv()}".rstrip()
    half = SHOWN_ROWS // 2
    top, bottom = shown.iloc[:half].to_csv(), shown.iloc[-half:].to_csv(header=False)
    return f"{head}, the first and last {half} rows shown\n{top}...\n{bottom}".rstrip()
