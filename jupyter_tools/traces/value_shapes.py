"""`shape_of`: what a value is like, without saying what it is. For traces that must not keep what people wrote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jupyter_tools.messages import (
    AssistantMessage,
    ImageContent,
    SystemMessage,
    TextContent,
    ThinkingContent,
    ToolCallContent,
    ToolResultMessage,
    UserMessage,
)

_MAX_DEPTH = 5
_MAX_NAMES = 50


def shape_of(value: Any, depth: int = 0) -> Any:
    """Types, lengths and the names of arguments, as JSON values. No text and no number of the value is in it."""
    match value:
        case None:
            return None
        case str() | bytes() | bytearray():
            return f"{type(value).__name__} of {len(value)}"
        case SystemMessage() | UserMessage() | AssistantMessage() | ToolResultMessage():
            return {"role": value.role, "content": [_block_shape(block) for block in value.content]}
        case TextContent() | ImageContent() | ThinkingContent() | ToolCallContent():
            return _block_shape(value)
        case dict() | list() | tuple() if depth < _MAX_DEPTH:
            return _collection_shape(value, depth + 1)
        case _:
            size = getattr(value, "shape", None)  # arrays and frames
            return f"{type(value).__name__} of {'x'.join(map(str, size))}" if size else type(value).__name__


def _collection_shape(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        names = [name for name in value if isinstance(name, str)][:_MAX_NAMES]
        return {name: shape_of(value[name], depth) for name in names}
    return [f"{type(value).__name__} of {len(value)}", *(shape_of(item, depth) for item in value[:1])]


def _block_shape(block: Any) -> Any:
    match block:
        case TextContent(text=text) | ThinkingContent(thinking=text):
            return f"{block.type} of {len(text)}"
        case ImageContent(mime_type=mime_type, data=data):
            return f"{mime_type} of {len(data) * 3 // 4}"
        case ToolCallContent(name=name, arguments=arguments):
            return {"tool_call": name, "arguments": shape_of(arguments)}
        case _:
            return type(block).__name__
