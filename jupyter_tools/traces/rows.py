"""Spans as rows of the store. All that a run says passes through `Texts` here, which redacts it.

The work goes column by column, for many spans at once, which is several times faster than row by row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, TypeAlias

from jupyter_tools.json_writer import json_writer
from jupyter_tools.messages import (
    AssistantMessage,
    Content,
    ImageContent,
    Message,
    TextContent,
)
from jupyter_tools.shortening import one_line
from jupyter_tools.traces.columns import CONTENT_NAMES, SPAN_NAMES, TOOL_NAMES
from jupyter_tools.traces.draft import Pieces, message_of
from jupyter_tools.traces.span import ModelSpan, Span
from jupyter_tools.traces.texts import Texts
from jupyter_tools.traces.value_shapes import shape_of
from jupyter_tools.traces.values import PLAIN_TEXT, encode

Row: TypeAlias = Sequence[Any]
Cells: TypeAlias = Sequence[Any]
Columns: TypeAlias = dict[str, Cells]

BLOB_SIZE = 64_000  # a longer text is stored once, and referred to by its hash
_REFERENCE = "@blob:"
_SHORT = 200
_LOOK_AT = 1000  # enough for a short text
_REMEMBERED = 10_000
_NOTHING = frozenset({type(None)})
_SHORT_NAMES = ("input", "output")  # made here, for people
_to_json = json_writer()


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of one shape.

    Attributes:
        spans: The spans they are made of.
        columns: The cells, column by column.
    """

    spans: list[Span]
    columns: Columns


