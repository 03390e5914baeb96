"""From a provider's pieces to one `AssistantMessage`: the only place where deltas become messages."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import cast

from jupyter_tools.events import Notice, StopDelta, StreamPart, TextDelta, ThinkingDelta, ToolCallDelta, UsageDelta
from jupyter_tools.json_types import JsonObject, JsonValue, encodable, encodable_json, read_json
from jupyter_tools.messages import (
    NO_USAGE,
    AssistantContent,
    AssistantMessage,
    StopReason,
    TextContent,
    ThinkingContent,
    ToolCallContent,
    Usage,
)
from jupyter_tools.providers.base import Model
from jupyter_tools.providers.prices import priced
from jupyter_tools.tools.json_copy import MAX_DEPTH

_HALF = re.compile(r"\\u[dD][89a-fA-F]")  # half a surrogate pair, alone or not


@dataclass(slots=True)
class _Text:
    pieces: list[str]

    def content(self) -> AssistantContent | None:
        text = "".join(self.pieces)
        return TextContent(text=text) if text else None


@dataclass(slots=True)
class _Thinking:
    pieces: list[str]
    started: float
    signature: str | None = None
    cut: bool = False
    duration_ms: float | None = None

    def content(self) -> AssistantContent | None:
        text = "".join(self.pieces)
        if not text and self.signature is None:
            return None
        duration_ms = self.duration_ms if self.duration_ms is not None else (time.monotonic() - self.started) * 1000
        return ThinkingContent(thinking=text, signature=self.signature, cut=self.cut, duration_ms=duration_ms)


@dataclass(slots=True)
class _ToolCall:
    id: str
    name: str
    pieces: list[str]

    def content(self) -> AssistantContent | None:
        arguments, problem = parse_arguments("".join(self.pieces))
        return ToolCallContent(id=self.id, name=self.name, arguments=arguments, problem=problem)


def parse_arguments(text: str) -> tuple[JsonObject, str | None]:
    """Arguments from a model's JSON text: (arguments, what is wrong with the text or None).

    Empty text and `null` are no arguments. Anything but an object is a problem of this one call, and so are values in
    values without end. NaN and its like, which JSON does not know and no server would take back, become text.
    """
    text = encodable(text)
    if not text or text.isspace():
        return {}, None
    try:
        value = read_json(text)
    except (ValueError, RecursionError) as error:
        return {}, f"the arguments are not valid JSON ({error}): {text[:200]}"
    if value is None:
        return {}, None
    if not isinstance(value, dict):
        return {}, f"the arguments are not a JSON object but {type(value).__name__}: {text[:200]}"
    arguments = cast("JsonObject", value)
    if text.count("[") + text.count("{") > MAX_DEPTH and _is_deep(arguments):
        return {}, f"the arguments are nested more than {MAX_DEPTH} levels deep: {text[:200]}"
    return encodable_json(arguments) if "\\u" in text and _HALF.search(text) else arguments, None


def _is_deep(value: JsonValue) -> bool:
    level: list[JsonValue] = [value]
    for _ in range(MAX_DEPTH):
        level = [item for holder in level for item in _items(holder) if isinstance(item, dict | list)]
    return bool(level)


def _items(holder: JsonValue) -> Iterable[JsonValue]:
    return cast("JsonObject", holder).values() if isinstance(holder, dict) else holder


@dataclass(slots=True)
class MessageAssembly:
    """Takes the pieces of one message in the order they come; `message` gives what is there, finished or not.

    Attributes:
        provider: The provider's name, for the message.
        model: The model's name, for the message.
        taken_ids: Ids of tool calls that the conversation has already; a call that repeats one gets an id of its own.
        asked: The model that was asked, to know what the answer costs; None leaves that open.
    """

    provider: str
    model: str
    taken_ids: set[str] = field(default_factory=set[str])
    asked: Model | None = None
    stop_reason: StopReason | None = None
    error_message: str | None = None
    error_type: str | None = None
    usage: Usage = NO_USAGE
    _blocks: list[_Text | _Thinking | _ToolCall] = field(default_factory=list["_Text | _Thinking | _ToolCall"])
    _calls: dict[int, _ToolCall] = field(default_factory=dict[int, _ToolCall])

    def add(self, part: StreamPart) -> None:
        """Take one piece."""
        match part:
            case TextDelta():
                self._add_text(part.text)
            case ThinkingDelta():
                self._add_thinking(part)
            case ToolCallDelta():
                self._add_call(part)
            case UsageDelta():
                self.usage = self._priced(part.usage)
            case StopDelta():
                self.stop_reason = part.stop_reason
                self.error_message, self.error_type = part.error_message, part.error_type
            case Notice(kind="fallback") if part.model:
                self.provider, self.model = part.provider, part.model
            case _:  # other notices are no part of the message
                pass

    def _priced(self, usage: Usage) -> Usage:
        if self.asked is None:
            return usage
        names = self.provider, self.model  # of one of the fallbacks, if that is who answers
        return priced(usage, next((m for m in self.asked.fallbacks if (m.provider, m.name) == names), self.asked))

    def _add_text(self, text: str) -> None:
        last = self._blocks[-1] if self._blocks else None
        if isinstance(last, _Text):
            last.pieces.append(text)
        else:
            self._close_thinking()
            self._blocks.append(_Text([text]))

    def _add_thinking(self, part: ThinkingDelta) -> None:
        if not (part.text or part.signature or part.cut or part.end):  # says nothing, and must not cut a text in two
            return
        last = self._blocks[-1] if self._blocks else None
        if not isinstance(last, _Thinking) or last.duration_ms is not None:
            last = _Thinking([], time.monotonic())
            self._blocks.append(last)
        last.pieces.append(part.text)
        last.signature = part.signature or last.signature
        last.cut = part.cut or last.cut
        if part.end:
            self._close_thinking()

    def _close_thinking(self) -> None:
        last = self._blocks[-1] if self._blocks else None
        if isinstance(last, _Thinking) and last.duration_ms is None:
            last.duration_ms = (time.monotonic() - last.started) * 1000

    def _add_call(self, part: ToolCallDelta) -> None:
        call = self._calls.get(part.index)
        if call is None:
            self._close_thinking()
            self._calls[part.index] = call = _ToolCall(self._unique_id(part.id), part.name, [part.arguments])
            self._blocks.append(call)
            return
        call.name = call.name or part.name
        call.pieces.append(part.arguments)

    def _unique_id(self, wanted: str) -> str:
        unique = wanted if wanted and wanted not in self.taken_ids else f"call_{uuid.uuid4().hex[:12]}"
        self.taken_ids.add(unique)
        return unique

    def message(
        self, *, stop_reason: StopReason | None = None, error_message: str | None = None, error_type: str | None = None
    ) -> AssistantMessage:
        """The message as it stands. The arguments override what the provider said."""
        blocks = [block.content() for block in self._blocks]
        return AssistantMessage(
            content=tuple([block for block in blocks if block is not None]),
            provider=self.provider,
            model=self.model,
            usage=self.usage,
            stop_reason=stop_reason or self.stop_reason or "stop",
            error_message=error_message or self.error_message,
            error_type=error_type or self.error_type,
        )
