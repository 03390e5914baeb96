"""How far a passage supports a claim: by its words, its numbers, and whether it says the opposite.

No model is asked: the measure is plain, quick, and can be read. It does not understand: a claim in words of its own is
found "unrelated" rather than supported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

from jupyter_tools.retrieval.polarity import is_opposed, opposites_of
from jupyter_tools.retrieval.words import content_stems

Verdict: TypeAlias = Literal["supported", "contradicted", "unrelated"]

SUPPORTED = 0.6
_RELATED = 0.5  # the part of a claim's words that a passage must have to contradict it
_ALIKE = 5  # letters with which two words of one family begin
_CONFLICT = 0.2  # what is left of the support by a number or a negation that does not agree
_SILENT = 0.5  # and by a number of which the passage says nothing

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'»”)]*\s+(?=[\"'«“(]*[A-ZА-ЯЁ0-9])|\n\s*\n|\f")
_NUMBER = re.compile(r"(?<![\w.,])\d{1,3}(?:[ ,\u00a0\u202f]\d{3})+(?:\.\d+)?(?!\w)|\d+(?:[.,]\d+)?")
_PRONOUN = re.compile(r"(?:it|he|she|they|this|these|он|она|оно|они|это|эти)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What was measured.

    Attributes:
        support: All in one, between 0 and 1.
        lexical: The part of the claim's words that the evidence has.
        numeric: 1 if the evidence has all numbers of the claim, less if it has others or none; None without numbers.
        negation: 1 if both affirm or deny the same; less if one says the opposite.
        verdict: What that comes to.
        start: Where the evidence begins in the passage.
        end: Where it ends.
    """

    support: float
    lexical: float
    numeric: float | None
    negation: float
    verdict: Verdict
    start: int
    end: int

    @property
    def weight(self) -> tuple[float, float]:
        """By how much it counts beside others: what speaks of the very thing comes first, whether for or against."""
        return self.lexical * (self.numeric or _SILENT**2), self.support


def support_of(claim: str, passage: str, query: str = "") -> Support:
    """How far a passage supports a claim, by its best one or two sentences.

    Args:
        claim: What is claimed.
        passage: Where it may be said.
        query: What the claim answers: it tells whom a claim means that begins with "it" or "she".
    """
    stated = f"{query} {claim}" if _PRONOUN.match(claim.strip()) else claim
    wanted = [stem for stem in dict.fromkeys(content_stems(stated)) if not stem.isdigit()]
    measured = (_measured(claim, wanted, passage, place) for place in _windows(passage))
    nothing = Support(support=0, lexical=0, numeric=None, negation=1, verdict="unrelated", start=0, end=0)
    return max(measured, key=lambda item: item.weight, default=nothing)


def _measured(claim: str, wanted: Sequence[str], passage: str, place: tuple[int, int]) -> Support:
    evidence = passage[slice(*place)]
    said = content_stems(evidence)
    lexical = _lexical(wanted, said)
    numeric = _numeric(numbers(claim), numbers(evidence))
    negation = _CONFLICT if is_opposed(claim, evidence) else 1.0
    support = lexical * negation * (1.0 if numeric is None else numeric)
    return Support(
        support=round(support, 4),
        lexical=round(lexical, 4),
        numeric=numeric,
        negation=negation,
        verdict=_verdict(support, lexical, min(negation, 1.0 if numeric is None else numeric)),
        start=place[0],
        end=place[1],
    )


def _verdict(support: float, lexical: float, agreement: float) -> Verdict:
    if support >= SUPPORTED:
        return "supported"
    return "contradicted" if lexical >= _RELATED and agreement <= _CONFLICT else "unrelated"


# --- words ---
def _lexical(wanted: Sequence[str], said: Sequence[str]) -> float:
    """The part of the wanted words that are said, or whose opposite is: that is judged as a negation."""
    if not wanted:
        return 0.0
    there = frozenset(said)
    met = [any(_alike(stem, other) for other in there) or bool(opposites_of(stem) & there) for stem in wanted]
    return sum(met) / len(wanted)


def _alike(stem: str, other: str) -> bool:
    return stem == other or (len(stem) >= _ALIKE and len(other) >= _ALIKE and stem[:_ALIKE] == other[:_ALIKE])


# --- numbers ---
def numbers(text: str) -> frozenset[float]:
    """The numbers in a text: 3,530 and 3 530 are one, 5,4 and 5.4 another."""
    return frozenset(_number(found) for found in _NUMBER.findall(text))


def _number(found: str) -> float:
    plain = re.sub(r"[ \u00a0\u202f]", "", found)
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", plain):
        return float(plain.replace(",", ""))
    return float(plain.replace(",", "."))


def _numeric(stated: frozenset[float], said: frozenset[float]) -> float | None:
    if not stated:
        return None
    if stated <= said:
        return 1.0
    return _CONFLICT if said - stated else _SILENT


# --- sentences ---
def _windows(passage: str) -> Iterator[tuple[int, int]]:
    """The places of all sentences, and of all pairs of neighbours."""
    sentences = _sentences(passage)
    yield from sentences
    for first, second in pairwise(sentences):
        yield first[0], second[1]


def _sentences(passage: str) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []
    start = 0
    for end, after in [*((match.start(), match.end()) for match in _SENTENCE_END.finditer(passage)), (len(passage), 0)]:
        if passage[start:end].strip():
            places.append((start, end))
        start = after
    return places
