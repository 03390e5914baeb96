"""Cutting a text into chunks along its structure: pages, headings, paragraphs, sentences, words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from jupyter_tools.errors import ConfigurationError

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*?)[ \t#]*$")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_BREAKS = tuple(re.compile(pattern) for pattern in (r"\n\s*\n\s*", r"\n\s*", r"(?<=[.!?…;])[\"'»”)]*\s+", r"\s+"))
_WORD_START = re.compile(r"(?<=\s)\S")
_SHORT_SECTION = 8  # a section below this part of a chunk joins the next one


class Piece(NamedTuple):
    """A chunk as a place in its text.

    Attributes:
        start: Its first character.
        end: The character after its last one.
        section: The headings above it, or its page.
    """

    start: int
    end: int
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunking:
    """How texts are cut.

    Attributes:
        size: Characters a chunk, at most.
        overlap: Characters that a chunk repeats of the one before it in its section, at most.
    """

    size: int = 1200
    overlap: int = 150

    def __post_init__(self) -> None:
        if self.size < 20:
            raise ConfigurationError(f"A chunk of {self.size} characters is too small; give at least 20.")
        if not 0 <= self.overlap <= self.size // 2:
            most = self.size // 2
            raise ConfigurationError(
                f"An overlap of {self.overlap} does not fit chunks of {self.size} characters; give 0 to {most}."
            )

    def pieces(self, text: str) -> list[Piece]:
        """The chunks of `text`, in order. Together they cover all of it but white space between them."""
        sections = _joined(list(_sections(text)), self.size // _SHORT_SECTION)
        return [piece for section in sections for piece in self._cut(text, section)]

    def _cut(self, text: str, section: Piece) -> Iterator[Piece]:
        start, end = _stripped(text, section.start, section.end)
        said = start
        while start < end:
            cut = end if end - start <= self.size else self._break(text, start)
            first, last = _stripped(text, start, cut)
            if last > said:  # else it would only repeat the end of the one before: white space comes after that
                yield Piece(first, last, section.section)
            said = last
            if cut == end:
                return
            start = _stripped(text, self._overlapping(text, start, cut), end)[0]

    def _break(self, text: str, start: int) -> int:
        """Where a chunk from `start` on ends best: at the strongest break of its second half."""
        limit = start + self.size
        for pattern in _BREAKS:
            found = [match.end() for match in pattern.finditer(text, start + self.size // 2, limit)]
            if found:
                return found[-1]
        return limit

    def _overlapping(self, text: str, start: int, cut: int) -> int:
        """Where the chunk after one from `start` to `cut` begins: at a word that is not too far before `cut`."""
        if not self.overlap:
            return cut
        word = _WORD_START.search(text, max(cut - self.overlap, start + 1), cut)
        return word.start() if word else cut


def _sections(text: str) -> Iterator[Piece]:
    """The parts between headings and page breaks; each heading belongs to what follows it."""
    start, page, path = 0, 1 if "\f" in text else 0, dict[int, str]()
    for place, line, is_code in _lines(text):
        heading = None if is_code else _HEADING.match(line)
        if heading is None and not line.startswith("\f"):
            continue
        yield Piece(start, place, _label(path, page))
        start = place
        if heading is None:
            page += 1
        else:
            level = len(heading[1])
            path = {**{above: name for above, name in path.items() if above < level}, level: heading[2]}
    yield Piece(start, len(text), _label(path, page))


def _lines(text: str) -> Iterator[tuple[int, str, bool]]:
    """The lines that may begin a section: where they begin, and whether they stand in a fenced block of code."""
    fence, place = "", 0
    for line in re.split(r"(?<=\n)|(?=\f)", text):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and line.strip().startswith(fence) and not line.strip().strip(fence[0]):
            fence = ""
        if line[:4].lstrip(" ")[:1] in ("#", "\f"):
            yield place, line.rstrip("\n"), bool(fence)
        place += len(line)


def _label(path: dict[int, str], page: int) -> str:
    return " › ".join([*([f"page {page}"] if page else []), *path.values()])


def _joined(sections: list[Piece], least: int) -> list[Piece]:
    """The sections, those that are shorter than `least` in one with the next."""
    joined: list[Piece] = []
    for section in sections:
        if joined and joined[-1].end - joined[-1].start < least:
            first = joined.pop()
            joined.append(Piece(first.start, section.end, section.section))
        else:
            joined.append(section)
    return joined


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    """The place without the white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
