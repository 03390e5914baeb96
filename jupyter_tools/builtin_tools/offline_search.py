"""Searching a list of documents: for teaching, for tests, and where there is no network."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, cast

from jupyter_tools.builtin_tools.web_sources import SearchResult
from jupyter_tools.errors import ConfigurationError

Document: TypeAlias = SearchResult | Mapping[str, Any] | str

_WORD = re.compile(r"\w+")
_SNIPPET = 300
_TITLE_WEIGHT = 3


class OfflineSearch:
    """A search engine over documents of your own. The same question always finds the same.

        OfflineSearch(["Whales are mammals.", {"url": "https://a.example/b", "title": "Bees", "text": "Bees dance."}])

    Args:
        documents: Texts; dicts with `text`, and `url` and `title` if there are; or results.

    Raises:
        ConfigurationError: If a document is none of these.
    """

    name = "offline"

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = [_as_result(document, number) for number, document in enumerate(documents, 1)]
        self._words = [_counted(document) for document in self._documents]
        self._found_in = Counter(word for words in self._words for word in words)

    @classmethod
    def from_file(cls, path: str | Path) -> OfflineSearch:
        """The documents of a JSON file (a list) or a JSON Lines file.

        Raises:
            ConfigurationError: If the file cannot be read, or is neither.
        """
        path = Path(path).expanduser()
        try:
            text = path.read_text(encoding="utf-8-sig")
            lines = [line for line in text.splitlines() if line.strip()]
            documents: Any = map(json.loads, lines) if path.suffix == ".jsonl" else json.loads(text)
            return cls(cast("list[Document]", list(documents)))
        except (OSError, ValueError, TypeError) as error:
            raise ConfigurationError(f"The documents in {str(path)!r} cannot be read: {error}") from error

    async def search(self, query: str, max_results: int) -> Sequence[SearchResult]:
        """The documents that share words with `query`, best first."""
        words = set(_WORD.findall(query.casefold()))
        scores = [(self._score(number, words), -number) for number in range(len(self._documents))]
        best = sorted((item for item in scores if item[0] > 0), reverse=True)[:max_results]
        return [_with_snippet(self._documents[-number], words) for _, number in best]

    def _score(self, number: int, words: set[str]) -> float:
        counts = self._words[number]
        return sum(self._rarity(word) * counts[word] / (counts[word] + 1.5) for word in words if word in counts)

    def _rarity(self, word: str) -> float:
        return math.log(1 + len(self._documents) / self._found_in[word])


def _as_result(document: Document, number: int) -> SearchResult:
    if isinstance(document, SearchResult):
        return document
    data = {"text": document} if isinstance(document, str) else document
    if not isinstance(data, Mapping) or not isinstance(data.get("text"), str):  # pyright: ignore[reportUnnecessaryIsInstance]  # read from files, too
        raise ConfigurationError('A document is a text, or a dict with "text" and perhaps "url" and "title".')
    url = str(data.get("url") or f"document:{number}")
    return SearchResult(url=url, title=str(data.get("title") or ""), text=str(data["text"]))


def _counted(document: SearchResult) -> Counter[str]:
    titles = " ".join([document.title] * _TITLE_WEIGHT)
    return Counter(_WORD.findall(f"{titles} {document.content}".casefold()))


def _with_snippet(document: SearchResult, words: set[str]) -> SearchResult:
    content = document.content
    found = (match.start() for match in _WORD.finditer(content) if match.group().casefold() in words)
    start = max(0, next(found, 0) - _SNIPPET // 3)
    snippet = document.snippet or content[start : start + _SNIPPET].strip()
    return SearchResult(url=document.url, title=document.title, snippet=snippet, text=document.text)