@dataclass(frozen=True, slots=True)
class _Table:
    """Spans of one kind that become rows.

    Attributes:
        spans: The spans.
        columns: What they hold, column by column.
        plain: Of some columns the texts that people read.
        written: Of contents all that is no text, as JSON.
    """

    spans: list[Span]
    columns: Columns
    plain: Columns
    written: Columns


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be written together.

    Attributes:
        spans: The spans, in order.
        blobs: Texts that rows refer to, each after its hash.
        pieces: Their rows.
    """

    spans: Sequence[Span]
    blobs: list[Row]
    pieces: list[Piece]

    def storable(self) -> Batch:
        """The same with what SQLite refuses replaced."""
        columns = [{name: as_storable(cells) for name, cells in piece.columns.items()} for piece in self.pieces]
        pieces = [Piece(piece.spans, some) for piece, some in zip(self.pieces, columns, strict=True)]
        return Batch(self.spans, self.blobs, pieces)


class RowMaker:
    """Makes rows of spans, redacted. A message is stored once, however many model calls saw it.

    Args:
        content: Whether to keep what was said; else only its shapes, and the figures.
    """

    def __init__(self, *, content: bool = True) -> None:
        self._content = content
        self._hashes: dict[int, tuple[Message, str]] = {}  # holding the message keeps its id its own

    def batch(self, spans: Sequence[Span]) -> Batch:
        """What is to be written for these spans: their rows, and what these refer to."""
        texts = Texts()
        alike: dict[tuple[type[Span], str], list[Span]] = {}  # what a kind never has is not written: None is slow
        for span in spans:
            alike.setdefault((type(span), span.kind), []).append(span)
        tables = [self._table(_names_of(kind), some, texts) for (kind, _), some in alike.items()]
        new = self._new_messages(tables)
        messages = [texts.written(message if self._content else shape_of(message)) for message in new]
        texts.redact()
        blobs: list[Row] = [(blob_key(text), text) for text in texts.json(messages)]
        self._hashes |= {id(message): (message, key) for message, (key, _) in zip(new, blobs, strict=True)}
        pieces = [Piece(table.spans, self._cells(table, texts, blobs)) for table in tables]
        return Batch(spans, blobs, pieces)

    def forget(self) -> None:
        """What was stored may be gone from the file: store it again."""
        self._hashes.clear()

    def _table(self, names: Sequence[str], spans: list[Span], texts: Texts) -> _Table:
        given = [name for name in names if name not in _SHORT_NAMES]
        columns: Columns = dict(zip(given, zip(*map(attrgetter(*given), spans), strict=True), strict=True))
        columns["result"] = _whole(columns["result"])
        if not self._content:
            _leave_out_contents(columns)
        contents = [name for name in names if name in CONTENT_NAMES and name != "messages" and _is_used(columns[name])]
        plain: Columns = {
            "error": columns["error"],
            "error_type": columns["error_type"],
            "input": [_last_message(span) if self._content else None for span in spans],
            "output": [None if value is None or type(value) is str else _said(value) for value in columns["result"]],
        }
        written: Columns = {}
        for name in contents:
            plain[name] = [value if type(value) is str else None for value in columns[name]]
            written[name] = [
                None if value is None or type(value) is str else texts.written(value) for value in columns[name]
            ]
        for said in plain.values():
            texts.take(said)
        return _Table(spans, columns, plain, written)

    def _new_messages(self, tables: Iterable[_Table]) -> list[Message]:
        """The messages that are not stored yet, each once."""
        if len(self._hashes) > _REMEMBERED:
            self._hashes.clear()
        conversations = [messages for table in tables for messages in table.columns.get("messages", ()) if messages]
        new = {id(m): m for messages in conversations for m in messages if id(m) not in self._hashes}
        return list(new.values())

    def _cells(self, table: _Table, texts: Texts, blobs: list[Row]) -> Columns:
        """Contents are text now, and what people read in short is made from them: after the redaction."""
        columns = table.columns
        plain = {name: texts.plain(said) for name, said in table.plain.items()}
        for name, written in table.written.items():
            cells = zip(plain[name], texts.json(written), strict=True)
            columns[name] = [value if text is None else encode(text) for text, value in cells]
        columns["error"], columns["error_type"] = plain["error"], plain["error_type"]
        columns["input"] = _shortened(plain["input"], columns["args"])
        columns["output"] = _shortened(plain["output"], columns["result"])
        for name in table.written:
            columns[name] = outsourced(columns[name], blobs, table.spans)
        if "messages" in columns:  # as lists of the messages' hashes
            columns["messages"] = [
                None if messages is None else _to_json([self._hashes[id(message)][1] for message in messages])
                for messages in columns["messages"]
            ]
        return {name: cells for name, cells in columns.items() if _is_used(cells)}


def _names_of(kind: type[Span]) -> Sequence[str]:
    return TOOL_NAMES if kind is Span else SPAN_NAMES


def _whole(results: Cells) -> Cells:
    """The results, with messages for those that a model has not written to the end."""
    if Pieces not in set(map(type, results)):
        return results
    return [message_of(result) if type(result) is Pieces else result for result in results]


def _leave_out_contents(columns: Columns) -> None:
    """Instead of contents their shapes; errors quote them, so only their types are told."""
    for name in {"args", "result", "details"} & columns.keys():
        columns[name] = list(map(shape_of, columns[name]))
    columns["error"] = [None] * len(columns["error"])


def _is_used(cells: Cells) -> bool:
    return not _NOTHING.issuperset(map(type, cells))  # a frame must not be compared


def _shortened(texts: Cells, stored: Cells) -> Cells:
    """The texts as short lines; None where what is stored can be read as it is, or where there is nothing.

    They are cut after the redaction: half a key is not seen as one.
    """
    read = [
        text if text is not None else None if cell is None or _is_short(cell) else _plain(cell)
        for text, cell in zip(texts, stored, strict=True)
    ]
    return [None if text is None else one_line(text, _SHORT) for text in read]


def _is_short(cell: str) -> bool:
    return (
        len(cell) <= _SHORT and cell.isprintable() and "  " not in cell and cell[1:2] != " " and not cell.endswith(" ")
    )


def _plain(cell: str) -> str:
    return cell[1:] if cell[:1] == PLAIN_TEXT else cell


def _last_message(span: Span) -> str | None:
    return _said(span.messages[-1]) if isinstance(span, ModelSpan) and span.kind == "model" and span.messages else None


def _said(said: Any) -> str:
    """A message, or content, in short."""
    if isinstance(said, tuple):
        return _content_text(said)
    if not isinstance(said, Message):
        return encode(said)[:_LOOK_AT]
    calls = said.tool_calls if isinstance(said, AssistantMessage) else ()
    texts = [_content_text(said.content), *(f"{call.name}({encode(call.arguments)})" for call in calls)]
    return " ".join(filter(None, texts))[:_LOOK_AT]


def _content_text(content: Iterable[Content]) -> str:
    return "".join(map(_block_text, content))[:_LOOK_AT]


def _block_text(block: Content) -> str:
    match block:
        case TextContent():
            return block.text
        case ImageContent():
            return f"[{block.mime_type}]"
        case _:
            return ""


def as_storable(cells: Cells) -> Cells:
    """The cells with what SQLite refuses replaced: half a surrogate pair, more than 64 bits, an object."""
    return [_storable(cell) for cell in cells]


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


def outsourced(column: Cells, blobs: list[Row], spans: Sequence[Span] = ()) -> Cells:
    """The column with its large texts, if there are any, replaced by references to blobs.

    Those of `spans` that go on stay: such a span is written again and again as it grows, and each blob would be kept.
    """
    if max(map(len, filter(None, column)), default=0) <= BLOB_SIZE:
        return column
    going_on = {place for place, span in enumerate(spans) if span.status == "running"}
    return [
        text if text is None or len(text) <= BLOB_SIZE or place in going_on else _blob(text, blobs)
        for place, text in enumerate(column)
    ]


def _blob(text: str, blobs: list[Row]) -> str:
    blobs.append((blob_key(text), text))
    return f"{_REFERENCE}{blobs[-1][0]}"


def referred_key(text: str) -> str | None:
    """The blob's key if `text` stands for one. Nothing that `encode` writes begins like a reference."""
    return text.removeprefix(_REFERENCE) if text.startswith(_REFERENCE) else None


def blob_key(text: str) -> str:
    """Under what a text is stored once."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
