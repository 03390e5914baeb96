"""What tells one request from another: its conversation, without what changes from run to run.

Ids, times and reasoning are left out, and so is what tools gave: a clock's answer is new each time, and the recorded
answer to it is wanted all the same. Secrets are taken out first, for they are not in the recorded answers either.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TypeAlias

from jupyter_tools.digests import digest
from jupyter_tools.json_types import JsonValue
from jupyter_tools.messages import (
    Content,
    ImageContent,
    Message,
    TextContent,
    ThinkingContent,
    ToolCallContent,
    ToolResultMessage,
    UserMessage,
    text_of,
)

Clean: TypeAlias = Callable[[str], str]


def conversation_key(messages: Sequence[Message], clean: Clean = str) -> str:
    """The key of everything the model sees; `clean` takes secrets out of a text."""
    return _hash([_said(message) for message in messages], clean)


def latest_key(messages: Sequence[Message], clean: Clean = str) -> str:
    """The key of what was said since a person spoke last: the same whatever was talked about before."""
    return conversation_key(messages[_last_prompt(messages) :], clean)


def prompt_of(messages: Sequence[Message]) -> str:
    """What a person said last."""
    return next((text_of(message.content) for message in reversed(messages) if isinstance(message, UserMessage)), "")


def _last_prompt(messages: Sequence[Message]) -> int:
    places = [place for place, message in enumerate(messages) if isinstance(message, UserMessage)]
    return places[-1] if places else 0


def _said(message: Message) -> JsonValue:
    if isinstance(message, ToolResultMessage):
        return [message.role, message.tool_name]
    return [message.role, [block for block in map(_essence, message.content) if block is not None]]


def _essence(block: Content) -> JsonValue:
    match block:
        case TextContent():
            return block.text
        case ToolCallContent():
            return {"name": block.name, "arguments": block.arguments}
        case ImageContent():
            return {"image": block.mime_type, "data": _hash(block.data)}
        case ThinkingContent():
            return None


def _hash(value: JsonValue, clean: Clean = str) -> str:
    return digest(clean(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)))
