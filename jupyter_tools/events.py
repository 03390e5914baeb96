"""Everything that happens in a run, as events: agent > turn > message > tool_execution, each start, update, end.

The event stream is the only way out for news: the page, the traces, tests and users' callbacks are its consumers.
A run gives, in this order:

    agent_start
      turn_start
        [turn_update ...]                    notices: a retry, a model being loaded
        message_start  message_update ...  message_end          the model's answer, piece by piece
        [tool_execution_start ...            all of the turn's calls, before any tool runs
         tool_execution_update ...           progress; `status` "done" as each tool ends
         step_start  step_end ...            what takes time in a call: an approval, a retrieval
         tool_execution_end  message_start  message_end ...]    in the calls' order
      turn_end
      ...
    agent_end                                always the last, whatever happened
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, TypeAlias

from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.messages import (
    NO_USAGE,
    AssistantMessage,
    Message,
    StopReason,
    ToolResultMessage,
    Usage,
    UserContent,
    now_ms,
)

# What comes with every piece or call is not frozen, for speed: frozen ones take twice as long to make.


# --- what a provider yields: the pieces of one assistant message ---
@dataclass(slots=True, kw_only=True)
class TextDelta:
    """More of the answer."""

    type: ClassVar[Literal["text"]] = "text"
    text: str


@dataclass(slots=True, kw_only=True)
class ThinkingDelta:
    """More reasoning. `end` closes the block; `cut` says that the model never closed it itself."""

    type: ClassVar[Literal["thinking"]] = "thinking"
    text: str = ""
    signature: str | None = None
    end: bool = False
    cut: bool = False


@dataclass(slots=True, kw_only=True)
class ToolCallDelta:
    """More of a tool call. `index` tells parallel calls apart; `arguments` is a piece of JSON text."""

    type: ClassVar[Literal["tool_call"]] = "tool_call"
    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageDelta:
    """The call's tokens so far; the last one counts."""

    type: ClassVar[Literal["usage"]] = "usage"
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class StopDelta:
    """Why the model stopped. With reason "error", `error_message` is for a person and `error_type` for programs."""

    type: ClassVar[Literal["stop"]] = "stop"
    stop_reason: StopReason
    error_message: str | None = None
    error_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something a person should know while waiting: a retry, a model being loaded.

    Attributes:
        text: One short sentence, such as "retrying in 3 s (2 of 5)".
        kind: For programs: "retry", "load", "fallback", ...
        fraction: How far it is, 0 to 1, or None if unknown.
        provider: Whose model answers from here on, if another one does; "" if not.
        model: That model's name.
    """

    type: ClassVar[Literal["notice"]] = "notice"
    text: str
    kind: str = "notice"
    fraction: float | None = None
    provider: str = ""
    model: str = ""


Delta: TypeAlias = TextDelta | ThinkingDelta | ToolCallDelta
DELTAS = (TextDelta, ThinkingDelta, ToolCallDelta)  # the same: to ask what something is, it is faster than a union
StreamPart: TypeAlias = Delta | UsageDelta | StopDelta | Notice


# --- a tool's answer ---
@dataclass(slots=True, kw_only=True)
class AgentToolResult:
    """What a tool gives back, finished or (in an update) so far.

    Attributes:
        content: What the model sees; dicts of the same shape are accepted and converted.
        details: For pages and traces, not sent to the model.
        is_error: True if the call failed.
        terminate: True if the run should end after this batch.
    """

    content: tuple[UserContent, ...] = ()
    details: JsonValue = None
    is_error: bool = False
    terminate: bool = False


# --- events ---
@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStartEvent:
    """A run begins. `info` is its provenance: model, parameters, tools, hashes, versions."""

    type: ClassVar[Literal["agent_start"]] = "agent_start"
    run_id: str
    prompt: Message
    info: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    timestamp_ms: int = field(default_factory=now_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentEndEvent:
    """A run is over. `messages` are those it added to the conversation, complete and valid for the next turn."""

    type: ClassVar[Literal["agent_end"]] = "agent_end"
    run_id: str
    messages: tuple[Message, ...]
    stop_reason: StopReason
    error_message: str | None = None
    error_type: str | None = None
    usage: Usage = NO_USAGE
    timestamp_ms: int = field(default_factory=now_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnStartEvent:
    """A turn begins: one model call and the tools it asks for. `turn` counts from 1.

    Attributes:
        messages: What the model is about to see, oldest first.
        tools: The names of the tools it may call.
    """

    type: ClassVar[Literal["turn_start"]] = "turn_start"
    turn: int
    messages: tuple[Message, ...] = ()
    tools: tuple[str, ...] = ()
    timestamp_ms: int = field(default_factory=now_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnUpdateEvent:
    """News of a turn that is not part of a message."""

    type: ClassVar[Literal["turn_update"]] = "turn_update"
    turn: int
    notice: Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnEndEvent:
    """A turn is over: the model's message and its tools' results."""

    type: ClassVar[Literal["turn_end"]] = "turn_end"
    turn: int
    message: AssistantMessage
    tool_results: tuple[ToolResultMessage, ...] = ()
    timestamp_ms: int = field(default_factory=now_ms)


@dataclass(slots=True, kw_only=True)
class MessageStartEvent:
    """A message begins. A model's is still empty; a user's (steering) or a tool's is whole."""

    type: ClassVar[Literal["message_start"]] = "message_start"
    message: Message


