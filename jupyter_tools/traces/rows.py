"""Spans as rows of the store. All that a run says passes through `redact` here, and only here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any, TypeAlias

from jupyter_tools.messages import AssistantMessage, Content, ImageContent, Message, text_of
from jupyter_tools.traces.columns import COLUMN_NAMES, CONTENT_NAMES
from jupyter_tools.traces.redaction import redact_all, redact_json
from jupyter_tools.traces.span import Span
from jupyter_tools.traces.values import encode

Row: TypeAlias = list[Any]
Blob: TypeAlias = tuple[str, str]

BLOB_SIZE = 64_000  # a longer text is stored once, and referred to by its hash
_REFERENCE = "@blob:"
_SHORT = 200
_LOOK_AT = 1000  # enough for a short text, and for a key in it to be seen whole
_REMEMBERED = 10_000

_columns_of = attrgetter(*COLUMN_NAMES)
_TEXT_AT = [COLUMN_NAMES.index(name) for name in ("input", "output", "error")]
_JSON_AT = [COLUMN_NAMES.index(name) for name in CONTENT_NAMES if name != "messages"]
_MESSAGES_AT = COLUMN_NAMES.index("messages")
_ARGS_AT, _INPUT_AT, _OUTPUT_AT = (COLUMN_NAMES.index(name) for name in ("args", "input", "output"))


class RowMaker:
    """Makes rows and the blobs they refer to. A message is stored once, however many model calls saw it."""

    def __init__(self) -> None:
        self._hashes: dict[int, tuple[Message, str]] = {}  # holding the message keeps its id its own

    def rows(self, spans: Iterable[Span]) -> tuple[list[Row], list[Blob]]:
        """The spans' rows, in the order of the columns, and the blobs they need; both redacted."""
        rows = [_cells(span) for span in spans]
        blobs = self._store_messages([row[_MESSAGES_AT] for row in rows])
        for row in rows:
            if row[_MESSAGES_AT] is not None:
                row[_MESSAGES_AT] = encode([self._hashes[id(message)][1] for message in row[_MESSAGES_AT]])
        for at in _TEXT_AT:
            _redact_column(rows, at, redact_all)
        for at in _JSON_AT:
            _redact_column(rows, at, redact_json)
        for row in rows:
            blobs += _outsource(row)
            row[_INPUT_AT], row[_OUTPUT_AT] = _shortened(row[_INPUT_AT]), _shortened(row[_OUTPUT_AT])
        return rows, blobs

    def _store_messages(self, conversations: Iterable[Sequence[Message] | None]) -> list[Blob]:
        if len(self._hashes) > _REMEMBERED:
            self._hashes.clear()
        new = [m for messages in conversations for m in messages or () if id(m) not in self._hashes]
        blobs = [(_hash(text), text) for text in redact_json([encode(message) for message in new])]
        self._hashes |= {id(message): (message, key) for message, (key, _) in zip(new, blobs, strict=True)}
        return blobs


def _cells(span: Span) -> Row:
    cells: Row = list(_columns_of(span))
    for at in _JSON_AT:
        if cells[at] is not None:
            cells[at] = encode(cells[at])
    cells[_INPUT_AT], cells[_OUTPUT_AT] = _input(span, cells[_ARGS_AT]), _output(span.result)
    return cells


def _input(span: Span, args_text: str | None) -> str | None:
    if span.messages and span.kind == "model":
        return _message_text(span.messages[-1])
    if span.kind == "tool":
        return args_text and args_text[:_LOOK_AT]
    return span.args and str(span.args)[:_LOOK_AT]


def _output(result: Any) -> str | None:
    match result:
        case None:
            return None
        case AssistantMessage():
            return _message_text(result)
        case str():
            return result[:_LOOK_AT]
        case _:
            return _content_text(result)


def _message_text(message: Message) -> str:
    calls = message.tool_calls if isinstance(message, AssistantMessage) else ()
    texts = [_content_text(message.content), *(f"{call.name}({encode(call.arguments)})" for call in calls)]
    return " ".join(filter(None, texts))[:_LOOK_AT]


def _content_text(content: Iterable[Content]) -> str:
    pieces = (f"[{block.mime_type}]" if isinstance(block, ImageContent) else text_of([block]) for block in content)
    return "".join(pieces)[:_LOOK_AT]


def _redact_column(rows: list[Row], at: int, redact: Callable[[list[str]], list[str]]) -> None:
    filled = [row for row in rows if row[at] is not None]
    for row, text in zip(filled, redact([row[at] for row in filled]), strict=True):
        row[at] = text


def _shortened(text: str | None) -> str | None:
    """One line, cut after the redaction: half a key is not recognised as one."""
    if text is None:
        return None
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else f"{line[: _SHORT - 1]}…"


def as_storable(row: Row) -> Row:
    """The row with what SQLite refuses replaced: half a surrogate pair, an integer of more than 64 bits, an object."""
    return [_storable(cell) for cell in row]


def _storable(cell: Any) -> Any:
    match cell:
        case None | float():
            return cell
        case str():
            return cell.encode("utf-8", "replace").decode()
        case int():
            return cell if -(2**63) <= cell < 2**63 else None
        case _:
            return encode(cell)


def _outsource(row: Row) -> list[Blob]:
    blobs: list[Blob] = []
    for at in _JSON_AT:
        text = row[at]
        if text is not None and len(text) > BLOB_SIZE:
            blobs.append((_hash(text), text))
            row[at] = encode_reference(blobs[-1][0])
    return blobs


def encode_reference(key: str) -> str:
    """What stands in a row for a blob."""
    return f"{_REFERENCE}{key}"


def referred_key(text: str) -> str | None:
    """The blob's key if `text` stands for one. No JSON text begins like a reference."""
    return text.removeprefix(_REFERENCE) if text.startswith(_REFERENCE) else None


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
