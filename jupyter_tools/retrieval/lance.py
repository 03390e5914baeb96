"""A LanceDB table as documents to search (extra `lancedb`): for collections that outgrow one machine's memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from jupyter_tools.errors import MissingExtraError, UnknownNameError
from jupyter_tools.json_types import JsonObject
from jupyter_tools.retrieval.documents import Chunk, Hit
from jupyter_tools.retrieval.embedders import Embedder, default_embedder
from jupyter_tools.retrieval.retriever import checked_search, use_retriever
from jupyter_tools.retrieval.routing import fused, possible_route
from jupyter_tools.retrieval.vectors import query_vector, unit_vectors

_DEPTH = 50
_OWN = ("id", "document_id", "text", "title", "source", "section", "start", "vector")


class LanceRetriever:
    """A LanceDB table, one passage a row: `id` and `text`, and perhaps `document_id`, `title`, `source`, `section`.

        table = lancedb.connect("papers.lance").open_table("passages")
        LanceRetriever(table, embedder=my_embedder).use()

    The route "bm25" needs a full-text index on `text`, the route "dense" a column `vector`. Neighbours for a window are
    the passages of the same document whose ids end in "#" and the numbers before and after.

    Args:
        table: The table.
        embedder: What the vectors were made with; by default the small model of the extra `search`.
    """

    def __init__(self, table: Any, embedder: Embedder | None = None) -> None:
        self._table = table
        self._embedder = embedder

    @classmethod
    def create(
        cls,
        folder: str | Path,
        chunks: Iterable[Chunk],
        *,
        name: str = "passages",
        embedder: Embedder | None = None,
        language: str = "English",
    ) -> LanceRetriever:
        """Make a table of passages, with vectors and a full-text index.

        Args:
            folder: Where the database is, or shall be.
            chunks: The passages.
            name: The table's name; one of that name is replaced.
            embedder: What makes the vectors.
            language: The language by whose rules words are reduced to stems.

        Raises:
            MissingExtraError: If the package `lancedb` is not installed.
        """
        lancedb, index = _library("lancedb"), _library("lancedb.index")
        listed = list(chunks)
        vectors = unit_vectors((embedder or default_embedder())([chunk.text for chunk in listed]), len(listed))
        rows = [{**_row(chunk), "vector": vector} for chunk, vector in zip(listed, vectors, strict=True)]
        table = lancedb.connect(str(Path(folder).expanduser())).create_table(name, rows, mode="overwrite")
        table.create_index("text", config=index.FTS(language=language))
        return cls(table, embedder)

    @property
    def routes(self) -> Sequence[str]:
        """What can be searched: by what the table has."""
        words = any(index.columns == ["text"] for index in self._table.list_indices())
        meaning = "vector" in self._table.schema.names
        return [
            *(["bm25"] if words else []),
            *(["dense"] if meaning else []),
            *(["hybrid"] if words and meaning else []),
        ]

    def search(self, query: str, k: int = 10, *, route: str = "auto") -> list[Hit]:
        """The passages that fit a query, best first.

        Raises:
            UnknownNameError: If the table has not what the route needs.
        """
        checked_search(query, k, route)
        chosen = possible_route(query, self.routes)[0] if route == "auto" else route
        if chosen not in self.routes:
            raise UnknownNameError("route of this table", chosen, self.routes)
        if not query.strip():
            return []
        if chosen != "hybrid":
            return self._found(query, k, chosen)
        rankings = [self._found(query, max(2 * k, _DEPTH), single) for single in ("bm25", "dense")]
        chunks = {hit.id: hit.chunk for ranking in rankings for hit in ranking}
        numbers = {id: number for number, id in enumerate(chunks)}
        both = fused(([numbers[hit.id] for hit in ranking] for ranking in rankings), k)
        listed = list(chunks.values())
        return [Hit(chunk=listed[number], score=score, route="hybrid") for number, score in both]

    def _found(self, query: str, k: int, route: str) -> list[Hit]:
        if route == "bm25":
            rows = self._table.search(query, query_type="fts").limit(k).to_list()
            return [Hit(chunk=_chunk(row), score=row["_score"], route=route) for row in rows]
        vector = query_vector(self._embedder or default_embedder(), query)
        rows = self._table.search(vector).metric("cosine").limit(k).to_list()
        return [Hit(chunk=_chunk(row), score=1 - row["_distance"], route=route) for row in rows]

    def fetch(self, ids: Sequence[str], before: int = 0, after: int = 0) -> Mapping[str, Chunk]:
        """The passages of some ids, each with its neighbours, joined by empty lines where they do not overlap."""
        wanted = {id: _neighbours(id, before, after) for id in ids}
        names = {name for names in wanted.values() for name in names}
        if not names:
            return {}
        listed = ", ".join("'" + name.replace("'", "''") + "'" for name in sorted(names))
        rows = self._table.search().where(f"id IN ({listed})").limit(len(names)).to_list()
        there = {chunk.id: chunk for chunk in map(_chunk, rows)}
        return {id: _joined(there[id], [there[n] for n in wanted[id] if n in there]) for id in ids if id in there}

    def use(self) -> LanceRetriever:
        """Let the tools of this process search this table."""
        use_retriever(self)
        return self


def _row(chunk: Chunk) -> JsonObject:
    names = ("id", "document_id", "text", "title", "source", "section", "start")
    return {name: getattr(chunk, name) for name in names}


def _chunk(row: Mapping[str, Any]) -> Chunk:
    id = str(row["id"])
    texts = {name: str(row.get(name) or "") for name in ("text", "title", "source", "section")}
    others = {name: value for name, value in row.items() if name not in _OWN and not name.startswith("_")}
    document = str(row.get("document_id") or id.rpartition("#")[0] or id)
    return Chunk(id=id, document_id=document, start=int(row.get("start") or 0), metadata=others, **texts)


def _neighbours(id: str, before: int, after: int) -> list[str]:
    document, mark, number = id.rpartition("#")
    if not mark or not number.isdecimal():
        return [id]
    return [f"{document}#{place}" for place in range(max(int(number) - before, 1), int(number) + after + 1)]


def _joined(chunk: Chunk, parts: Sequence[Chunk]) -> Chunk:
    text, end = parts[0].text, parts[0].end
    for part in parts[1:]:
        text += part.text[end - part.start :] if part.start < end else f"\n\n{part.text}"
        end = part.end
    return Chunk(
        id=chunk.id,
        document_id=chunk.document_id,
        text=text,
        start=parts[0].start,
        section=parts[0].section,
        title=chunk.title,
        source=chunk.source,
        metadata=chunk.metadata,
    )


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingExtraError("lancedb", "lancedb", "Searching a LanceDB table") from error
