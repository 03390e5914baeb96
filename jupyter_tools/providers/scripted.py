"""A model that says what it was told to: for tests, for teaching, for trying out a page without any weights.

    provider = ScriptedProvider([
        [thinking("I need the clock."), call("time_now", {"timezone_name": "Asia/Tokyo"})],
        ["It is late in Tokyo."],
    ])
    agent = Agent("scripted:mine", tools=[time_now], provider=provider)

Each request takes the next turn of the script. A turn is a list of parts, or a function that makes one from the
request. After `error(...)` in a turn come the parts that the next attempt gives, so retries can be scripted as well:
`[error(status=429), "Here I am."]`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.events import Delta, StopDelta, StreamPart, ToolCallDelta, UsageDelta
from jupyter_tools.messages import AssistantMessage, Usage
from jupyter_tools.providers.base import Request
from jupyter_tools.providers.demo_script import DEMO
from jupyter_tools.providers.retry import RetryPolicy, retrying
from jupyter_tools.providers.script_parts import (
    PROVIDER,
    ErrorPart,
    PausePart,
    ScriptPart,
    Turn,
    attempts_of,
    call,
    cut,
    error,
    pause,
    pieces_of,
    thinking,
    tokens_of,
)
from jupyter_tools.providers.waiting import sleep_unless

__all__ = [
    "ScriptPart",
    "ScriptedProvider",
    "Turn",
    "call",
    "cut",
    "error",
    "pause",
    "register_script",
    "script_names",
    "thinking",
]

_REMEMBERED = 100


class ScriptedProvider:
    """Plays a script instead of asking a model.

    Attributes:
        name: "scripted".
        requests: The requests it has seen, oldest first.
        token_delay_s: Seconds between two pieces.
    """

    def __init__(
        self, turns: Sequence[Turn] | None = None, *, token_delay_s: float = 0.0, retry: RetryPolicy | None = None
    ) -> None:
        self.name = PROVIDER
        self.requests: list[Request] = []
        self.token_delay_s = token_delay_s
        self._turns = turns
        self._taken = 0
        self._retry = retry or RetryPolicy()

    def stream(self, request: Request) -> AsyncGenerator[StreamPart]:
        """The parts of the next turn, text and reasoning in small pieces.

        Raises:
            ConfigurationError: If the script has no more turns.
            UnknownNameError: If the model names a script that was never registered.
        """
        self.requests.append(request)
        if self._turns is None:
            del self.requests[:-_REMEMBERED]  # the shared instance lives as long as the process
        attempts = iter(attempts_of(self._next_turn(request)))
        return retrying(lambda: self._attempt(next(attempts), request), self._retry, request.signal)

    async def aclose(self) -> None:
        """Nothing is held."""

    def _next_turn(self, request: Request) -> Sequence[ScriptPart]:
        if self._turns is None:
            turn = _named_turn(request)
        elif self._taken < len(self._turns):
            turn = self._turns[self._taken]
            self._taken += 1
        else:
            raise ConfigurationError(f"The script has {len(self._turns)} turns, and one more was asked for.")
        return turn(request) if callable(turn) else turn

    async def _attempt(self, parts: Sequence[ScriptPart], request: Request) -> AsyncGenerator[StreamPart]:
        counts = _Counts(input_tokens=sum(map(tokens_of, request.messages)))
        for number, part in enumerate(parts):
            async for piece in self._pieces(part, number, request.signal):
                counts.add(piece)
                yield piece
                if isinstance(piece, StopDelta):
                    return
        for piece in counts.ending():
            yield piece

    async def _pieces(self, part: ScriptPart, number: int, signal: asyncio.Event | None) -> AsyncGenerator[StreamPart]:
        if isinstance(part, ErrorPart):
            raise part.failure()
        if isinstance(part, PausePart):
            await sleep_unless(part.seconds, signal)
        for piece in pieces_of(part, number):
            if signal is not None and signal.is_set():
                break
            yield piece
            await sleep_unless(self.token_delay_s, signal)
        if signal is not None and signal.is_set():
            yield StopDelta(stop_reason="aborted")


@dataclass(slots=True)
class _Counts:
    """Counts pieces as tokens and remembers what the end of the turn has to say."""

    input_tokens: int
    output_tokens: int = 0
    usage_given: bool = False
    called: bool = False

    def add(self, piece: StreamPart) -> None:
        self.output_tokens += isinstance(piece, Delta)
        self.usage_given = self.usage_given or isinstance(piece, UsageDelta)
        self.called = self.called or isinstance(piece, ToolCallDelta)

    def ending(self) -> Iterable[StreamPart]:
        if not self.usage_given:
            usage = Usage(input_tokens=self.input_tokens, output_tokens=self.output_tokens, estimated=True)
            yield UsageDelta(usage=usage)
        yield StopDelta(stop_reason="tool_calls" if self.called else "stop")


# --- scripts with names ---
_scripts: dict[str, tuple[Turn, ...]] = {"demo": DEMO}


def register_script(name: str, turns: Sequence[Turn]) -> None:
    """Make `scripted:NAME` play these turns. A name that is registered again is replaced.

    Which turn is played follows from the conversation alone: the first while it has no answer yet, then the second,
    and after the last the first again.
    """
    if not turns:
        raise ConfigurationError(f"The script {name!r} has no turns.")
    _scripts[name] = tuple(turns)


def script_names() -> tuple[str, ...]:
    """The names of the registered scripts, sorted."""
    return tuple(sorted(_scripts))


def _named_turn(request: Request) -> Turn:
    turns = _scripts.get(request.model.name)
    if turns is None:
        raise UnknownNameError("script", request.model.name, _scripts)
    answers = sum(isinstance(message, AssistantMessage) for message in request.messages)
    return turns[answers % len(turns)]
