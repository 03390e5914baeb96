"""Spans as JSON Lines: one object a line, without what is missing, times as ISO 8601. Nothing is lost on the way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import IO, Any

from jupyter_tools.errors import TraceStoreError
from jupyter_tools.traces.columns import COLUMNS, Column
from jupyter_tools.traces.records import ROWS_A_CHUNK, Chunk
from jupyter_tools.traces.values import is_utf8, json_text

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INT64 = range(-(2**63), 2**63)


def write_json_lines(chunks: Iterable[Chunk], file: IO[str]) -> int:
    """Write the spans; gives their number."""
    count = 0
    for chunk in chunks:
        columns = [list(map(_writer(column), chunk[column.name])) for column in COLUMNS]
        for cells in zip(*columns, strict=True):
            file.write(f"{{{', '.join(filter(None, cells))}}}\n")
            count += 1
    return count


def _writer(column: Column) -> Callable[[Any], str | None]:
    key, to_json = json.dumps(column.name), _to_json(column)
    return lambda cell: None if cell is None else f"{key}: {to_json(cell)}"


def _to_json(column: Column) -> Callable[[Any], str]:
    match column.dtype:
        case "object":
            return str  # it is JSON
        case "boolean":
            return lambda cell: "true" if cell else "false"
        case "datetime64[us, UTC]":
            return lambda cell: f'"{iso_time(cell)}"'
        case _:
            return lambda cell: json.dumps(cell, ensure_ascii=isinstance(cell, str) and not is_utf8(cell))


def read_json_lines(lines: Iterable[str]) -> Iterator[Chunk]:
    """The spans of these lines; names that are no columns are left out.

    Raises:
        TraceStoreError: If a line is no span; it says which.
    """
    chunk = _empty()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        for name, cell in zip(chunk, _cells(line, number), strict=True):
            chunk[name].append(cell)
        if len(chunk["span_id"]) == ROWS_A_CHUNK:
            yield chunk
            chunk = _empty()
    if chunk["span_id"]:
        yield chunk


def _empty() -> Chunk:
    return {column.name: [] for column in COLUMNS}


def _cells(line: str, number: int) -> list[Any]:
    try:
        span = json.loads(line)
    except ValueError as error:
        raise TraceStoreError(f"Line {number} is no JSON: {error}.") from None
    if not isinstance(span, dict):
        raise TraceStoreError(f"Line {number} is no span, but {line.strip()[:40]!r}.")
    return cells_of(span, f"line {number}")


def cells_of(span: dict[str, Any], where: str) -> list[Any]:
    """The values of a span of a file as a store keeps them, in the order of the columns.

    Args:
        span: The values by column; contents as plain JSON values.
        where: Where the span stands, for the person who reads the error.

    Raises:
        TraceStoreError: If a value does not fit its column, or what no span is without is missing.
    """
    for name in ("span_id", "kind", "name", "status", "started"):
        if span.get(name) in (None, ""):
            raise TraceStoreError(f"In {where} the {name} is missing: it is no span of jupyter_tools.")
    return [_cell(column, span.get(column.name), where) for column in COLUMNS]


def _cell(column: Column, value: Any, where: str) -> Any:
    match column.dtype, value:
        case _, None:
            cell = None
        case "object", _:
            cell = json_text(value)
        case ("string", str()) | ("boolean", bool()):
            cell = value
        case "Int64", int() if not isinstance(value, bool) and value in _INT64:
            cell = value
        case "Float64", int() | float() if not isinstance(value, bool):
            cell = float(value)
        case "datetime64[us, UTC]", str():
            cell = _microseconds(value, where)
        case _:
            raise TraceStoreError(f"In {where} {column.name} is {value!r:.60}, which is no {column.dtype}.")
    return cell


def iso_time(microseconds: int) -> str:
    """A time as text, exact to the microsecond."""
    return (_EPOCH + timedelta(microseconds=microseconds)).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _microseconds(text: str, where: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise TraceStoreError(f"In {where} stands {text!r:.60}, which is no time.") from None
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - _EPOCH) // timedelta(microseconds=1)
