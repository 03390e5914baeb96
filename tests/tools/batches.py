"""Batches of tool calls for tests: made, run and checked in few words."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from jupyter_tools.events import (
    AgentEvent,
    MessageEndEvent,
    MessageStartEvent,
    StepEndEvent,
    StepStartEvent,
    ToolExecutionEndEvent,
    ToolExecutionStartEvent,
    ToolExecutionUpdateEvent,
)
from jupyter_tools.messages import AssistantMessage, StopReason, ToolCallContent
from jupyter_tools.tools.execution import ExecutionOptions, ToolExecutionResult, execute_tool_calls
from jupyter_tools.tools.tool import AgentTool

ANYTHING = {"type": "object"}


class Recorder:
    """A sink that keeps what it gets, and may do something at each event."""

    def __init__(self, on_event: Callable[[AgentEvent], object] | None = None) -> None:
        self.events: list[AgentEvent] = []
        self._on_event = on_event

    def push(self, event: AgentEvent) -> None:
        self.events.append(event)
        if self._on_event is not None:
            self._on_event(event)

    def of(self, kind: type[Any], call_id: str | None = None) -> list[Any]:
        found = [event for event in self.events if isinstance(event, kind)]
        return found if call_id is None else [event for event in found if event.tool_call_id == call_id]

    @property
    def ends(self) -> dict[str, ToolExecutionEndEvent]:
        return {event.tool_call_id: event for event in self.of(ToolExecutionEndEvent)}

    @property
    def statuses(self) -> list[str]:
        return [event.status for event in self.of(ToolExecutionEndEvent)]


def tool_of(function: Callable[..., Any], **fields: Any) -> AgentTool:
    fields.setdefault("parameters", ANYTHING)
    return AgentTool(name=fields.pop("name", function.__name__), function=function, **fields)


def call(name: str, call_id: str = "c1", problem: str | None = None, **arguments: Any) -> ToolCallContent:
    return ToolCallContent(id=call_id, name=name, arguments=arguments, problem=problem)


def calls(*names: str) -> list[ToolCallContent]:
    return [call(name, f"c{number}", number=number) for number, name in enumerate(names, 1)]


def message_of(*content: ToolCallContent, stop_reason: StopReason = "tool_calls") -> AssistantMessage:
    return AssistantMessage(content=content, stop_reason=stop_reason)


async def execute(
    tools: Sequence[AgentTool | Callable[..., Any]],
    *content: ToolCallContent,
    signal: asyncio.Event | None = None,
    recorder: Recorder | None = None,
    stop_reason: StopReason = "tool_calls",
    **options: Any,
) -> tuple[ToolExecutionResult, Recorder]:
    recorder = recorder or Recorder()
    made = [item if isinstance(item, AgentTool) else tool_of(item) for item in tools]
    message = message_of(*content, stop_reason=stop_reason)
    result = await execute_tool_calls(made, message, signal, recorder, None, ExecutionOptions(**options))
    return result, recorder


async def text_of_one(function: Callable[..., Any] | AgentTool, **arguments: Any) -> str:
    """The text that the model gets for one call."""
    made = function if isinstance(function, AgentTool) else tool_of(function)
    result, _ = await execute([made], call(made.name, **arguments))
    return result["tool_results"][0].text


def assert_well_formed(events: Sequence[AgentEvent], ids: Sequence[str]) -> None:
    """All starts, then news, then end, message_start and message_end of each call in order, and nothing after."""
    count = len(ids)
    starts, news, ends = events[:count], events[count : len(events) - 3 * count], events[len(events) - 3 * count :]
    assert [event.tool_call_id for event in starts if isinstance(event, ToolExecutionStartEvent)] == list(ids)
    assert_steps_are_inside([event for event in news if not isinstance(event, ToolExecutionUpdateEvent)], news)
    news = [event for event in news if isinstance(event, ToolExecutionUpdateEvent)]
    done = [event.tool_call_id for event in news if event.status == "done"]
    assert Counter(done) == Counter(ids)
    for number, call_id in enumerate(ids):
        end, message_start, message_end = ends[3 * number : 3 * number + 3]
        assert isinstance(end, ToolExecutionEndEvent)
        assert isinstance(message_start, MessageStartEvent)
        assert isinstance(message_end, MessageEndEvent)
        assert end.tool_call_id == message_start.message.tool_call_id == message_end.message.tool_call_id == call_id
        assert end.is_error == message_end.message.is_error == (end.status != "ok")
    for call_id in ids:
        statuses = [event.status for event in news if event.tool_call_id == call_id]
        assert statuses == ["running"] * (len(statuses) - 1) + ["done"]


def assert_steps_are_inside(steps: Sequence[AgentEvent], news: Sequence[AgentEvent]) -> None:
    """Each step starts before its call is done, and ends at most once, after its start and before that, too."""
    open_steps: dict[str, str] = {}
    is_done: set[str] = set()
    for event in news:
        if isinstance(event, StepStartEvent):
            assert event.tool_call_id not in is_done
            open_steps[event.step_id] = event.tool_call_id
        elif isinstance(event, StepEndEvent):
            assert open_steps.pop(event.step_id) not in is_done
        elif isinstance(event, ToolExecutionUpdateEvent) and event.status == "done":
            is_done.add(event.tool_call_id)
    assert all(isinstance(event, StepStartEvent | StepEndEvent) for event in steps)


async def until(condition: Callable[[], object]) -> None:
    """Wait until `condition` holds, or fail after some seconds."""
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it never came to hold")
