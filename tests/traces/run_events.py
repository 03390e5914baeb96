"""Events of runs, as the loop and the tool runner would push them."""

import itertools
from collections.abc import Iterator
from typing import Any

from jupyter_tools.events import (
    AgentEndEvent,
    AgentEvent,
    AgentStartEvent,
    AgentToolResult,
    MessageEndEvent,
    MessageStartEvent,
    MessageUpdateEvent,
    TextDelta,
    ToolExecutionEndEvent,
    ToolExecutionStartEvent,
    ToolExecutionUpdateEvent,
    TurnEndEvent,
    TurnStartEvent,
)
from jupyter_tools.messages import (
    AssistantMessage,
    TextContent,
    ToolCallContent,
    ToolResultMessage,
    Usage,
    user_message,
)
from jupyter_tools.traces.span import Span, SpanBook, SpanContext


class Book(SpanBook):
    """Keeps each change it is told of in `seen`."""

    def __init__(self) -> None:
        self.seen: list[Span] = []
        super().__init__(itertools.count(1).__next__, SpanContext(), self.seen.append)


INFO = {
    "provider": "scripted",
    "model": "demo",
    "parameters": {"temperature": 0},
    "system_hash": "aa",
    "schema_hash": "bb",
    "version": "0.1.0",
}


def text_result(text: str, details: Any = None, *, is_error: bool = False) -> AgentToolResult:
    return AgentToolResult(content=(TextContent(text=text),), details=details, is_error=is_error)


def answer(text: str = "", *calls: ToolCallContent, **fields: Any) -> AssistantMessage:
    content = ((TextContent(text=text),) if text else ()) + calls
    return AssistantMessage(content=content, provider="scripted", model="demo", **fields)


def tool_start(call_id: str = "call_1", name: str = "math_eval", args: Any = None) -> ToolExecutionStartEvent:
    return ToolExecutionStartEvent(
        tool_call_id=call_id, tool_name=name, args={"expression": "2+2"} if args is None else args
    )


def tool_done(call_id: str = "call_1", result: AgentToolResult | None = None, duration_ms: float = 1.5) -> AgentEvent:
    return ToolExecutionUpdateEvent(
        tool_call_id=call_id,
        tool_name="math_eval",
        partial_result=result or text_result("4"),
        status="done",
        duration_ms=duration_ms,
    )


def tool_end(call_id: str = "call_1", result: AgentToolResult | None = None, **fields: Any) -> ToolExecutionEndEvent:
    result = result or text_result("4")
    given: dict[str, Any] = {
        "tool_name": "math_eval",
        "is_error": result.is_error,
        "args": {"expression": "2+2"},
        "duration_ms": 1.5,
    }
    return ToolExecutionEndEvent(tool_call_id=call_id, result=result, **(given | fields))


def tool_call(call_id: str = "call_1", result: AgentToolResult | None = None) -> Iterator[AgentEvent]:
    yield tool_start(call_id)
    yield tool_done(call_id, result)
    yield tool_end(call_id, result)


def run(prompt: str = "What is 2+2?", run_id: str = "run-1", result: AgentToolResult | None = None) -> list[AgentEvent]:
    """A run of two turns with one tool call."""
    question = user_message(prompt)
    asked = answer(
        "Let me see.",
        ToolCallContent(id="call_1", name="math_eval", arguments={"expression": "2+2"}),
        stop_reason="tool_calls",
        usage=Usage(input_tokens=10, output_tokens=4),
    )
    result = result or text_result("4", {"value": 4})
    told = ToolResultMessage(tool_call_id="call_1", tool_name="math_eval", content=result.content)
    said = answer("It is 4.", usage=Usage(input_tokens=20, output_tokens=5, cached_tokens=8))
    return [
        AgentStartEvent(run_id=run_id, prompt=question, info=INFO),
        TurnStartEvent(turn=1, messages=(question,), tools=("math_eval", "time_now")),
        MessageStartEvent(message=answer()),
        MessageUpdateEvent(delta=TextDelta(text="Let me")),
        MessageEndEvent(message=asked, duration_ms=120.0, first_token_ms=30.0),
        *tool_call("call_1", result),
        MessageStartEvent(message=told),
        MessageEndEvent(message=told),
        TurnEndEvent(turn=1, message=asked, tool_results=(told,)),
        TurnStartEvent(turn=2, messages=(question, asked, told), tools=("math_eval", "time_now")),
        MessageEndEvent(message=said, duration_ms=80.0, first_token_ms=20.0),
        TurnEndEvent(turn=2, message=said),
        AgentEndEvent(
            run_id=run_id,
            messages=(question, asked, told, said),
            stop_reason="stop",
            usage=Usage(input_tokens=30, output_tokens=9, cached_tokens=8),
        ),
    ]


def recorded_runs(recorder: Any, *, count: int = 2) -> None:
    """Some runs, named run-0, run-1, ..., into a recorder."""
    for number in range(count):
        for event in run(run_id=f"run-{number}", prompt=f"Сколько будет {number}+2?"):
            recorder.record(event)
