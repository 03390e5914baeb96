"""Streams in pieces, for tests that any cutting gives the same."""

from collections.abc import Iterable
from itertools import pairwise
from typing import TypeVar

Text = TypeVar("Text", str, bytes)


def cut_at(whole: Text, places: Iterable[int]) -> list[Text]:
    """What `whole` is in pieces, cut at any numbers: those beyond its end are counted from its beginning again."""
    edges = sorted({0, len(whole), *(place % (len(whole) + 1) for place in places)})
    return [whole[start:end] for start, end in pairwise(edges)]
