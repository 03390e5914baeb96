"""`Stepper`: a run that waits before each of its turns, so that people can see what the model will read, and change it.

stepper = Stepper(Agent("openai:gpt-4o-mini", tools=[...]), "What is 2 + 2?")
step = await stepper.go_on()        # nothing has been sent yet
step.request                        # what would be sent, as JSON
step = await stepper.go_on()        # one turn: the model's answer and its tools
stepper.edit_result("five")         # the model will read this in place of what the tool gave
other = stepper.fork(1)             # another run, from before the first turn
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import cast

from jupyter_tools.abort_signal import when_set
from jupyter_tools.agent.agent import Agent
from jupyter_tools.agent.result import AgentResult
from jupyter_tools.errors import ConfigurationError
from jupyter_tools.events import AgentEvent
from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.messages import Message, TextContent, ToolResultMessage, UserMessage
from jupyter_tools.providers.as_sent import as_sent
from jupyter_tools.providers.base import Provider, Request
from jupyter_tools.recordings.entries import NOWHERE, AskedFrom
from jupyter_tools.redaction import redact


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where a run is.

    Attributes:
        turn: The turn that comes next; the last one if the run is over.
        events: What happened since the step before.
        request: What the model will read, as JSON without secrets; None if the run is over.
        result: How the run ended; None while it goes on.
    """

    turn: int
    events: tuple[AgentEvent, ...] = ()
    request: JsonObject | None = None
    result: AgentResult | None = None


@dataclass(frozen=True, slots=True)
class _Pause:
    turn: int
    provider: Provider
    request: Request
    said: tuple[Message, ...]  # what the run has added to the conversation: the end of what is asked

    def with_said(self, said: tuple[Message, ...]) -> _Pause:
        before = self.request.messages[: len(self.request.messages) - len(self.said)]
        return replace(self, said=said, request=replace(self.request, messages=(*before, *said)))

    def shown(self) -> JsonObject:
        sent = as_sent(self.provider, self.request)
        return cast("JsonObject", json.loads(redact(json.dumps(sent, ensure_ascii=False))))


