"""Spans of another person's file into a store."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from jupyter_tools.traces.columns import CONTENT_NAMES, CONTEXT_NAMES, SPAN_NAMES
from jupyter_tools.traces.records import Chunk, redacted
from jupyter_tools.traces.rows import Row, as_storable, blob_key, outsourced
from jupyter_tools.traces.span import span_id_number
from jupyter_tools.traces.store import TraceStore
from jupyter_tools.traces.values import json_text, json_to_stored

_IDS = ("span_id", "parent_id")


def import_spans(store: TraceStore, chunks: Iterable[Chunk]) -> int:
    """Put spans into the store, redacted. One that is there already is replaced. Gives their number.

    Raises:
        TraceStoreError: If they cannot be read or written; then none of them is kept.
    """
    total = 0
    contexts: dict[Row, int] = {}
    store.flush()  # what is queued may be among them
    with store.writing() as connection:
        for chunk in redacted(chunks):
            blobs: list[Row] = []
            columns = _as_stored(chunk, blobs)
            _forget(connection, columns["span_id"])
            connection.executemany("INSERT OR IGNORE INTO blobs (hash, data) VALUES (?, ?)", blobs)
            keys = [_context(connection, contexts, cells) for cells in zip(*_some(columns, CONTEXT_NAMES), strict=True)]
            rows = zip(keys, *_some(columns, SPAN_NAMES), strict=True)
            connection.executemany(_insert("span_rows", ("context", *SPAN_NAMES)), rows)
            total += len(keys)
    return total


def _some(columns: Mapping[str, Any], names: Iterable[str]) -> list[Any]:
    return [columns[name] for name in names]


def _as_stored(chunk: Chunk, blobs: list[Row]) -> dict[str, Any]:
    columns: dict[str, Any] = {name: as_storable(cells) for name, cells in chunk.items()}
    for name in _IDS:
        columns[name] = [None if cell is None else _id_number(cell) for cell in columns[name]]
    for name in CONTENT_NAMES:
        if name == "messages":
            columns[name] = [None if cell is None else _message_keys(cell, blobs) for cell in columns[name]]
        else:
            texts = [None if cell is None else json_to_stored(cell) for cell in columns[name]]
            columns[name] = outsourced(texts, blobs)
    return columns


def _id_number(text: str) -> int:
    """The id as it is stored; of an id that is none of ours, a number made from it."""
    try:
        return span_id_number(text)
    except (ValueError, OverflowError):
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), signed=True)


def _message_keys(text: str, blobs: list[Row]) -> str | None:
    """The conversation as a list of the hashes of its messages."""
    messages = json.loads(text)
    if not isinstance(messages, list):  # redacted beyond recognition
        return None
    stored = [(blob_key(message), message) for message in map(json_text, messages)]
    blobs += stored
    return json.dumps([key for key, _ in stored])


def _forget(connection: sqlite3.Connection, span_ids: Iterable[int]) -> None:
    """Take out the spans that come again."""
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS coming (span_id INTEGER PRIMARY KEY)")
    connection.executemany("INSERT OR IGNORE INTO coming VALUES (?)", ((number,) for number in span_ids))
    connection.execute("DELETE FROM span_rows WHERE span_id IN (SELECT span_id FROM coming)")
    connection.execute("DELETE FROM coming")


def _context(connection: sqlite3.Connection, known: dict[Row, int], cells: Row) -> int:
    number = known.get(cells)
    if number is None:
        cursor = connection.execute(_insert("contexts", CONTEXT_NAMES), cells)
        number = known[cells] = cursor.lastrowid or 0
    return number


def _insert(table: str, names: Iterable[str]) -> str:
    names = tuple(names)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
