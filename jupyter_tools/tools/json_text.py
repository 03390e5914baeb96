"""JSON text of what people's functions return: dataclasses, dates, NumPy values, sets ... as well as plain JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import date, time
from enum import Enum
from typing import Any, cast

from jupyter_tools.json_types import JsonValue, read_json


def json_text(value: Any) -> tuple[str, JsonValue]:
    """JSON text of `value` and the plain JSON value it stands for. What JSON cannot say is said by `repr`."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False), value
    except (TypeError, ValueError, RecursionError):
        return _described(value)


def _described(value: Any) -> tuple[str, JsonValue]:
    try:
        text = json.dumps(value, ensure_ascii=False, default=_plain)
    except (TypeError, ValueError, RecursionError):  # odd keys, circles, too deep
        return repr(value), None
    # NaN has no JSON: what is kept must be readable by every JSON reader
    return text, read_json(text)


def _plain(value: Any) -> JsonValue:
    """One step towards JSON, for `json.dumps`."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    match value:
        case Enum():
            return value.value
        case date() | time():
            return value.isoformat()
        case set() | frozenset():
            return sorted(cast("set[Any]", value), key=repr)
        case Mapping():
            return dict(cast("Mapping[Any, Any]", value))
        case _:
            return _by_its_methods(value)


def _by_its_methods(value: Any) -> JsonValue:
    for method in ("model_dump", "tolist", "to_dict"):  # pydantic, NumPy, pandas
        convert = getattr(value, method, None)
        if callable(convert) and not isinstance(value, type):
            return convert()
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