class Stepper:
    """One run, turn by turn. Its methods belong to the thread of one event loop.

    Args:
        agent: Who answers. It has no other run meanwhile.
        prompt: What a person says.
        tags: What the traces should know of the run, such as `cell_id`.
        asked_from: What a recording should know of it.

    Attributes:
        agent: Who answers.
    """

    def __init__(
        self,
        agent: Agent,
        prompt: str,
        *,
        tags: Mapping[str, JsonValue] | None = None,
        asked_from: AskedFrom = NOWHERE,
    ) -> None:
        self.agent = agent
        agent.before_turn = self._hold
        self._before = list(agent.messages)
        self._prompt = prompt
        self._tags = dict(tags or {})
        self._asked_from = asked_from
        self._opening: tuple[Message, ...] | None = None  # what a fork begins with
        self._before_fork = 0  # turns that another run had before this one began
        self._pauses: dict[int, _Pause] = {}
        self._paused: _Pause | None = None
        self._events: list[AgentEvent] = []
        self._run: asyncio.Task[AgentResult] | None = None
        self._waits = True
        self._arrived, self._released = asyncio.Event(), asyncio.Event()

    @property
    def ended(self) -> bool:
        """True once the run is over."""
        return self._run is not None and self._run.done()

    @property
    def turns(self) -> tuple[int, ...]:
        """The turns that a fork can begin with."""
        return tuple(self._pauses)

    @property
    def results(self) -> int:
        """How many results the last turn's tools gave; 0 if the run does not wait."""
        said = () if self._paused is None else self._paused.said
        return sum(1 for _ in takewhile(lambda message: isinstance(message, ToolResultMessage), reversed(said)))

    async def go_on(self, *, to_the_end: bool = False) -> Step:
        """Let the run go on until it comes to its next turn, or to its end.

        Raises:
            ConfigurationError: If it is over.
        """
        if self.ended:
            raise ConfigurationError("This run is over. Fork it from one of its turns, or begin another.")
        self._waits, self._paused = not to_the_end, None
        self._arrived.clear()
        if self._run is None:
            self._run = asyncio.ensure_future(self._answer())
            self._run.add_done_callback(lambda _: self._arrived.set())
        else:
            self._released.set()
        await self._arrived.wait()
        return self._step(self._run)

    async def stop(self) -> Step:
        """End the run where it is.

        Raises:
            ConfigurationError: If it has not begun.
        """
        if self._run is None:
            raise ConfigurationError("The run has not begun.")
        self.agent.abort()
        self._waits, self._paused = False, None
        await asyncio.wait([self._run])
        return self._step(self._run)

    def look(self) -> Step:
        """Where the run is, with the request as it was changed.

        Raises:
            ConfigurationError: If it is not waiting.
        """
        pause = self._waiting()
        return Step(turn=pause.turn, request=pause.shown())

    def _step(self, run: asyncio.Task[AgentResult]) -> Step:
        events, self._events[:] = tuple(self._events), []
        if self._paused is not None:
            return Step(turn=self._paused.turn, events=events, request=self._paused.shown())
        return Step(turn=max(self._pauses, default=0), events=events, result=run.result())

    async def _answer(self) -> AgentResult:
        stream = self.agent.stream(self._prompt, tags=self._tags, asked_from=self._asked_from, kept=False)
        stream.listen(self._events.append)
        try:
            return await stream
        finally:
            await stream.aclose()

    async def _hold(
        self, turn: int, provider: Provider, request: Request, said: tuple[Message, ...]
    ) -> tuple[Message, ...]:
        turn += self._before_fork
        pause = _Pause(turn, provider, request, said)
        if self._opening is not None:
            pause, self._opening = pause.with_said(self._opening), None
        self._pauses[turn] = pause
        if self._waits:
            self._paused = pause
            self._arrived.set()
            await self._release(request.signal)
        return self._pauses[turn].said

    async def _release(self, signal: asyncio.Event | None) -> None:
        self._released.clear()
        stop_listening = when_set(signal, self._released.set) if signal is not None else None
        try:
            await self._released.wait()
        finally:
            if stop_listening is not None:
                stop_listening()

    # --- what a person may change ---
    def edit_result(self, text: str, number: int | None = None) -> None:
        """Let the model read `text` in place of what a tool of the last turn gave.

        Args:
            text: What it reads.
            number: Which of the turn's results, from 1; needed if there are several.

        Raises:
            ConfigurationError: If the run does not wait, or there is no such result.
        """
        pause = self._waiting()
        if not self.results:
            raise ConfigurationError("No tool has run in the last turn.")
        if number is None and self.results > 1:
            raise ConfigurationError(f"The last turn had {self.results} results: say which one, 1 to {self.results}.")
        place = (number or 1) - 1
        if not 0 <= place < self.results:
            raise ConfigurationError(f"The last turn has no result {number}, but 1 to {self.results}.")
        self._replace(len(pause.said) - self.results + place, text)

    def edit_prompt(self, text: str) -> None:
        """Let the model read `text` in place of what a person said last.

        Raises:
            ConfigurationError: If the run does not wait.
        """
        said = self._waiting().said
        self._replace(max(place for place, message in enumerate(said) if isinstance(message, UserMessage)), text)

    def _replace(self, place: int, text: str) -> None:
        pause = self._waiting()
        changed = replace(pause.said[place], content=(TextContent(text=text),))
        self._paused = pause.with_said((*pause.said[:place], changed, *pause.said[place + 1 :]))
        self._pauses[pause.turn] = self._paused

    def fork(self, turn: int) -> Stepper:
        """Another run, which begins with what this one had before its turn `turn`, as it was or was changed.

        Its turns are counted on from there, and it can be forked from the earlier ones as well.

        Raises:
            ConfigurationError: If this run has not come to that turn.
        """
        if turn not in self._pauses:
            known = ", ".join(map(str, self._pauses)) or "none yet"
            raise ConfigurationError(f"The run has no turn {turn} to fork from. Turns: {known}.")
        twin = self.agent.clone()
        twin.messages = list(self._before)
        other = Stepper(twin, self._prompt, tags=self._tags, asked_from=self._asked_from)
        other._opening, other._before_fork = self._pauses[turn].said, turn - 1
        other._pauses = {number: pause for number, pause in self._pauses.items() if number < turn}
        return other

    def _waiting(self) -> _Pause:
        if self._paused is None:
            raise ConfigurationError("The run does not wait before a turn: it is over, or has not begun.")
        return self._paused
