"""Maximal marginal relevance: results that fit the query, and do not say the same again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jupyter_tools.retrieval.words import plain_words

SAME_TEXT = 0.9  # the part of two texts' words that both have, above which they are one
SAME_VECTOR = 0.98  # cosine similarity; embeddings of different texts on one subject come close to 0.95
_READ = 2000  # characters of a text that are compared


def diversified(
    texts: Sequence[str], relevance: Any, embeddings: Sequence[Any | None], *, lambda_: float, k: int
) -> list[int]:
    """The places of the `k` results to keep, in the order in which they were chosen. Duplicates are left out.

    Args:
        texts: What the results say.
        relevance: How well each fits the query, at most 1.
        embeddings: The unit vector of each, or None: then its words are compared.
        lambda_: 1 for relevance alone, 0 for difference alone.
        k: How many to keep.
    """
    import numpy as np

    if not texts:
        return []
    likeness = _Likeness(texts, embeddings)
    order = np.argsort(-relevance, kind="stable")  # of equal ones the more relevant comes first
    left, nearest = np.ones(len(texts), dtype=bool), np.full(len(texts), -1.0)
    chosen: list[int] = []
    while len(chosen) < k and left.any():
        value = lambda_ * relevance - (1 - lambda_) * np.maximum(nearest, 0.0)
        value[~left] = -np.inf
        pick = int(order[np.argmax(value[order])])
        chosen.append(pick)
        similar, same = likeness.to(pick)
        left &= ~same
        left[pick] = False
        nearest = np.maximum(nearest, similar)
    return chosen


class _Likeness:
    """How like one text is to all others: by their vectors where both have one, else by their words."""

    def __init__(self, texts: Sequence[str], embeddings: Sequence[Any | None]) -> None:
        import numpy as np

        self._known = np.array([vector is not None for vector in embeddings])
        groups: dict[str, int] = {}
        self._groups = np.array([groups.setdefault(text, len(groups)) for text in texts])  # of equal texts
        some = next((vector for vector in embeddings if vector is not None), None)
        if some is not None:
            self._matrix: Any = np.stack([np.zeros_like(some) if vector is None else vector for vector in embeddings])
        if not self._known.all():
            self._index_words(texts)

    def _index_words(self, texts: Sequence[str]) -> None:
        """All words of all texts as numbers, one after the other, each once a text; and the text that each is of."""
        import numpy as np

        words = [set(plain_words(text[:_READ])) for text in texts]
        known: dict[str, int] = {}
        self._words = np.array([known.setdefault(word, len(known)) for each in words for word in each], dtype=int)
        self._sizes = np.array([len(each) for each in words])
        self._texts = np.repeat(np.arange(len(words)), self._sizes)
        self._vocabulary = len(known)

    def to(self, pick: int) -> tuple[Any, Any]:
        """The likeness of all texts to one, and which of them are the same."""
        same = self._groups == self._groups[pick]
        if self._known.all():
            similar = self._matrix @ self._matrix[pick]
            return similar, same | (similar >= SAME_VECTOR)
        by_words = self._shared(pick)
        if not self._known[pick]:
            return by_words, same | (by_words >= SAME_TEXT)
        by_vectors: Any = self._matrix @ self._matrix[pick]
        known: Any = self._known
        similar = known * by_vectors + ~known * by_words
        return similar, same | (similar >= known * SAME_VECTOR + ~known * SAME_TEXT)

    def _shared(self, pick: int) -> Any:
        import numpy as np

        wanted = np.zeros(self._vocabulary, dtype=bool)
        wanted[self._words[self._texts == pick]] = True
        common = np.bincount(self._texts[wanted[self._words]], minlength=len(self._sizes))
        return common / np.maximum(self._sizes + self._sizes[pick] - common, 1)
