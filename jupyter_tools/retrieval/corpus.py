"""The documents of an index and their chunks, by number. Texts are in memory, or in a file that is mapped into it."""

from __future__ import annotations

import hashlib
import json
import mmap
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.json_types import JsonValue
from jupyter_tools.retrieval.chunking import Chunking, Piece
from jupyter_tools.retrieval.documents import Chunk, Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A document as an index keeps it.

    Attributes:
        id: The document's id.
        title: Its title.
        source: Where it is.
        metadata: Its metadata.
        digest: A hash of what is searched of it: the same digest, the same words and embeddings.
        pieces: Its chunks.
        text: Its text, or where the mapped file has it: first byte and number of bytes.
    """

    id: str
    title: str
    source: str
    metadata: Mapping[str, JsonValue]
    digest: str
    pieces: tuple[Piece, ...]
    text: str | tuple[int, int]


class Corpus:
    """Documents in the order in which they came, cut into chunks that are numbered through.

    Args:
        chunking: How documents are cut.
        entries: The documents that are there from the start.
        mapped: The file that has their texts, if they are not in memory.
    """

    def __init__(
        self, chunking: Chunking, entries: Mapping[str, Entry] | None = None, mapped: mmap.mmap | bytes = b""
    ) -> None:
        self.chunking = chunking
        self._entries = dict(entries or {})
        self._mapped = mapped
        self._number()

    def put(self, documents: Iterable[Document]) -> int:
        """Add documents; one whose id is known takes the place of the old one. Returns how many are new or changed.

        Raises:
            ConfigurationError: If two of them have the same id; then none is added.
        """
        changed = 0
        for document in _each_once(documents):
            digest, old = _digest(document), self._entries.get(document.id)
            pieces = old.pieces if old and old.digest == digest else tuple(self.chunking.pieces(document.text))
            changed += old is None or old.digest != digest
            self._entries[document.id] = Entry(
                id=document.id,
                title=document.title,
                source=document.source,
                metadata=document.metadata,
                digest=digest,
                pieces=pieces,
                text=document.text,
            )
        self._number()
        return changed

    def remove(self, ids: Iterable[str]) -> None:
        """Take out the documents of some ids, which must be there."""
        for id in ids:
            del self._entries[id]
        self._number()

    def _number(self) -> None:
        self._order = list(self._entries.values())
        self._ends = list(accumulate(len(entry.pieces) for entry in self._order))

    @property
    def entries(self) -> list[Entry]:
        """The documents, in order."""
        return self._order

    def __len__(self) -> int:
        """How many chunks there are."""
        return self._ends[-1] if self._ends else 0

    def __contains__(self, id: object) -> bool:
        return id in self._entries

    def text(self, entry: Entry) -> str:
        """The whole text of a document."""
        if isinstance(entry.text, str):
            return entry.text
        start, length = entry.text
        return self._mapped[start : start + length].decode()

    def chunk(self, number: int) -> Chunk:
        """The chunk of that number, from 0."""
        place = bisect_right(self._ends, number)
        entry = self._order[place]
        inner = number - (self._ends[place] - len(entry.pieces))
        return self._chunk(entry, f"{entry.id}#{inner + 1}", (inner, inner))

    def find(self, id: str, before: int = 0, after: int = 0) -> Chunk | None:
        """The chunk of that id with its neighbours, or the whole document if it is a document's id; None if neither.

        Args:
            id: The id of a chunk or a document.
            before: How many chunks before it.
            after: How many chunks after it.
        """
        if id in self._entries:
            entry = self._entries[id]
            return self._chunk(entry, id, (0, len(entry.pieces) - 1)) if entry.pieces else None
        document, _, number = id.rpartition("#")
        entry = self._entries.get(document)
        if entry is None or not number.isdecimal() or not 1 <= int(number) <= len(entry.pieces):
            return None
        inner = int(number) - 1
        return self._chunk(entry, id, (max(inner - before, 0), min(inner + after, len(entry.pieces) - 1)))

    def _chunk(self, entry: Entry, id: str, pieces: tuple[int, int]) -> Chunk:
        first, last = entry.pieces[pieces[0]], entry.pieces[pieces[1]]
        return Chunk(
            id=id,
            document_id=entry.id,
            text=self.text(entry)[first.start : last.end],
            start=first.start,
            section=first.section,
            title=entry.title,
            source=entry.source,
            metadata=entry.metadata,
        )

    def searched_texts(self, entry: Entry) -> Iterator[str]:
        """What searches see of a document's chunks: the text, below the document's title and the headings."""
        text = self.text(entry)
        for piece in entry.pieces:
            head = [part for part in (entry.title, piece.section) if part]
            yield "\n".join([*head, text[piece.start : piece.end]])


def _each_once(documents: Iterable[Document]) -> list[Document]:
    by_id: dict[str, Document] = {}
    for document in documents:
        if by_id.setdefault(document.id, document) is not document:
            raise ConfigurationError(f"Two documents have the id {document.id!r}. Each needs one of its own.")
    return list(by_id.values())


def _digest(document: Document) -> str:
    content = json.dumps([document.title, document.text], ensure_ascii=False).encode(errors="surrogatepass")
    return hashlib.blake2b(content, digest_size=12).hexdigest()
