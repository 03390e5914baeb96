"""Words as a search sees them: lower case, without the ones that say nothing, reduced to stems. English and Russian."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from typing import Any

from jupyter_tools.errors import MissingExtraError

TOKEN_PATTERN = r"(?u)\w+"
_TOKEN = re.compile(TOKEN_PATTERN)
_CYRILLIC = re.compile("[\u0400-\u04ff]")


def stems(words: Iterable[str]) -> list[str]:
    """The stem of each word in lower case: by Russian rules if it has Cyrillic letters, else by English ones.

    Raises:
        MissingExtraError: If the extra `search` is not installed.
    """
    english, russian = _stemmers()
    return [
        russian.stemWord(word.replace("ё", "е")) if _CYRILLIC.search(word) else english.stemWord(word) for word in words
    ]


@cache
def stop_words() -> frozenset[str]:
    """English and Russian words that say nothing of a text's subject."""
    lists: Any = _library("bm25s.stopwords")
    return frozenset((*lists.STOPWORDS_EN, *lists.STOPWORDS_RUSSIAN))


def content_stems(text: str) -> list[str]:
    """The stems of the words of `text` that say something, in order."""
    return stems(word for word in _TOKEN.findall(text.lower()) if word not in stop_words())


def plain_words(text: str) -> Sequence[str]:
    """All words in lower case. No package is needed."""
    return _TOKEN.findall(text.casefold())


@cache
def _stemmers() -> tuple[Any, Any]:
    stemmer = _library("Stemmer").Stemmer
    return stemmer("english"), stemmer("russian")


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingExtraError(name.partition(".")[0], "search", "Searching documents by words") from error