@dataclass(slots=True, kw_only=True)
class MessageUpdateEvent:
    """A piece of the model's message."""

    type: ClassVar[Literal["message_update"]] = "message_update"
    delta: Delta


@dataclass(slots=True, kw_only=True)
class MessageEndEvent:
    """A message is whole.

    Attributes:
        message: The message.
        duration_ms: From the request to the last piece; None for messages nobody waited for.
        first_token_ms: From the request to the first piece, or None.
    """

    type: ClassVar[Literal["message_end"]] = "message_end"
    message: Message
    duration_ms: float | None = None
    first_token_ms: float | None = None


@dataclass(slots=True, kw_only=True)
class ToolExecutionStartEvent:
    """A tool call was taken up. All of a batch's starts come before any of its tools runs."""

    type: ClassVar[Literal["tool_execution_start"]] = "tool_execution_start"
    tool_call_id: str
    tool_name: str
    args: JsonObject
    timestamp_ms: int = field(default_factory=now_ms)


@dataclass(slots=True, kw_only=True)
class ToolExecutionUpdateEvent:
    """Progress of a running tool. `status` is "running", or "done" once it ended and only waits for its place in order.

    Attributes:
        duration_ms: How long the tool ran; only with "done".
    """

    type: ClassVar[Literal["tool_execution_update"]] = "tool_execution_update"
    tool_call_id: str
    tool_name: str
    partial_result: AgentToolResult
    status: Literal["running", "done"] = "running"
    duration_ms: float | None = None


@dataclass(slots=True, kw_only=True)
class ToolExecutionEndEvent:
    """A tool call is over. Exactly one for each start, in the calls' order.

    Attributes:
        status: "ok", "error", "timeout", "denied", "aborted" or "skipped".
        args: The arguments it ran with, validated and coerced.
        duration_ms: How long the tool ran; 0 if it did not.
    """

    type: ClassVar[Literal["tool_execution_end"]] = "tool_execution_end"
    tool_call_id: str
    tool_name: str
    result: AgentToolResult
    is_error: bool
    status: Literal["ok", "error", "timeout", "denied", "aborted", "skipped"] = "ok"
    args: JsonObject = field(default_factory=dict[str, JsonValue])
    duration_ms: float = 0.0
    timestamp_ms: int = field(default_factory=now_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStartEvent:
    """Something inside a tool call begins that takes its time: a person is asked, documents are looked for.

    Attributes:
        step_id: Unique in the run.
        kind: "approval" or "retrieval".
        name: What it is about: the tool that waits for an approval, the index that is searched.
        tool_call_id: The call it is part of.
        args: What is asked, or looked for.
    """

    type: ClassVar[Literal["step_start"]] = "step_start"
    step_id: str
    kind: Literal["approval", "retrieval"]
    name: str
    tool_call_id: str
    args: JsonValue = None
    timestamp_ms: int = field(default_factory=now_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEndEvent:
    """A step is over. A step whose call ends first has none.

    Attributes:
        step_id: Which step.
        status: "ok", "error", "denied" or "aborted".
        result: What came of it.
        error: What went wrong, in words.
        duration_ms: How long it took.
    """

    type: ClassVar[Literal["step_end"]] = "step_end"
    step_id: str
    status: Literal["ok", "error", "denied", "aborted"] = "ok"
    result: JsonValue = None
    error: str | None = None
    duration_ms: float = 0.0


ToolExecutionEvent: TypeAlias = ToolExecutionStartEvent | ToolExecutionUpdateEvent | ToolExecutionEndEvent
AgentEvent: TypeAlias = (
    AgentStartEvent
    | AgentEndEvent
    | TurnStartEvent
    | TurnUpdateEvent
    | TurnEndEvent
    | MessageStartEvent
    | MessageUpdateEvent
    | MessageEndEvent
    | ToolExecutionEvent
    | StepStartEvent
    | StepEndEvent
)
