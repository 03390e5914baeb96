"""`execute_tool_calls`: all tool calls of a model's message, at once, with every start answered by one end.

The events are:

starts of all calls                      before any tool runs
updates; one with status "done" each     as they come
end, message_start, message_end of each  in the calls' order, when all are over
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import NotRequired, TypeAlias, TypedDict

from jupyter_tools.events import ToolExecutionEndEvent
from jupyter_tools.messages import AgentMessage, AssistantMessage, ToolCallContent, ToolResultMessage, now_ms
from jupyter_tools.tools.attempt import error_result
from jupyter_tools.tools.batch import Batch, EventSink, result_message, start_event, tell_end
from jupyter_tools.tools.options import ExecutionOptions
from jupyter_tools.tools.tool import AgentTool

__all__ = ["ExecutionOptions", "ToolExecutionResult", "execute_tool_calls", "skip_tool_call", "with_unique_ids"]

GetSteering: TypeAlias = Callable[[], Awaitable[list[AgentMessage]]]


class ToolExecutionResult(TypedDict):
    """What a batch of calls came to.

    Attributes:
        tool_results: One result a call, in the calls' order.
        steering_messages: What people said meanwhile, or None.
        terminate: True if a tool asked to end the run.
    """

    tool_results: list[ToolResultMessage]
    steering_messages: list[AgentMessage] | None
    terminate: NotRequired[bool]


async def execute_tool_calls(
    tools: list[AgentTool] | None,
    assistant_message: AssistantMessage,
    signal: asyncio.Event | None,
    stream: EventSink,
    get_steering_messages: GetSteering | None = None,
    options: ExecutionOptions | None = None,
) -> ToolExecutionResult:
    """Execute the tool calls of a message.

    What goes wrong with a call is that call's result. If the surrounding task is cancelled, the tools are, too, the
    calls end as aborted, and the cancellation goes on.

    Args:
        tools: Available tools.
        assistant_message: The message. If it was cut off (its `stop_reason` is "length"), none of its calls runs.
        signal: Aborts the batch when it is set. Results that are there are kept.
        stream: Takes the events.
        get_steering_messages: Asked once, when all calls are over, for what people said meanwhile.
        options: Concurrency, deadlines, hooks, approval.
    """
    calls = with_unique_ids(assistant_message).tool_calls
    if not calls:
        return ToolExecutionResult(tool_results=[], steering_messages=None)
    batch = Batch(tools or [], signal, stream, options or ExecutionOptions())
    batch.announce(calls)
    try:
        await batch.run(_why_not(assistant_message))
    finally:
        results = batch.deliver()
    steering = await get_steering_messages() if get_steering_messages is not None else None
    return ToolExecutionResult(tool_results=results, steering_messages=steering or None, terminate=batch.terminate)


def skip_tool_call(tool_call: ToolCallContent, stream: EventSink) -> ToolResultMessage:
    """Answer a call that will not run, because a person said something else meanwhile. Emits its start and end."""
    result, now = error_result("Skipped: a new message came before this tool was run.", error="Skipped"), now_ms()
    end = ToolExecutionEndEvent(
        tool_call_id=tool_call.id,
        tool_name=tool_call.name,
        result=result,
        is_error=True,
        status="skipped",
        args=tool_call.arguments,
        timestamp_ms=now,
    )
    message = result_message(tool_call, result, now)
    stream.push(start_event(tool_call, now))
    tell_end(stream.push, end, message)
    return message


def with_unique_ids(message: AssistantMessage) -> AssistantMessage:
    """`message` with another id for every call whose id is empty or taken by an earlier one."""
    calls = message.tool_calls
    ids = {call.id for call in calls}
    if len(ids) == len(calls) and "" not in ids:
        return message
    taken: set[str] = set()
    content = tuple(
        replace(block, id=_free_id(block.id, taken)) if isinstance(block, ToolCallContent) else block
        for block in message.content
    )
    return replace(message, content=content)


def _free_id(wanted: str, taken: set[str]) -> str:
    free, number = wanted or "call_1", 1
    while free in taken:
        number += 1
        free = f"{wanted or 'call'}_{number}"
    taken.add(free)
    return free


def _why_not(message: AssistantMessage) -> str | None:
    """Why no call of the message may run, or None."""
    match message.stop_reason:
        case "length":
            return (
                "Not run: the answer was cut off at the limit of output tokens, so this call may be incomplete. "
                "Call again, with less text in the arguments or fewer calls at once."
            )
        case "error" | "aborted":
            return "Not run: the answer that asked for it is incomplete."
        case _:
            return None
