"""The route `bm25`: documents that share rare words with the query, by the package bm25s."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from jupyter_tools.errors import MissingExtraError
from jupyter_tools.retrieval.words import TOKEN_PATTERN, content_stems, stems, stop_words


class Bm25:
    """An index of words over texts that are known by their number."""

    def __init__(self, library: Any) -> None:
        self._library = library

    @classmethod
    def build(cls, texts: Sequence[str], *, progress: bool = False) -> Bm25:
        """Index some texts.

        Raises:
            MissingExtraError: If the extra `search` is not installed.
        """
        bm25s = _bm25s()
        tokens = bm25s.tokenize(
            texts,
            token_pattern=TOKEN_PATTERN,
            stopwords=list(stop_words()),
            stemmer=stems,
            show_progress=progress,
        )
        if not tokens.vocab:
            return cls(None)
        library = bm25s.BM25()
        library.index(tokens, show_progress=progress, leave_progress=False)
        return cls(library)

    def search(self, query: str, k: int) -> list[tuple[int, float]]:
        """The `k` texts that fit best, with their scores; fewer if fewer share a word with the query."""
        if self._library is None:
            return []
        import numpy as np

        known = [word for word in content_stems(query) if word in self._library.vocab_dict]
        if not known:
            return []
        return best(self._library.get_scores(known), k, above=np.float32(0))

    def save(self, folder: Path) -> None:
        """Write the index into a folder of its own."""
        folder.mkdir(parents=True, exist_ok=True)
        if self._library is not None:
            self._library.save(folder, show_progress=False)

    @classmethod
    def load(cls, folder: Path) -> Bm25:
        """Open what was saved. The large parts stay on the disk until they are needed."""
        if not any(folder.iterdir()):
            return cls(None)
        return cls(_bm25s().BM25.load(folder, mmap=True))


def best(scores: Any, k: int, *, above: Any = None) -> list[tuple[int, float]]:
    """The `k` highest of an array of scores with their places, best first; of equal ones the earlier first."""
    import numpy as np

    count = min(k, len(scores))
    if count <= 0:
        return []
    places = np.argpartition(scores, len(scores) - count)[len(scores) - count :]
    order = places[np.lexsort((places, -scores[places]))]
    return [(int(place), float(scores[place])) for place in order if above is None or scores[place] > above]


def _bm25s() -> Any:
    try:
        return import_module("bm25s")
    except ImportError as error:
        raise MissingExtraError("bm25s", "search", "Searching documents by words") from error
