"""`Draft`: the message that a model is writing, kept from time to time, for kernels die."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TypeAlias

from jupyter_tools.events import Delta, TextDelta, ThinkingDelta, ToolCallDelta
from jupyter_tools.messages import AssistantMessage, TextContent, ThinkingContent

Piece: TypeAlias = TextDelta | ThinkingDelta


class Pieces(list[Piece]):
    """What a model has said of a message until now. They become the message when it is written, which few are."""


_BETWEEN_S = 0.25
_CHARACTERS_A_SECOND = 20_000  # a long text is written whole each time, so it is written less often


class Draft:
    """What a model has said of its message until now.

    Args:
        keep: Called from time to time with the pieces until then; more may have come when it looks at them.
    """

    def __init__(self, keep: Callable[[Pieces], object]) -> None:
        self._keep = keep
        self.begin()

    def begin(self) -> None:
        """A new message."""
        self._pieces = Pieces()
        self._length = 0
        self._due_s = 0.0

    def add(self, delta: Delta, at_s: float) -> None:
        """The next piece."""
        if isinstance(delta, ToolCallDelta):
            return
        self._pieces.append(delta)
        self._length += len(delta.text)
        if at_s >= self._due_s:
            self._due_s = at_s + _BETWEEN_S + self._length / _CHARACTERS_A_SECOND
            self._pieces = Pieces(_joined(self._pieces)) if len(self._pieces) > 1 else self._pieces
            self._keep(self._pieces)


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """The same text in as few pieces as there are blocks."""
    groups = groupby(tuple(pieces), type)
    return [kind(text="".join(piece.text for piece in group)) for kind, group in groups]


def message_of(pieces: Sequence[Piece]) -> AssistantMessage:
    """The message as far as it goes."""
    content = (
        TextContent(text=piece.text) if isinstance(piece, TextDelta) else ThinkingContent(thinking=piece.text)
        for piece in _joined(pieces)
    )
    return AssistantMessage(content=tuple(content), stop_reason="aborted")
