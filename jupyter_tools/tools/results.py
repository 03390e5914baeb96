"""From whatever a tool returned to an `AgentToolResult`: what the model sees, and in `details` the whole of it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, cast

from jupyter_tools.events import AgentToolResult
from jupyter_tools.json_types import JsonValue, encodable, encodable_json
from jupyter_tools.messages import ImageContent, TextContent, UserContent, content_from_dict
from jupyter_tools.shortening import beginning, ending
from jupyter_tools.tools.images import image_of
from jupyter_tools.tools.json_text import json_text
from jupyter_tools.tools.tables import table_of

MAX_TEXT_CHARS = 100_000  # about 25,000 tokens; more drowns every model
NOTHING = "(the tool returned nothing)"
_RESULT_KEYS = {"content", "details", "is_error", "terminate"}


def to_result(value: Any) -> AgentToolResult:
    """A tool's answer. Accepts text, JSON values, None, bytes, images, tables, content blocks and finished results.

    A dict with an `error` that is not empty is an error.
    """
    if type(value) is str:  # the usual case first
        return _text_result(value)
    if isinstance(value, AgentToolResult):
        return _checked(value)
    if isinstance(value, dict) and _is_result_like(cast("dict[str, Any]", value)):
        return _checked(AgentToolResult(**cast("dict[str, Any]", value)))
    content = _content_of(value)
    return _other(value) if content is None else AgentToolResult(content=content)


def _content_of(value: Any) -> tuple[UserContent, ...] | None:
    """The blocks of what is shown as it is, or None."""
    match value:
        case None:
            return (TextContent(text=NOTHING),)
        case TextContent() | ImageContent():
            return (value,)
        case list() | tuple() if any(_is_shown(item) for item in cast("list[Any]", value)):
            return tuple(block for item in cast("list[Any]", value) for block in to_result(item).content)
        case _:
            image = image_of(value)
            return None if image is None else (image,)


def _text_result(text: str, details: JsonValue = None) -> AgentToolResult:
    text, given = encodable(text), text
    if text is not given:
        details = encodable_json(details)
    if len(text) <= MAX_TEXT_CHARS:
        return AgentToolResult(content=(TextContent(text=text),), details=details)
    return AgentToolResult(content=(TextContent(text=shorten(text)),), details=text if details is None else details)


def shorten(text: str, limit: int = MAX_TEXT_CHARS) -> str:
    """`text`, or its beginning and end with a note of what was left out between them."""
    if len(text) <= limit:
        return text
    head, tail = beginning(text, limit * 3 // 4), ending(text, limit // 4)
    return f"{head}\n... ({len(text) - len(head) - len(tail):,} characters left out) ...\n{tail}"


def _is_result_like(value: dict[str, Any]) -> bool:
    content = value.get("content")
    if not isinstance(content, list | tuple) or not value.keys() <= _RESULT_KEYS:
        return False
    return all(map(_is_block, cast("list[Any]", content)))


def _is_block(item: Any) -> bool:
    if isinstance(item, Mapping):
        return cast("Mapping[str, Any]", item).get("type") in (TextContent.type, ImageContent.type)
    return isinstance(item, TextContent | ImageContent)


def _checked(result: AgentToolResult) -> AgentToolResult:
    """`result` with blocks for what stands as dicts or text in its content, as the seed writes it."""
    content: Any = result.content
    if type(content) is tuple and all(map(_is_finished, cast("tuple[Any, ...]", content))):
        return result
    blocks: list[Any] = [content] if isinstance(content, str) else list(cast("list[Any]", content))
    return AgentToolResult(
        content=tuple(_block(block) for block in blocks),
        details=result.details,
        is_error=result.is_error,
        terminate=result.terminate,
    )


def _is_finished(item: Any) -> bool:
    return isinstance(item, TextContent | ImageContent)


def _block(item: Any) -> UserContent:
    if isinstance(item, Mapping):
        item = content_from_dict(cast("Mapping[str, Any]", item))
    if isinstance(item, str):
        return TextContent(text=item)
    if not isinstance(item, TextContent | ImageContent):
        raise TypeError(f"a tool's result holds text and images, not {type(item).__name__}")
    return item


def _is_shown(item: Any) -> bool:
    return isinstance(item, TextContent | ImageContent) or image_of(item) is not None


def _other(value: Any) -> AgentToolResult:
    if isinstance(value, bytes | bytearray):
        return _bytes_result(bytes(value))
    table = table_of(value)
    return _json_result(value) if table is None else _text_result(table.text, table.details)


def _bytes_result(data: bytes) -> AgentToolResult:
    """Text if it is any; else the model is told the length, and the page may have the rest."""
    try:
        return _text_result(data.decode())
    except UnicodeDecodeError:
        text = f"({len(data):,} bytes of binary data)"
        return _text_result(text, {"base64": base64.b64encode(data).decode()})


def _json_result(value: Any) -> AgentToolResult:
    text, details = json_text(value)
    result = _text_result(text, details)
    if isinstance(details, dict) and cast("dict[str, Any]", details).get("error"):
        return AgentToolResult(content=result.content, details=details, is_error=True)
    return result


def error_sentence(text: str, details: JsonValue) -> str:
    """What went wrong, for a person: of a returned `{"error": sentence}` the sentence alone, else text and hint."""
    if not isinstance(details, dict):
        return text
    said = cast("dict[str, Any]", details)
    if not text.startswith("{"):  # a sentence of the runner, whose "error" is only its kind
        return f"{text} {said['hint']}" if isinstance(said.get("hint"), str) else text
    error = said.get("error")
    return error if isinstance(error, str) and error else text


def data_of(result: AgentToolResult) -> JsonValue:
    """What the tool returned, as a JSON value: for callers that are programs."""
    if result.details is not None:
        return result.details
    text = "".join(block.text for block in result.content if isinstance(block, TextContent))
    return None if text == NOTHING else text
