"""The nouns of retrieval: documents, the chunks they are cut into, and the hits of a search."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from jupyter_tools.json_types import JsonObject, JsonValue

Route: TypeAlias = Literal["auto", "bm25", "dense", "hybrid"]
ROUTES: tuple[str, ...] = get_args(Route)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text that is to be found.

    Attributes:
        id: Unique in its index, such as "papers/whales.md".
        text: The whole text.
        title: What a reader would call it.
        source: Where it is: a path or an address; "" if nowhere.
        metadata: Anything else that is known of it, as JSON.
    """

    id: str
    text: str = field(repr=False)
    title: str = ""
    source: str = ""
    metadata: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A passage of a document.

    Attributes:
        id: The document's id, "#" and the passage's number, from 1: "papers/whales.md#3".
        document_id: The document's id.
        text: The passage.
        start: Where it begins in the document, in characters.
        section: The headings above it, or the page it is on; "" if there are none.
        title: The document's title.
        source: Where the document is.
        metadata: The document's metadata.
    """

    id: str
    document_id: str
    text: str
    start: int = 0
    section: str = ""
    title: str = ""
    source: str = ""
    metadata: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])

    @property
    def end(self) -> int:
        """Where it ends in the document."""
        return self.start + len(self.text)

    @property
    def label(self) -> str:
        """What to call it: the title, and the section if there is one."""
        title = self.title or self.document_id
        return f"{title}, {self.section}" if self.section and self.section != title else title

    def to_dict(self) -> JsonObject:
        """As JSON: `id`, `text`, and the rest as `metadata`."""
        known = {"document": self.document_id, "title": self.title, "section": self.section, "source": self.source}
        given = {name: value for name, value in known.items() if value}
        return {"id": self.id, "text": self.text, "metadata": {**self.metadata, **given, "start": self.start}}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Hit:
    """A chunk that a search found.

    Attributes:
        chunk: The passage.
        score: How well it fits, the more the better. Scores of different routes do not compare.
        route: What found it: "bm25", "dense" or "hybrid".
    """

    chunk: Chunk
    score: float
    route: str

    @property
    def id(self) -> str:
        """The chunk's id."""
        return self.chunk.id

    @property
    def text(self) -> str:
        """The chunk's text."""
        return self.chunk.text

    def to_dict(self) -> JsonObject:
        """As JSON: the chunk's keys, `score` and `route`."""
        return {**self.chunk.to_dict(), "score": round(self.score, 6), "route": self.route}

    def __repr__(self) -> str:
        text = " ".join(self.text.split())
        return f"Hit({self.id!r}, {self.route} {self.score:.3g}: {text[:80]!r})"
