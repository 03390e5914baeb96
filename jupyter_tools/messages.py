"""The nouns: content blocks, messages, usage and stop reasons. They import nothing of the package but JSON types.

All are frozen and compare by value. `to_dict` and `from_dict` are each other's inverse and give plain JSON values.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import ClassVar, Literal, TypeAlias, get_args

from jupyter_tools.json_types import JsonObject, JsonValue, encodable

StopReason: TypeAlias = Literal[
    "stop",  # the model said all it wanted
    "length",  # the model ran out of output tokens
    "tool_calls",  # the model asks for tools
    "error",  # the provider failed; see `error_message`
    "aborted",  # a person or a program stopped it
    "max_turns",  # a limit of the run ended it
    "limit",  # another limit (tool calls, tokens, cost, seconds) ended it
]
STOP_REASONS: tuple[StopReason, ...] = get_args(StopReason)


def now_ms() -> int:
    """Now, in milliseconds since 1970 (UTC): for *when*. How long something took is measured with a monotonic clock."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TextContent:
    """Text said by a person, a model or a tool. Markdown when it comes from a model."""

    type: ClassVar[Literal["text"]] = "text"
    text: str

    def __post_init__(self) -> None:
        if not self.text.isascii():
            object.__setattr__(self, "text", encodable(self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class ThinkingContent:
    """A model's reasoning.

    Attributes:
        thinking: The text.
        signature: What the provider wants back with it, unread; None where it wants nothing.
        cut: True if the model stopped before it had closed the block.
        duration_ms: How long the model thought, or None if unknown.
    """

    type: ClassVar[Literal["thinking"]] = "thinking"
    thinking: str
    signature: str | None = None
    cut: bool = False
    duration_ms: float | None = None

    def __post_init__(self) -> None:
        if not self.thinking.isascii():
            object.__setattr__(self, "thinking", encodable(self.thinking))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageContent:
    """An image: base64 `data` of the given MIME type."""

    type: ClassVar[Literal["image"]] = "image"
    data: str
    mime_type: str = "image/png"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCallContent:
    """A model's request to run a tool.

    Attributes:
        id: Unique in the conversation.
        name: The tool's name as the model wrote it.
        arguments: The arguments, parsed.
        problem: What was wrong with the arguments' JSON text, or None. Such a call is answered with an error.
    """

    type: ClassVar[Literal["tool_call"]] = "tool_call"
    id: str
    name: str
    arguments: JsonObject = field(default_factory=dict[str, JsonValue])
    problem: str | None = None

    def __post_init__(self) -> None:
        if not self.name.isascii():
            object.__setattr__(self, "name", encodable(self.name))


UserContent: TypeAlias = TextContent | ImageContent
AssistantContent: TypeAlias = TextContent | ThinkingContent | ToolCallContent
Content: TypeAlias = TextContent | ThinkingContent | ImageContent | ToolCallContent


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one model call, or the sum of several.

    Attributes:
        input_tokens: Tokens the model read, cached ones included.
        output_tokens: Tokens the model wrote, reasoning included.
        reasoning_tokens: Those of `output_tokens` that were reasoning, where the provider says so.
        cached_tokens: Those of `input_tokens` that came from the provider's cache.
        estimated: True if any of the figures was counted here and not by the provider.
        cost: What it cost in US dollars; None if that is not known, or not of all of it.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    cached_tokens: int = 0
    estimated: bool = False
    cost: float | None = None

    @property
    def total_tokens(self) -> int:
        """Tokens read and written."""
        return self.input_tokens + self.output_tokens

    def __add__(self, other: Usage) -> Usage:
        """The sum of both; estimated if either is."""
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            reasoning_tokens=self.reasoning_tokens + other.reasoning_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            estimated=self.estimated or other.estimated,
            cost=self._cost_with(other),
        )

    def _cost_with(self, other: Usage) -> float | None:
        if self.cost is None or other.cost is None:  # unknown, unless one of them is no usage at all
            return other.cost if self == NO_USAGE else self.cost if other == NO_USAGE else None
        return self.cost + other.cost


NO_USAGE = Usage()


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class SystemMessage:
    """Instructions that stand before the conversation."""

    role: ClassVar[Literal["system"]] = "system"
    content: tuple[UserContent, ...]
    timestamp_ms: int = field(default_factory=now_ms, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class UserMessage:
    """What a person said."""

    role: ClassVar[Literal["user"]] = "user"
    content: tuple[UserContent, ...]
    timestamp_ms: int = field(default_factory=now_ms, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class AssistantMessage:
    """What a model said: reasoning, text and tool calls, in the order it said them.

    Attributes:
        content: The blocks.
        provider: The provider's name.
        model: The model's name.
        usage: Tokens of this call.
        stop_reason: Why it ended.
        error_message: One or two sentences for a person if `stop_reason` is "error".
        error_type: Its kind: an HTTP status ("429"), the provider's word ("refusal") or an exception's name.
    """

    role: ClassVar[Literal["assistant"]] = "assistant"
    content: tuple[AssistantContent, ...]
    provider: str = ""
    model: str = ""
    usage: Usage = NO_USAGE
    stop_reason: StopReason = "stop"
    error_message: str | None = None
    error_type: str | None = None
    timestamp_ms: int = field(default_factory=now_ms, compare=False)

    @property
    def text(self) -> str:
        """The answer: all text blocks joined, without reasoning and tool calls."""
        return text_of(self.content)

    @property
    def thinking(self) -> str:
        """The reasoning: all thinking blocks joined."""
        return "".join(block.thinking for block in self.content if isinstance(block, ThinkingContent))

    @property
    def tool_calls(self) -> tuple[ToolCallContent, ...]:
        """The tool calls, in order."""
        return tuple([block for block in self.content if isinstance(block, ToolCallContent)])

    @property
    def calls_tools(self) -> bool:
        """True if there are any tool calls."""
        return any(isinstance(block, ToolCallContent) for block in self.content)


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class ToolResultMessage:
    """A tool's answer to one call.

    Attributes:
        tool_call_id: The `id` of the call it answers.
        tool_name: The tool's name.
        content: What the model sees.
        details: For pages and traces, not sent to the model.
        is_error: True if the call failed, was refused, stopped or skipped.
    """

    role: ClassVar[Literal["tool_result"]] = "tool_result"
    tool_call_id: str
    tool_name: str
    content: tuple[UserContent, ...]
    details: JsonValue = None
    is_error: bool = False
    timestamp_ms: int = field(default_factory=now_ms, compare=False)

    @property
    def text(self) -> str:
        """All text blocks joined."""
        return text_of(self.content)


Message: TypeAlias = SystemMessage | UserMessage | AssistantMessage | ToolResultMessage
AgentMessage: TypeAlias = Message  # the seed's name for a message in an agent's conversation

_BLOCKS: dict[str, type[Content]] = {c.type: c for c in (TextContent, ThinkingContent, ImageContent, ToolCallContent)}
_MESSAGES: dict[str, type[Message]] = {
    m.role: m for m in (SystemMessage, UserMessage, AssistantMessage, ToolResultMessage)
}


def text_of(content: Iterable[Content]) -> str:
    """The text blocks of `content`, joined."""
    return "".join([block.text for block in content if isinstance(block, TextContent)])


def user_message(text: str) -> UserMessage:
    """A person's message of plain text."""
    return UserMessage(content=(TextContent(text=text),))


def system_message(text: str) -> SystemMessage:
    """A system message of plain text."""
    return SystemMessage(content=(TextContent(text=text),))


def _fields_of(item: Content | Message | Usage) -> JsonObject:
    return {name: getattr(item, name) for name in _names_of(type(item))}


@cache
def _names_of(kind: type[Content | Message | Usage]) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


def content_to_dict(block: Content) -> JsonObject:
    """A content block as plain JSON values, its `type` first."""
    return {"type": block.type, **_fields_of(block)}


def content_from_dict(data: Mapping[str, JsonValue]) -> Content:
    """The content block that `content_to_dict` wrote.

    Raises:
        ValueError: If `data` has no known `type` or lacks a field.
    """
    values = dict(data)
    kind = values.pop("type", None)
    if kind not in _BLOCKS:
        raise ValueError(f"not a content block: type {kind!r}, known: {', '.join(_BLOCKS)}")
    try:
        return _BLOCKS[kind](**values)
    except TypeError as error:
        raise ValueError(f"not a {kind} block: {error}") from error


def to_dict(message: Message) -> JsonObject:
    """A message as plain JSON values, its `role` first."""
    data = {"role": message.role, **_fields_of(message)}
    data["content"] = [content_to_dict(block) for block in message.content]
    if isinstance(message, AssistantMessage):
        data["usage"] = _fields_of(message.usage)
    return data


def from_dict(data: Mapping[str, JsonValue]) -> Message:
    """The message that `to_dict` wrote.

    Raises:
        ValueError: If `data` has no known `role` or lacks a field.
    """
    values = dict(data)
    role = values.pop("role", None)
    if role not in _MESSAGES:
        raise ValueError(f"not a message: role {role!r}, known: {', '.join(_MESSAGES)}")
    try:
        values["content"] = tuple(content_from_dict(block) for block in values["content"])
        if role == AssistantMessage.role and "usage" in values:
            values["usage"] = Usage(**values["usage"])
        return _MESSAGES[role](**values)
    except (TypeError, KeyError) as error:
        raise ValueError(f"not a {role} message: {error}") from error
