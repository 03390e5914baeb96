"""Which route fits a query, and how the results of several become one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from jupyter_tools.retrieval.words import plain_words

_SHORT, _LONG = 3, 9  # words
_RRF = 60  # what reciprocal rank fusion adds to a rank, by its inventors

_ASKING = """
    what why how who whom whose when where which explain describe tell compare summarize can could should
    would does did is are do please help что чем почему зачем как кто кого кому кем когда где куда откуда какой какая
    какое какие каков какова сколько который расскажи расскажите объясни объясните опиши опишите сравни сравните
    покажи покажите помоги помогите можно ли
"""
_CONVERSATIONAL = frozenset(_ASKING.split())
_DATE = re.compile(r"\b\d{4}-\d\d(-\d\d)?\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b")
_NUMBER = re.compile(r"(?<!\w)[-+]?\d[\d.,]*(?!\w)")
_CODE = re.compile(r"\b\w*[A-Za-zА-Яа-яЁё]\d\w*\b|\b\w+_\w+\b|\b[a-z]+[A-Z]\w*\b|\b\w+\(\)|\b\w+\.\w+\(")
_QUOTED = re.compile(r"\"[^\"]+\"|«[^»]+»|“[^”]+”")
_EXACT = (
    (_DATE, "a date"),
    (_NUMBER, "a number"),
    (_CODE, "a name of code"),
    (_QUOTED, "a quotation"),
)


def choose_route(query: str) -> tuple[str, list[str]]:
    """The route that fits a query, "bm25", "dense" or "hybrid", and the reasons.

    What must be met to the letter (numbers, dates, names of code, quotations, few words) is for words; what is asked in
    sentences is for meaning; what is both, or neither, is for both.
    """
    words = plain_words(query)
    if not words:
        return "bm25", ["the query is empty"]
    meaning = _signs_of_meaning(query, words)
    letter = [f"it holds {what}" for pattern, what in _EXACT if pattern.search(query)]
    if len(words) <= _SHORT and not meaning:
        letter.append(f"it is short ({len(words)} {'word' if len(words) == 1 else 'words'})")
    if meaning and letter:
        return "hybrid", [*meaning, *letter]
    if meaning:
        return "dense", meaning
    if letter:
        return "bm25", letter
    return "hybrid", ["it is neither short nor a question, and holds nothing exact"]


def _signs_of_meaning(query: str, words: Sequence[str]) -> list[str]:
    asked = [word for word in words if word in _CONVERSATIONAL]
    signs = [f"it asks in words ({asked[0]!r})"] if asked else []
    if not asked and query.rstrip().endswith("?") and len(words) > _SHORT:
        signs.append("it is a question")
    if len(words) >= _LONG:
        signs.append(f"it is long ({len(words)} words)")
    return signs


def possible_route(query: str, routes: Sequence[str]) -> tuple[str, list[str]]:
    """The route that fits a query among those that there are, and the reasons."""
    route, reasons = choose_route(query)
    if route in routes:
        return route, reasons
    return routes[0], [*reasons, f"but {route} cannot be searched here, so {routes[0]} is"]


def fused(rankings: Iterable[Sequence[int]], k: int) -> list[tuple[int, float]]:
    """The first `k` of several rankings in one, by reciprocal rank fusion."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, number in enumerate(ranking, 1):
            scores[number] = scores.get(number, 0.0) + 1 / (_RRF + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:k]
