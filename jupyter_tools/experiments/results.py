"""`Results`: finished cells, in a table of the trace store's file. What stands there is not paid for again."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from jupyter_tools.experiments.answers import Answer, from_json, to_json
from jupyter_tools.redaction import redact_all, redact_json
from jupyter_tools.traces import TraceStore
from jupyter_tools.traces.insertion import insert_rows

_TABLE = """
CREATE TABLE IF NOT EXISTS experiment_cells (
    key TEXT PRIMARY KEY,
    experiment TEXT NOT NULL,
    finished INTEGER NOT NULL,
    answer TEXT NOT NULL
)
"""  # with row ids: what is written together stands together, for keys come in no order
_COLUMNS = ("key", "experiment", "finished", "answer")
_IS_THERE = "SELECT 1 FROM sqlite_master WHERE name = 'experiment_cells'"
_KEYS_A_QUERY = 500


class Results:
    """The finished cells of a store's file, those of other kernels and experiments included.

    Args:
        store: Whose file it is.
        reads: False to find nothing there.
        writes: False to keep nothing there.

    Attributes:
        reads: Whether anything is found.

    Raises:
        TraceStoreError: If the file cannot be used.
    """

    def __init__(self, store: TraceStore, *, reads: bool = True, writes: bool = True) -> None:
        self._store = store
        self.reads = reads
        self._writes = writes
        with store.writing() as connection:
            connection.execute(_TABLE)

    def finished(self, keys: Sequence[str]) -> dict[str, Answer]:
        """The answers of those cells that are finished."""
        if not self.reads:
            return {}
        with self._store.reading() as connection:
            if connection.execute(_IS_THERE).fetchone() is None:  # the file was taken away, and is a new one
                return {}
            return {key: from_json(text) for key, text in _rows(connection, keys)}

    def keep(self, answers: Mapping[str, Answer], experiment: str) -> None:
        """Write finished cells, in one transaction. Keys and tokens in an answer's text are blotted out."""
        if not self._writes:
            return
        now = time.time_ns() // 1000
        texts = _written([*answers.values()])
        rows = [(key, experiment, now, _storable(text)) for key, text in zip(answers, texts, strict=True)]
        with self._store.writing() as connection:
            connection.execute(_TABLE)  # again: the file may be a new one
            insert_rows(connection, "INSERT OR REPLACE INTO experiment_cells", _COLUMNS, rows)


def _written(answers: Sequence[Answer]) -> list[str]:
    """The answers as JSON, with keys and tokens blotted out of what models and servers said; the rest is ours."""
    said = redact_all([answer.text for answer in answers])
    clean = [
        answer if text == answer.text else replace(answer, text=text)
        for answer, text in zip(answers, said, strict=True)
    ]
    written = list(map(to_json, clean))
    with_more = [place for place, answer in enumerate(answers) if answer.tool_calls or answer.error]
    for place, text in zip(with_more, redact_json([written[place] for place in with_more]), strict=True):
        written[place] = text
    return written


def _storable(text: str) -> str:
    """JSON text with half a surrogate pair, which some models write, as JSON says it: SQLite takes none."""
    return text.encode("utf-8", "backslashreplace").decode()


def _rows(connection: sqlite3.Connection, keys: Sequence[str]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for start in range(0, len(keys), _KEYS_A_QUERY):
        chosen = keys[start : start + _KEYS_A_QUERY]
        marks = ", ".join("?" * len(chosen))
        found += connection.execute(f"SELECT key, answer FROM experiment_cells WHERE key IN ({marks})", chosen)
    return found
