"""`ContinuingProvider`: an answer that was cut because it is too long is carried on, and joined without a seam."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import cast

from jupyter_tools.events import Notice, StopDelta, StreamPart, TextDelta, ThinkingDelta, ToolCallDelta, UsageDelta
from jupyter_tools.messages import NO_USAGE, AssistantMessage, TextContent, UserMessage, user_message
from jupyter_tools.providers.base import Provider, Request
from jupyter_tools.seams import SeamDecoder, carry_on


class ContinuingProvider:
    """Asks for the rest of each answer that stopped for length. Whoever reads the stream sees one message.

    An answer with tool calls is not carried on, for the cut may be in one of them; nor is one that has only been
    thought. What a model thinks before it carries on is left out: it would stand in the middle of the text.

    Args:
        inner: Who answers.
        times: How often to ask for the rest of one answer.
    """

    def __init__(self, inner: Provider, times: int) -> None:
        self.name = inner.name
        self._inner = inner
        self._times = times

    async def stream(self, request: Request) -> AsyncGenerator[StreamPart]:
        """The pieces of one assistant message; see `Provider`."""
        answer = _Answer()
        for number in range(1, self._times + 2):
            asked = replace(request, messages=(*request.messages, *answer.said_so_far()))
            async with aclosing(cast("AsyncGenerator[StreamPart]", self._inner.stream(asked))) as parts:
                async for part in parts:
                    for piece in answer.take(part):
                        yield piece
            stop = answer.stop
            if stop is None:  # the stream broke off, which is the reader's to tell
                return
            if number > self._times or not answer.can_be_carried_on or _is_set(request):
                for piece in answer.rest():
                    yield piece
                yield stop
                return
            yield Notice(text=f"the answer was cut; asking for the rest ({number} of {self._times})", kind="notice")
            for piece in answer.begin_again():
                yield piece

    async def aclose(self) -> None:
        """Close the inner provider."""
        await self._inner.aclose()


def _is_set(request: Request) -> bool:
    return request.signal is not None and request.signal.is_set()


class _Answer:
    """The message so far.

    Attributes:
        stop: How the last stream ended; None while it goes on.
    """

    def __init__(self) -> None:
        self.stop: StopDelta | None = None
        self._text = ""
        self._space = ""  # at its end, held back: the joined text may not have it
        self._seam: SeamDecoder | None = None
        self._has_calls = False
        self._spent = self._used = NO_USAGE

    @property
    def can_be_carried_on(self) -> bool:
        """True if it stopped for length in the middle of its text."""
        cut = self.stop is not None and self.stop.stop_reason == "length"
        return cut and not self._has_calls and bool(self._text.strip())

    def said_so_far(self) -> tuple[AssistantMessage | UserMessage, ...]:
        """What the model is shown to carry on from; nothing at first."""
        request = carry_on(self._text)
        if not request:
            return ()
        said = AssistantMessage(content=(TextContent(text=self._text),), stop_reason="length")
        return said, user_message(request)

    def begin_again(self) -> list[StreamPart]:
        """The next stream is the continuation of this one's text. What of that may be shown before."""
        shown = self._shown(self._decoded_rest())
        self._seam, self._space, self.stop = SeamDecoder(self._text), "", None
        self._text = self._text.rstrip()
        self._spent, self._used = self._spent + self._used, NO_USAGE
        return shown

    def take(self, part: StreamPart) -> list[StreamPart]:
        """What of a piece may be shown now."""
        match part:
            case TextDelta():
                return self._shown([part.text] if self._seam is None else self._seam.decode(part.text))
            case UsageDelta():
                self._used = part.usage
                return [UsageDelta(usage=self._spent + part.usage)]
            case StopDelta():
                self.stop = part
                return []
            case ThinkingDelta() if self._seam is not None:
                return []
            case Notice():
                return [part]
            case _:
                self._has_calls = self._has_calls or isinstance(part, ToolCallDelta)
                return [*self.rest(), part]

    def rest(self) -> list[StreamPart]:
        """What was held back, white space at the end and all."""
        shown = self._shown(self._decoded_rest())
        space, self._space = self._space, ""
        return [*shown, *([TextDelta(text=space)] if space else [])]

    def _decoded_rest(self) -> list[str]:
        return [] if self._seam is None else self._seam.flush()

    def _shown(self, pieces: list[str]) -> list[StreamPart]:
        """Add pieces to the text; what of them may be shown, without the white space at their end."""
        self._text += "".join(pieces)
        held = "".join([self._space, *pieces])
        shown = held.rstrip()
        self._space = held[len(shown) :]
        return [TextDelta(text=shown)] if shown else []
