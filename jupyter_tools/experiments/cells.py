"""`Cell`: one question to one variant, once. `cells_of`: all of an experiment, each with a key of its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jupyter_tools.experiments.template import filled
from jupyter_tools.experiments.variants import Variant


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One question to one variant, once.

    Attributes:
        key: The same for the same question to the same variant in the same repeat: what is finished is found by it.
        variant: The way to ask.
        place: The row's place in the data, from 0.
        row: The row's values.
        repeat: Which repetition, from 1.
        text: The prompt, filled.
    """

    key: str
    variant: Variant
    place: int
    row: Mapping[str, Any]
    repeat: int
    text: str


def cells_of(variants: Sequence[Variant], rows: Sequence[Mapping[str, Any]], repeats: int) -> Iterator[Cell]:
    """All cells: repeat by repeat, row by row, so that what is done early covers all variants."""
    digests = [_digest(variant) for variant in variants]
    seen: dict[str, int] = {}
    for repeat in range(1, repeats + 1):
        for place, row in enumerate(rows):
            for variant, digest in zip(variants, digests, strict=True):
                text = filled(variant.prompt, row)
                key = _key(digest, text, repeat)
                copies = seen[key] = seen.get(key, 0) + 1
                if copies > 1:  # the same question twice in the data is asked twice, as it says
                    key = _key(digest, text, repeat, copies)
                yield Cell(key=key, variant=variant, place=place, row=row, repeat=repeat, text=text)


def judging_cell(variant: Variant, text: str, repeat: int) -> Cell:
    """The question to a judge. The same text about the answer of the same repeat is the same question."""
    key = _key(_digest(variant), text, repeat)
    return Cell(key=key, variant=variant, place=0, row={}, repeat=repeat, text=text)


def _digest(variant: Variant) -> bytes:
    text = json.dumps(variant.identity(), sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()


def _key(digest: bytes, text: str, *numbers: int) -> str:
    said = text.encode("utf-8", "surrogatepass")
    return hashlib.sha256(b"\0".join([digest, said, *(str(number).encode() for number in numbers)])).hexdigest()[:32]
