"""Spans on their way out of a store, or into one: chunks of columns, contents as JSON text.

Exports take them from a store or from a frame, imports from a file; both redact them here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from jupyter_tools.redaction import redact_all, redact_json
from jupyter_tools.traces.columns import COLUMN_NAMES, COLUMNS, CONTENT_NAMES
from jupyter_tools.traces.contents import Contents
from jupyter_tools.traces.steps import Frame
from jupyter_tools.traces.values import encode, stored_to_json

Chunk: TypeAlias = dict[str, list[Any]]  # every column, as SQLite keeps it, but for large values, which are whole
ROWS_A_CHUNK = 2_000
TEXT_NAMES = tuple(column.name for column in COLUMNS if column.dtype == "string")


def records_of_store(connection: sqlite3.Connection, sql: str, parameters: list[Any]) -> Iterator[Chunk]:
    """The spans of a query over all columns, in its order; contents are not decoded, so nothing of them is lost."""
    contents = Contents(connection)
    cursor = connection.execute(sql, parameters)
    while rows := cursor.fetchmany(ROWS_A_CHUNK):
        chunk: Chunk = {name: list(cells) for name, cells in zip(COLUMN_NAMES, zip(*rows, strict=True), strict=True)}
        for name in CONTENT_NAMES:
            chunk[name] = contents.texts(name, chunk[name])
        yield chunk


def records_of_frame(frame: Frame) -> Iterator[Chunk]:
    """The spans of a frame, in its order. Columns that it has not are empty."""
    for start in range(0, len(frame), ROWS_A_CHUNK):
        some = frame.iloc[start : start + ROWS_A_CHUNK]
        yield {column.name: _cells(some, column.name, column.dtype) for column in COLUMNS}


def _cells(frame: Frame, name: str, dtype: str) -> list[Any]:
    if name not in frame.columns:
        return [None] * len(frame)
    column = frame[name]
    if dtype == "object":
        return [None if value is None else stored_to_json(encode(value)) for value in column]
    plain = column.astype("object").where(column.notna(), None).tolist()
    if not dtype.startswith("datetime"):
        return plain
    numbers = column.dt.as_unit("us").astype("int64").tolist()
    return [None if moment is None else number for moment, number in zip(plain, numbers, strict=True)]


def redacted(chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """The same with every secret blotted out: patterns may have been added since the spans were recorded."""
    for chunk in chunks:
        yield _redacted(_redacted(chunk, TEXT_NAMES, redact_all), CONTENT_NAMES, redact_json)


def _redacted(chunk: Chunk, names: Iterable[str], redact: Any) -> Chunk:
    filled = [(name, place) for name in names for place, text in enumerate(chunk[name]) if text is not None]
    texts = [chunk[name][place] for name, place in filled]
    clean = redact(texts)
    if clean is texts:
        return chunk
    changed = chunk | {name: list(chunk[name]) for name in names}
    for (name, place), text in zip(filled, clean, strict=True):
        changed[name][place] = text
    return changed
