"""Spans as CSV and Parquet, for programs that read tables. Contents are JSON text."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from jupyter_tools.errors import MissingExtraError, TraceStoreError
from jupyter_tools.traces.columns import COLUMN_NAMES, COLUMNS, CONTENT_NAMES, Column
from jupyter_tools.traces.json_lines import cells_of, iso_time
from jupyter_tools.traces.records import ROWS_A_CHUNK, Chunk

_LARGEST_CELL = 1 << 30
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would compute what begins so
_TRUTH = {"true": True, "false": False}
_ARROW_TYPES = {
    "string": "string",
    "object": "string",
    "Int64": "int64",
    "Float64": "float64",
    "boolean": "bool_",
}


def write_csv(chunks: Iterable[Chunk], file: IO[str]) -> int:
    """Write the spans with a line of names; gives their number.

    A text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    writer = csv.writer(file)
    writer.writerow(COLUMN_NAMES)
    count = 0
    for chunk in chunks:
        columns = [[_csv_cell(column, cell) for cell in chunk[column.name]] for column in COLUMNS]
        writer.writerows(zip(*columns, strict=True))
        count += len(columns[0])
    return count


def _csv_cell(column: Column, cell: Any) -> Any:
    match column.dtype:
        case _ if cell is None:
            return ""
        case "datetime64[us, UTC]":
            return iso_time(cell)
        case "boolean":
            return "true" if cell else "false"
        case "string" | "object":
            text = cell.encode("utf-8", "replace").decode()
            return f"'{text}" if text.startswith((*_FORMULA, "'")) else text
        case _:
            return cell


def read_csv(file: IO[str]) -> Iterator[Chunk]:
    """The spans that `write_csv` wrote. An empty text and a missing one are the same in CSV: both are missing.

    Raises:
        TraceStoreError: If a line is no span; it says which.
    """
    csv.field_size_limit(_LARGEST_CELL)
    try:
        for rows in _batches(csv.DictReader(file)):
            spans = [cells_of(_span(row, f"line {number}"), f"line {number}") for number, row in rows]
            yield _columns(spans)
    except csv.Error as error:
        raise TraceStoreError(f"It is no CSV: {error}.") from None


def _batches(rows: Iterable[dict[str, str]]) -> Iterator[list[tuple[int, dict[str, str]]]]:
    batch: list[tuple[int, dict[str, str]]] = []
    for number, row in enumerate(rows, 2):
        batch.append((number, row))
        if len(batch) == ROWS_A_CHUNK:
            yield batch
            batch = []
    if batch:
        yield batch


def _columns(spans: list[list[Any]]) -> Chunk:
    return {name: list(cells) for name, cells in zip(COLUMN_NAMES, zip(*spans, strict=True), strict=True)}


def _span(row: dict[str, str], where: str) -> dict[str, Any]:
    try:
        return {column.name: _value(column, row[column.name]) for column in COLUMNS if row.get(column.name)}
    except ValueError as error:
        raise TraceStoreError(f"In {where} a value does not fit its column: {error}.") from None


def _value(column: Column, text: str) -> Any:
    match column.dtype:
        case "string" | "object":
            plain = text[1:] if text.startswith("'") else text
            return json.loads(plain) if column.dtype == "object" else plain
        case "Int64":
            return int(text)
        case "Float64":
            return float(text)
        case "boolean":
            return _TRUTH.get(text.lower(), text)
        case _:
            return text


def write_parquet(chunks: Iterable[Chunk], path: Path) -> int:
    """Write the spans; gives their number. Needs pyarrow.

    Raises:
        MissingExtraError: If pyarrow is not installed.
    """
    arrow, parquet = _arrow()
    schema = arrow.schema([(column.name, _arrow_type(arrow, column)) for column in COLUMNS])
    count = 0
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for chunk in chunks:
            arrays = [_arrow_array(arrow, column, chunk[column.name]) for column in COLUMNS]
            writer.write_batch(arrow.record_batch(arrays, schema=schema))
            count += len(arrays[0])
    return count


def read_parquet(path: Path) -> Iterator[Chunk]:
    """The spans that `write_parquet` wrote. Needs pyarrow.

    Raises:
        MissingExtraError: If pyarrow is not installed.
        TraceStoreError: If it is no Parquet file, or not of spans.
    """
    arrow, parquet = _arrow()
    try:
        batches = parquet.ParquetFile(path).iter_batches(ROWS_A_CHUNK)
        for batch in batches:
            spans = [cells_of(_parsed(row), "a row") for row in batch.to_pylist()]
            yield _columns(spans)
    except (arrow.ArrowException, OSError) as error:
        raise TraceStoreError(f"{path} is no Parquet file that can be read: {error}.") from None


def _arrow() -> tuple[Any, Any]:
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ImportError:
        raise MissingExtraError("pyarrow", "parquet", "A Parquet file") from None
    return arrow, parquet


def _arrow_type(arrow: Any, column: Column) -> Any:
    if column.dtype == "datetime64[us, UTC]":
        return arrow.timestamp("us", tz="UTC")
    return getattr(arrow, _ARROW_TYPES[column.dtype])()


def _arrow_array(arrow: Any, column: Column, cells: list[Any]) -> Any:
    if column.dtype in ("string", "object"):
        cells = [None if cell is None else cell.encode("utf-8", "replace").decode() for cell in cells]
    elif column.dtype == "boolean":
        cells = [None if cell is None else bool(cell) for cell in cells]
    return arrow.array(cells, type=_arrow_type(arrow, column))


def _parsed(row: dict[str, Any]) -> dict[str, Any]:
    """The row as a file of JSON Lines would have it."""
    times = {name: value.isoformat() for name, value in row.items() if hasattr(value, "isoformat")}
    contents = {name: json.loads(row[name]) for name in CONTENT_NAMES if row.get(name) is not None}
    return row | times | contents
