"""`WholeParts`: the pieces of one answer, with whole letters only."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from jupyter_tools.events import Delta, StreamPart, TextDelta, ThinkingDelta, ToolCallDelta
from jupyter_tools.json_types import encodable

_Place: TypeAlias = "type[TextDelta] | type[ThinkingDelta] | int"  # an int is the number of a call
_ALONE = "\ufffd"


class WholeParts:
    """Joins letters that servers have cut in two. A half that stays alone becomes U+FFFD where it stood.

    A text or a reasoning ends where the other one or a call begins; calls may come side by side.
    """

    def __init__(self) -> None:
        self._halves: dict[_Place, str] = {}  # first halves of letters, each at the end of what came until now

    def decode(self, part: StreamPart) -> list[StreamPart]:
        """What `part` completes."""
        match part:
            case TextDelta() | ThinkingDelta():
                return [part] if part.text.isascii() and not self._halves else self._of_text(part)
            case ToolCallDelta():
                is_plain = part.arguments.isascii() and part.name.isascii() and not self._halves
                return [part] if is_plain else self._of_call(part)
            case _:
                return [part]

    def flush(self) -> list[Delta]:
        """The rest, at the end of the answer."""
        return self._left_alone(*self._halves)

    def _of_text(self, part: TextDelta | ThinkingDelta) -> list[StreamPart]:
        ends = isinstance(part, ThinkingDelta) and part.end
        if not part.text and not ends:  # it does not say that the other text is over
            return [part]
        place, other = (TextDelta, ThinkingDelta) if isinstance(part, TextDelta) else (ThinkingDelta, TextDelta)
        before = self._left_alone(other)
        text = self._joined(place, part.text)
        if ends and self._halves.pop(place, ""):
            text += _ALONE
        return [*before, part if text == part.text else replace(part, text=text)]

    def _of_call(self, part: ToolCallDelta) -> list[StreamPart]:
        before = self._left_alone(TextDelta, ThinkingDelta)
        arguments = self._joined(part.index, part.arguments)
        return [*before, replace(part, arguments=arguments, name=encodable(part.name))]

    def _joined(self, place: _Place, piece: str) -> str:
        text = self._halves.pop(place, "") + piece
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._halves[place] = text[:-1], text[-1]
        return encodable(text)

    def _left_alone(self, *places: _Place) -> list[Delta]:
        """The marks of halves that nothing will complete any more."""
        return [_mark(place) for place in places if self._halves.pop(place, "")]


def _mark(place: _Place) -> Delta:
    if isinstance(place, int):
        return ToolCallDelta(index=place, arguments=_ALONE)
    return place(text=_ALONE)
