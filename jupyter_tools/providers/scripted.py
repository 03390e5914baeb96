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
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from jupyter_tools.errors import ConfigurationError, ProviderError, UnknownNameError
from jupyter_tools.events import StopDelta, StreamPart, TextDelta, ThinkingDelta, ToolCallDelta, UsageDelta
from jupyter_tools.json_types import JsonValue
from jupyter_tools.messages import (
    AssistantMessage,
    Message,
    TextContent,
    ToolResultMessage,
    Usage,
)
from jupyter_tools.providers.base import Request
from jupyter_tools.providers.retry import RetryPolicy, retrying
from jupyter_tools.providers.waiting import sleep_unless

_PIECE = re.compile(r"\s*\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class _Thinking:
    text: str


@dataclass(frozen=True, slots=True)
class _Call:
    name: str
    arguments: str
    id: str


@dataclass(frozen=True, slots=True)
class _Error:
    status: int | None
    retry_after_s: float | None
    message: str


@dataclass(frozen=True, slots=True)
class _Cut:
    pass


@dataclass(frozen=True, slots=True)
class _Pause:
    seconds: float


ScriptPart: TypeAlias = "str | StreamPart | _Thinking | _Call | _Error | _Cut | _Pause"
Turn: TypeAlias = "Sequence[ScriptPart] | Callable[[Request], Sequence[ScriptPart]]"


def thinking(text: str) -> _Thinking:
    """Reasoning, streamed in small pieces and closed."""
    return _Thinking(text)


def call(name: str, arguments: Mapping[str, JsonValue] | str | None = None, *, id: str = "") -> _Call:
    """A tool call. Arguments given as text are sent as they stand, so they may be malformed."""
    text = arguments if isinstance(arguments, str) else json.dumps(dict(arguments or {}), ensure_ascii=False)
    return _Call(name, text, id)


def error(*, status: int | None = 500, retry_after_s: float | None = 0.0, message: str = "") -> _Error:
    """A failure of the server; `status` None means that it did not answer at all.

    It is tried again if its kind may be and the turn has parts after it; otherwise it ends the turn.
    """
    said = message or (f"the server answered {status}." if status else "the server does not answer.")
    return _Error(status, retry_after_s, said)


def cut() -> _Cut:
    """The connection is lost here, in the middle of the answer."""
    return _Cut()


def pause(seconds: float) -> _Pause:
    """Wait; an abort ends the wait."""
    return _Pause(seconds)


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
        self.name = "scripted"
        self.requests: list[Request] = []
        self.token_delay_s = token_delay_s
        self._turns = turns
        self._taken = 0
        self._retry = retry or RetryPolicy()

    def stream(self, request: Request) -> AsyncIterator[StreamPart]:
        """The parts of the next turn, text and reasoning in small pieces.

        Raises:
            ConfigurationError: If the script has no more turns.
            UnknownNameError: If the model names a script that was never registered.
        """
        self.requests.append(request)
        attempts = iter(_attempts(self._next_turn(request)))
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
        counts = _Counts(input_tokens=sum(map(_tokens_of, request.messages)))
        for number, part in enumerate(parts):
            async for piece in self._pieces(part, number, request.signal):
                counts.add(piece)
                yield piece
                if isinstance(piece, StopDelta):
                    return
        for piece in counts.ending():
            yield piece

    async def _pieces(self, part: ScriptPart, number: int, signal: asyncio.Event | None) -> AsyncGenerator[StreamPart]:
        if isinstance(part, _Error):
            raise ProviderError(self.name, part.message, status=part.status, retry_after_s=part.retry_after_s)
        if isinstance(part, _Pause):
            await sleep_unless(part.seconds, signal)
        for piece in _split(part, number):
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
        self.output_tokens += isinstance(piece, TextDelta | ThinkingDelta | ToolCallDelta)
        self.usage_given = self.usage_given or isinstance(piece, UsageDelta)
        self.called = self.called or isinstance(piece, ToolCallDelta)

    def ending(self) -> Iterable[StreamPart]:
        if not self.usage_given:
            usage = Usage(input_tokens=self.input_tokens, output_tokens=self.output_tokens, estimated=True)
            yield UsageDelta(usage=usage)
        yield StopDelta(stop_reason="tool_calls" if self.called else "stop")


def _split(part: ScriptPart, number: int) -> Iterable[StreamPart]:
    match part:
        case str():
            return [TextDelta(text=piece) for piece in _PIECE.findall(part)]
        case _Thinking():
            pieces = [ThinkingDelta(text=piece) for piece in _PIECE.findall(part.text)]
            return [*pieces, ThinkingDelta(end=True)]
        case _Call():
            middle = len(part.arguments) // 2  # in two pieces, as it comes over a wire
            return [
                ToolCallDelta(index=number, id=part.id, name=part.name, arguments=part.arguments[:middle]),
                ToolCallDelta(index=number, arguments=part.arguments[middle:]),
            ]
        case _Cut():
            return [StopDelta(stop_reason="error", error_message="scripted: the stream was cut.")]
        case _Error() | _Pause():  # the provider's own business
            return []
        case _:
            return [part]


def _attempts(parts: Sequence[ScriptPart]) -> Iterable[Sequence[ScriptPart]]:
    """What each attempt at a turn plays: up to and with its error. An error with nothing behind it is final."""
    start = 0
    for number, part in enumerate(parts):
        if isinstance(part, _Error) and number + 1 < len(parts):
            yield parts[start : number + 1]
            start = number + 1
    rest = parts[start:]
    if rest and isinstance(rest[-1], _Error):
        final = StopDelta(stop_reason="error", error_message=f"scripted: {rest[-1].message}")
        yield [*rest[:-1], final]
    else:
        yield rest


def _tokens_of(message: Message) -> int:
    text = "".join(block.text for block in message.content if isinstance(block, TextContent))
    return len(_PIECE.findall(text))


# --- scripts with names ---
_scripts: dict[str, tuple[Turn, ...]] = {}


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


def _demo_question(request: Request) -> Sequence[ScriptPart]:
    names = {tool.name for tool in request.tools} if request.tool_choice != "none" else set[str]()
    wanted = [
        call("math_eval", {"expression": "3480 * 12.5 / 100"}),
        call("time_now", {"timezone_name": "Asia/Tokyo", "format": "iso"}),
    ]
    calls = [item for item in wanted if item.name in names]
    if not calls:
        return ["I am a script and no model. Give me the tools `math_eval` and `time_now`, and I will use them."]
    reasoning = (
        "A percentage is arithmetic and the time of day is a look-up: two tools, and neither waits for the other."
    )
    return [thinking(reasoning), *calls]


def _demo_answer(request: Request) -> Sequence[ScriptPart]:
    results = [m for m in request.messages if isinstance(m, ToolResultMessage)][-2:]
    lines = [f"- `{result.tool_name}` says: {result.text}" for result in results]
    return ["I asked the tools, and this is what I know now:\n\n", "\n".join(lines)]


register_script("demo", [_demo_question, _demo_answer])
