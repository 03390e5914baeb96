"""What the turns of a script are made of."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from jupyter_tools.errors import ProviderError
from jupyter_tools.events import StreamPart, TextDelta, ThinkingDelta, ToolCallDelta
from jupyter_tools.json_types import JsonValue
from jupyter_tools.messages import Message, text_of
from jupyter_tools.providers.base import Request, stopped_by

PROVIDER = "scripted"
_PIECE = re.compile(r"\s*\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class ThinkingPart:
    """See `thinking`."""

    text: str


@dataclass(frozen=True, slots=True)
class CallPart:
    """See `call`."""

    name: str
    arguments: str
    id: str


@dataclass(frozen=True, slots=True)
class ErrorPart:
    """See `error`."""

    status: int | None
    retry_after_s: float | None
    message: str

    def failure(self) -> ProviderError:
        """What a server's failure of this kind is for whoever asked it."""
        return ProviderError(PROVIDER, self.message, status=self.status, retry_after_s=self.retry_after_s)


@dataclass(frozen=True, slots=True)
class CutPart:
    """See `cut`."""


@dataclass(frozen=True, slots=True)
class PausePart:
    """See `pause`."""

    seconds: float


ScriptPart: TypeAlias = "str | StreamPart | ThinkingPart | CallPart | ErrorPart | CutPart | PausePart"
Turn: TypeAlias = "Sequence[ScriptPart] | Callable[[Request], Sequence[ScriptPart]]"


def thinking(text: str) -> ThinkingPart:
    """Reasoning, streamed in small pieces and closed."""
    return ThinkingPart(text)


def call(name: str, arguments: Mapping[str, JsonValue] | str | None = None, *, id: str = "") -> CallPart:
    """A tool call. Arguments given as text are sent as they stand, so they may be malformed."""
    text = arguments if isinstance(arguments, str) else json.dumps(dict(arguments or {}), ensure_ascii=False)
    return CallPart(name, text, id)


def error(*, status: int | None = 500, retry_after_s: float | None = 0.0, message: str = "") -> ErrorPart:
    """A failure of the server; `status` None means that it did not answer at all.

    It is tried again if its kind may be and the turn has parts after it; otherwise it ends the turn.
    """
    said = message or (f"the server answered {status}." if status else "the server does not answer.")
    return ErrorPart(status, retry_after_s, said)


def cut() -> CutPart:
    """The connection is lost here, in the middle of the answer."""
    return CutPart()


def pause(seconds: float) -> PausePart:
    """Wait; an abort ends the wait."""
    return PausePart(seconds)


def pieces_of(part: ScriptPart, number: int) -> Iterable[StreamPart]:
    """What a part sends, in small pieces; `number` tells it from the other parts of its turn."""
    match part:
        case str():
            return [TextDelta(text=piece) for piece in _PIECE.findall(part)]
        case ThinkingPart():
            pieces = [ThinkingDelta(text=piece) for piece in _PIECE.findall(part.text)]
            return [*pieces, ThinkingDelta(end=True)]
        case CallPart():
            middle = len(part.arguments) // 2  # in two pieces, as it comes over a wire
            return [
                ToolCallDelta(index=number, id=part.id, name=part.name, arguments=part.arguments[:middle]),
                ToolCallDelta(index=number, arguments=part.arguments[middle:]),
            ]
        case CutPart():
            return [stopped_by(ProviderError(PROVIDER, "the stream was cut."))]
        case ErrorPart() | PausePart():  # the provider's own business
            return []
        case _:
            return [part]


def attempts_of(parts: Sequence[ScriptPart]) -> Iterable[Sequence[ScriptPart]]:
    """What each attempt at a turn plays: up to and with its error. An error with nothing behind it is final."""
    start = 0
    for number, part in enumerate(parts):
        if isinstance(part, ErrorPart) and number + 1 < len(parts):
            yield parts[start : number + 1]
            start = number + 1
    rest = parts[start:]
    if rest and isinstance(rest[-1], ErrorPart):
        yield [*rest[:-1], stopped_by(rest[-1].failure())]
    else:
        yield rest


def tokens_of(message: Message) -> int:
    """How many pieces the message's text would be sent in: an estimate of its tokens."""
    return len(_PIECE.findall(text_of(message.content)))
