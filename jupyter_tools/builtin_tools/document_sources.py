"""Passages of documents as numbered sources, in the shape of what a web search finds: an answer cites them as [1]."""

from __future__ import annotations

from collections.abc import Iterable

from jupyter_tools.json_types import JsonObject
from jupyter_tools.retrieval.documents import Chunk

HOW_TO_CITE = "Put the number of the passage in brackets, as in [1], after what you take from it."
GIST = 300  # characters of a passage, where it is told in full elsewhere


def numbered_sources(chunks: Iterable[Chunk], *, length: int | None = None) -> list[JsonObject]:
    """Each passage with its number, title, id, address if it has one, and text.

    Args:
        chunks: The passages.
        length: How many characters of a text, if not all of it.
    """
    return [_source(number, chunk, length) for number, chunk in enumerate(chunks, 1)]


def _source(number: int, chunk: Chunk, length: int | None) -> JsonObject:
    cut = length is not None and len(chunk.text) > length
    text = f"{chunk.text[:length].rstrip()} ..." if cut else chunk.text
    source: JsonObject = {"number": number, "title": chunk.label, "id": chunk.id}
    if chunk.source.startswith(("http://", "https://")):
        source["url"] = chunk.source
    return {**source, "text": text}
