"""`whole_parts`: the pieces of one answer, with whole letters only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import replace
from typing import TypeVar

from jupyter_tools.events import StreamPart, TextDelta, ThinkingDelta, ToolCallDelta
from jupyter_tools.json_types import encodable

PieceT = TypeVar("PieceT", TextDelta, ThinkingDelta)


async def whole_parts(parts: AsyncIterable[StreamPart]) -> AsyncGenerator[StreamPart]:
    """The parts, with letters joined that servers have cut in two; halves that stay alone are marked as such."""
    letters = _Letters()
    async for part in parts:
        yield letters.decode(part)
    for rest in letters.flush():
        yield rest


class WholeLetters:
    """Decodes a text that comes in pieces: a letter may be cut between two of them."""

    def __init__(self) -> None:
        self._half = ""

    def decode(self, piece: str) -> str:
        """What `piece` completes."""
        text, self._half = self._half + piece, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        return encodable(text)

    def flush(self) -> str:
        """The rest, at the end of the text."""
        half, self._half = self._half, ""
        return encodable(half)


class _Letters:
    def __init__(self) -> None:
        self._texts: defaultdict[object, WholeLetters] = defaultdict(WholeLetters)

    def decode(self, part: StreamPart) -> StreamPart:
        match part:
            case TextDelta():
                return self._whole(part)
            case ThinkingDelta():
                return self._whole(part)
            case ToolCallDelta() if not (part.arguments + part.name).isascii() or part.index in self._texts:
                arguments = self._texts[part.index].decode(part.arguments)
                return replace(part, arguments=arguments, name=encodable(part.name))
            case _:
                return part

    def _whole(self, part: PieceT) -> PieceT:
        kind = type(part)
        if part.text.isascii() and kind not in self._texts:  # nearly always
            return part
        text = self._texts[kind].decode(part.text)
        return part if text == part.text else replace(part, text=text)

    def flush(self) -> list[TextDelta]:
        rest = self._texts[TextDelta].flush() if TextDelta in self._texts else ""
        return [TextDelta(text=rest)] if rest else []
