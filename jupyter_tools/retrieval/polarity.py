"""What turns a statement round: negations, and words that mean the opposite. English and Russian."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from jupyter_tools.retrieval.words import stems, stop_words

_NEGATIONS = frozenset(
    ("not", "no", "never", "without", "cannot", "neither", "nor", "nt", "не", "нет", "ни", "никогда", "без", "нельзя")
)
_CONTRACTED = re.compile(r"n['’]t\b")
_TOKEN = re.compile(r"\w+|[^\w\s]")
_ENDS_A_NEGATION = frozenset((*".,;:!?()—–", "only", "только"))

_OPPOSITES = """
    rise fall, rose fell, increase decrease, increase reduce, gain lose, gained lost, grow shrink, higher lower,
    high low, larger smaller, large small, more less, more fewer, longer shorter, long short, faster slower, speed slow,
    raise reduce, raise lower, open closed, before after, above below, first last, best worst, better worse, true false,
    always never, allow forbid, win lose, won lost, accept reject, start end, begin end, early late,
    увеличилась сократилась, увеличилась снизилась, увеличился сократился, увеличился снизился, выросла снизилась,
    выросла сократилась, выросла упала, вырос снизился, вырос сократился, вырос упал, рост падение, повысил снизил,
    повысил понизил, увеличил уменьшил, больше меньше, выше ниже, длиннее короче, быстрее медленнее, открыта закрыта,
    высокий низкий, большой маленький, много мало, рано поздно, раньше позже, до после, начало конец, лучше хуже,
    первый последний, разрешил запретил, всегда никогда, выиграл проиграл, ускоряет замедляет, усиливает ослабляет,
    принял отклонил, платная бесплатная
"""


@cache
def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in _OPPOSITES.split(","):
        left, right = stems(pair.split())
        found.setdefault(left, set()).add(right)
        found.setdefault(right, set()).add(left)
    return {word: frozenset(others) for word, others in found.items()}


def opposites_of(stem: str) -> frozenset[str]:
    """The stems of the words that mean the opposite."""
    return _opposites().get(stem, frozenset())


def is_opposed(claim: str, evidence: str) -> bool:
    """True if one text denies what the other affirms, or says the opposite of it. Both at once cancel out.

    Where the evidence has a word more than once, the one nearest to the claim's other words counts.
    """
    stated, said = _Statement(claim), _Statement(evidence)
    common = [stem for stem in dict.fromkeys(stated.stems) if said.places(stem)]
    denied = any(_is_denied_by_one(stem, stated, said) for stem in common)
    return denied != any(_is_turned(stem, stated, said) for stem in stated.stems)


class _Statement:
    """The words of a text that say something, in order, and which of them a negation stands before."""

    def __init__(self, text: str) -> None:
        marked = list(_marked_words(text))
        self.stems = stems(word for word, _ in marked)
        self.denied = [denied for _, denied in marked]

    def places(self, stem: str) -> list[int]:
        return [place for place, other in enumerate(self.stems) if other == stem]


def _marked_words(text: str) -> Iterator[tuple[str, bool]]:
    negated = False
    for token in _TOKEN.findall(_CONTRACTED.sub(" not", text.lower())):
        if token in _NEGATIONS:
            negated = True
        elif token in _ENDS_A_NEGATION:
            negated = False
        elif token[0].isalnum() and (token not in stop_words() or opposites_of(stems([token])[0])):
            yield token, negated
            negated = False


def _is_denied_by_one(stem: str, stated: _Statement, said: _Statement) -> bool:
    around = _around(stem, stated, said)
    nearest = min(said.places(stem), key=lambda place: _distance([place], around))
    return stated.denied[stated.places(stem)[0]] != said.denied[nearest]


def _is_turned(stem: str, stated: _Statement, said: _Statement) -> bool:
    """True if where the claim has this word, the evidence has its opposite: nearer to the claim's other words."""
    opposites = [place for other in opposites_of(stem) for place in said.places(other)]
    if not opposites:
        return False
    own, around = said.places(stem), _around(stem, stated, said)
    return not own or _distance(opposites, around) < _distance(own, around)


def _around(stem: str, stated: _Statement, said: _Statement) -> list[list[int]]:
    """Where the evidence has the other words of the claim."""
    found = [said.places(other) for other in dict.fromkeys(stated.stems) if other != stem]
    return [places for places in found if places]


def _distance(places: list[int], around: list[list[int]]) -> int:
    """How far the nearest of some places lies from all words around it together."""
    return min(sum(min(abs(place - other) for other in others) for others in around) for place in places)
