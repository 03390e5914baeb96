"""Events of runs that the notebook's tests draw."""

from jupyter_tools.events import (
    AgentEndEvent,
    AgentEvent,
    AgentStartEvent,
    AgentToolResult,
    MessageEndEvent,
    MessageStartEvent,
    MessageUpdateEvent,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    ToolExecutionEndEvent,
    ToolExecutionStartEvent,
    TurnStartEvent,
)
from jupyter_tools.messages import (
    AssistantMessage,
    StopReason,
    TextContent,
    ThinkingContent,
    ToolCallContent,
    Usage,
    user_message,
)
from jupyter_tools.notebook.view import RunView


def result(text: str, *, is_error: bool = False) -> AgentToolResult:
    return AgentToolResult(content=(TextContent(text=text),), is_error=is_error)


def viewed(events: list[AgentEvent]) -> RunView:
    view = RunView()
    for event in events:
        view.add(event)
    return view


def started() -> list[AgentEvent]:
    info = {"provider": "scripted", "model": "demo"}
    return [AgentStartEvent(run_id="r1", prompt=user_message("hi"), info=info, timestamp_ms=1_000)]


def ended(stop_reason: StopReason = "stop", error_message: str | None = None) -> list[AgentEvent]:
    return [
        AgentEndEvent(
            run_id="r1", messages=(), stop_reason=stop_reason, error_message=error_message, timestamp_ms=4_200
        )
    ]


def answer(*pieces: str) -> list[AgentEvent]:
    message = AssistantMessage(content=(TextContent(text="".join(pieces)),), usage=Usage(output_tokens=5))
    return [
        MessageStartEvent(message=AssistantMessage(content=())),
        *(MessageUpdateEvent(delta=TextDelta(text=piece)) for piece in pieces),
        MessageEndEvent(message=message),
    ]


def asking_turn() -> list[AgentEvent]:
    """A turn that thinks and calls `math_eval`."""
    call = ToolCallContent(id="c1", name="math_eval", arguments={"expression": "0.125*3480"})
    thought = ThinkingContent(thinking="Need a *calculator*.", duration_ms=3_200.0)
    return [
        TurnStartEvent(turn=1),
        MessageStartEvent(message=AssistantMessage(content=())),
        MessageUpdateEvent(delta=ThinkingDelta(text="Need a ")),
        MessageUpdateEvent(delta=ThinkingDelta(text="*calculator*.")),
        MessageUpdateEvent(delta=ThinkingDelta(end=True)),
        MessageUpdateEvent(delta=ToolCallDelta(index=0, id="c1", name="math_eval")),
        MessageUpdateEvent(delta=ToolCallDelta(index=0, arguments='{"expression": "0.125')),
        MessageUpdateEvent(delta=ToolCallDelta(index=0, arguments='*3480"}')),
        MessageEndEvent(message=AssistantMessage(content=(thought, call), stop_reason="tool_calls")),
        ToolExecutionStartEvent(tool_call_id="c1", tool_name="math_eval", args=call.arguments),
        ToolExecutionEndEvent(
            tool_call_id="c1",
            tool_name="math_eval",
            result=result("435"),
            is_error=False,
            args=call.arguments,
            duration_ms=3.0,
        ),
    ]


def whole_run() -> list[AgentEvent]:
    return [*started(), *asking_turn(), TurnStartEvent(turn=2), *answer("It is ", "**435**."), *ended()]
