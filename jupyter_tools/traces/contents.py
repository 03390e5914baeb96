"""The contents of rows - arguments, results, messages - as the Python values they were."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from jupyter_tools.traces.rows import referred_key
from jupyter_tools.traces.values import decode, decode_all, stored_to_json

_KEYS_A_QUERY = 500


class Contents:
    """Reads contents, and the blobs that rows refer to, each blob once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._messages: dict[str, Any] = {}  # frozen, so rows may share them

    def values(self, column: str, cells: Sequence[str | None]) -> list[Any]:
        """The values of one column's cells; None where there is nothing."""
        if cells.count(None) == len(cells):  # most contents are of one kind of span only
            return [None] * len(cells)
        return self._conversations(cells) if column == "messages" else self._plain(cells)

    def texts(self, column: str, cells: Sequence[str | None]) -> list[str | None]:
        """The same as JSON texts, with no value made of them, and so nothing lost."""
        whole = self._whole_conversations if column == "messages" else self._whole
        texts = whole(_texts(cells))
        return [None if cell is None else stored_to_json(text) for cell, text in zip(cells, texts, strict=True)]

    def _plain(self, cells: Sequence[str | None]) -> list[Any]:
        return decode_all(self._whole(_texts(cells)))

    def _whole(self, texts: list[str]) -> list[str]:
        references = {at: key for at, text in enumerate(texts) if text[:1] == "@" and (key := referred_key(text))}
        blobs = self._blobs(references.values())
        for at, key in references.items():
            texts[at] = blobs[key]
        return texts

    def _whole_conversations(self, texts: list[str]) -> list[str]:
        lists: list[list[str]] = [json.loads(text) or [] for text in texts]
        blobs = self._blobs(key for keys in lists for key in keys)
        return [f"[{', '.join(blobs[key] for key in keys)}]" for keys in lists]

    def _conversations(self, cells: Sequence[str | None]) -> list[Any]:
        lists: list[list[str] | None] = decode_all(_texts(cells))
        missing = {key for keys in lists for key in keys or ()} - self._messages.keys()
        self._messages |= {key: decode(data) for key, data in self._blobs(missing).items()}
        return [None if keys is None else [self._messages[key] for key in keys] for keys in lists]

    def _blobs(self, keys: Iterable[str]) -> dict[str, str]:
        wanted, found = sorted(set(keys)), {}
        for start in range(0, len(wanted), _KEYS_A_QUERY):
            some = wanted[start : start + _KEYS_A_QUERY]
            marks = ", ".join("?" * len(some))
            found |= self._connection.execute(f"SELECT hash, data FROM blobs WHERE hash IN ({marks})", some).fetchall()
        return found


def _texts(cells: Sequence[str | None]) -> list[str]:
    return ["null" if cell is None else cell for cell in cells]
