"""The route `dense`: chunks whose meaning is near to the query's, by the embeddings of both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.retrieval.bm25 import best
from jupyter_tools.retrieval.embedders import Embedder
from jupyter_tools.retrieval.progress import progress_bar

_BATCH = 16  # texts embedded at a time: small, so that the bar moves


class Vectors:
    """Unit vectors of the chunks of some documents.

    Args:
        keys: For each document, in order, its digest and its number of chunks.
        matrix: The vectors of all chunks, one a row.
    """

    def __init__(self, keys: Sequence[tuple[str, int]], matrix: Any) -> None:
        self._keys = list(keys)
        self.matrix = matrix

    def blocks(self) -> dict[str, Any]:
        """The vectors of each document, by its digest: what need not be embedded again after a change."""
        blocks: dict[str, Any] = {}
        start = 0
        for digest, count in self._keys:
            blocks[digest] = self.matrix[start : start + count]
            start += count
        return blocks

    def search(self, query: Any, k: int) -> list[tuple[int, float]]:
        """The `k` chunks that are nearest to a query's vector, with their cosine similarity."""
        if not len(self.matrix):
            return []
        if query.shape[-1] != self.matrix.shape[1]:
            problem = f"The query has {query.shape[-1]} dimensions and the index {self.matrix.shape[1]}"
            raise ConfigurationError(f"{problem}: open it with the embedder that it was made with.")
        return best(self.matrix @ query, k)


def embedded(
    embedder: Embedder, documents: Sequence[tuple[str, Sequence[str]]], known: dict[str, Any], *, progress: bool
) -> Vectors:
    """The vectors of some documents.

    Args:
        embedder: What makes vectors.
        documents: For each its digest, and the texts of its chunks.
        known: Vectors of documents that need not be embedded again, by digest.
        progress: True to show a bar if it takes long.
    """
    import numpy as np

    wanted = [text for digest, texts in documents if digest not in known for text in texts]
    made = iter(_in_batches(embedder, wanted, progress))
    blocks = [
        known[digest] if digest in known else np.array([next(made) for _ in texts]) for digest, texts in documents
    ]
    filled = [block for block in blocks if len(block)]
    matrix = np.concatenate(filled) if filled else np.zeros((0, 0), dtype=np.float32)
    return Vectors([(digest, len(texts)) for digest, texts in documents], matrix)


def _in_batches(embedder: Embedder, texts: Sequence[str], progress: bool) -> Iterable[Any]:
    starts = progress_bar(range(0, len(texts), _BATCH), "Embedding", shown=progress)
    for start in starts:
        batch = texts[start : start + _BATCH]
        yield from unit_vectors(embedder(batch), len(batch))


def query_vector(embedder: Embedder, query: str) -> Any:
    """The unit vector of a query."""
    embed_query = getattr(embedder, "embed_query", None)
    return unit_vectors([embed_query(query)] if embed_query is not None else embedder([query]), 1)[0]


def unit_vectors(values: Any, count: int) -> Any:
    """What an embedder gave as float32 rows of length 1.

    Raises:
        ConfigurationError: If it is not one vector of finite numbers a text.
    """
    import numpy as np

    try:
        rows = np.asarray(values, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise ConfigurationError(f"The embedder gave no vectors of numbers: {error}.") from error
    if rows.ndim != 2 or rows.shape[0] != count or not rows.shape[1]:
        raise ConfigurationError(f"The embedder gave an array of shape {rows.shape} for {count} texts.")
    if not np.isfinite(rows).all():
        raise ConfigurationError("The embedder gave vectors with numbers that are not finite.")
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.maximum(lengths, np.float32(1e-12))
