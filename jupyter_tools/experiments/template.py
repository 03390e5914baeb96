"""A prompt template: text in which `{{ column }}` stands for a value of the row."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from jupyter_tools.errors import UnknownNameError

_COLUMN = re.compile(r"\{\{\s*(?P<name>[^{}]+?)\s*\}\}")


def columns_in(template: str) -> tuple[str, ...]:
    """The columns that a template names, each once, in order."""
    return tuple(dict.fromkeys(match["name"] for match in _COLUMN.finditer(template)))


def check_template(template: str, columns: tuple[str, ...]) -> None:
    """Compare a template with the columns that there are.

    Raises:
        UnknownNameError: If it names a column that is not there.
    """
    for name in columns_in(template):
        if name not in columns:
            raise UnknownNameError("column", name, columns)


def filled(template: str, row: Mapping[str, Any]) -> str:
    """The template with the row's values. A value is inserted as it is; a missing one is empty."""
    return _COLUMN.sub(lambda match: _text(row[match["name"]]), template).strip()


def _text(value: Any) -> str:
    return "" if is_missing(value) else str(value)


def is_missing(value: Any) -> bool:
    """True for None, NaN and pandas' NA: no value, whatever it is called."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and math.isnan(value)
