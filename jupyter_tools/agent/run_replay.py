"""`RunReplay`: one run, answered from a recording: the model's answers, the tools' results, what people said."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from jupyter_tools.events import AgentEvent, AgentToolResult, MessageEndEvent, ToolExecutionEndEvent
from jupyter_tools.json_types import JsonObject
from jupyter_tools.messages import AssistantMessage, TextContent, text_of
from jupyter_tools.providers.replay import ReplayProvider
from jupyter_tools.providers.waiting import sleep_unless
from jupyter_tools.recordings.entries import RecordedResult
from jupyter_tools.shortening import one_line
from jupyter_tools.tools.tool import AgentTool, OnUpdate

_SHOWN = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A tool gave something else than in the recording.

    Attributes:
        tool: The tool's name.
        arguments: What it ran with.
        recorded: What it gave then, as the model saw it.
        now: What it gives now.
    """

    tool: str
    arguments: JsonObject
    recorded: str
    now: str

    def __str__(self) -> str:
        now, recorded = one_line(self.now, _SHOWN), one_line(self.recorded, _SHOWN)
        return f"{self.tool} gives {now!r} now; recorded was {recorded!r}"


class RunReplay:
    """Plays one run.

    Args:
        provider: Gives the recorded answers.
        steer: Says something to the run.
        drift: Where it is written what tools give differently.
        fast: Without the waits of the recording.
        live: True if tools run, and are compared with the recording.

    Attributes:
        provider: Gives the recorded answers.
    """

    def __init__(
        self,
        provider: ReplayProvider,
        steer: Callable[[str], None],
        drift: list[Drift],
        *,
        fast: bool,
        live: bool,
    ) -> None:
        self.provider = provider
        self._steer = steer
        self._drift = drift
        self._fast = fast
        self._live = live
        self._results: list[RecordedResult] = []
        self._run: object = None

    def stand_in(self, tool: AgentTool) -> AgentTool:
        """A tool that looks like `tool` and gives what it gave then. It does nothing, so nobody is asked."""

        async def play(
            tool_call_id: str, arguments: JsonObject, signal: asyncio.Event | None, on_update: OnUpdate
        ) -> AgentToolResult:
            del tool_call_id, on_update
            recorded = self._take(tool.name, arguments)
            if recorded is None:
                return _not_recorded(tool.name)
            if not self._fast:
                await sleep_unless(recorded.duration_ms / 1000, signal)
            return recorded.result

        unasked = replace(tool, execute=play, function=None, context_parameter=None, requires_approval=False)
        return replace(unasked, isolation="loop", timeout_s=math.inf)

    def listen(self, event: AgentEvent) -> None:
        """Say what people said here, and notice what tools give differently."""
        match event:
            case MessageEndEvent(message=AssistantMessage()):
                self._say_what_was_said()
            case ToolExecutionEndEvent() if self._live:
                self._compare(event)
            case _:
                pass

    def _say_what_was_said(self) -> None:
        place = self.provider.place
        following = place.following if place is not None else None
        for text in following.heard if following is not None else ():
            self._steer(text)

    def _compare(self, event: ToolExecutionEndEvent) -> None:
        recorded = self._take(event.tool_name, event.args)
        if recorded is None or recorded.result.content == event.result.content:
            return
        was, now = text_of(recorded.result.content), text_of(event.result.content)
        drift = Drift(tool=event.tool_name, arguments=event.args, recorded=was, now=now)
        self._drift.append(drift)
        self.provider.news.append(str(drift))

    def _take(self, name: str, arguments: JsonObject) -> RecordedResult | None:
        """The next result of this tool in the recorded run: of these arguments if it has one, else the tool's next."""
        place = self.provider.place
        if place is None:
            return None
        if self._run is not place.run:
            self._run, self._results = place.run, list(place.run.results)
        own = [result for result in self._results if result.name == name]
        best = min(own, key=lambda result: not _equal(result.arguments, arguments), default=None)
        if best is not None:
            self._results.remove(best)
        return best


def _equal(one: JsonObject, other: JsonObject) -> bool:
    return json.dumps(one, sort_keys=True, default=str) == json.dumps(other, sort_keys=True, default=str)


def _not_recorded(name: str) -> AgentToolResult:
    text = f"{name} was not called here when this was recorded. Record it again, or let the tools run"
    text += " (--live, in Python tools='live')."
    return AgentToolResult(content=(TextContent(text=text),), is_error=True)
