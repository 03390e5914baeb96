"""From what an MCP server answers to what a tool gives: text, pictures, data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyter_tools.events import AgentToolResult
from jupyter_tools.messages import ImageContent, TextContent, UserContent
from jupyter_tools.tools.results import shorten

if TYPE_CHECKING:
    from mcp.types import CallToolResult


def result_of(answer: CallToolResult) -> AgentToolResult:
    """The answer as a tool's result. Data that it brings along is `details`, and its text if there is no other."""
    data = answer.structured_content
    content = [_block(block) for block in answer.content]
    if not content and data is not None:
        content = [TextContent(text=shorten(json.dumps(data, ensure_ascii=False)))]
    return AgentToolResult(
        content=tuple(content) or (TextContent(text="(the tool returned nothing)"),),
        details=data,
        is_error=answer.is_error,
    )


def _block(block: Any) -> UserContent:
    match block.type:
        case "text":
            return TextContent(text=shorten(block.text))
        case "image":
            return ImageContent(data=block.data, mime_type=block.mime_type)
        case "resource":
            return _resource(block.resource)
        case "resource_link":
            return TextContent(text=f"[{block.title or block.name}: {block.uri}]")
        case kind:
            return TextContent(text=f"[{kind}, {getattr(block, 'mime_type', 'of an unknown type')}]")


def _resource(resource: Any) -> UserContent:
    """What a resource holds, if it can be shown."""
    text, mime_type = getattr(resource, "text", None), resource.mime_type or "of an unknown type"
    if text is not None:
        return TextContent(text=shorten(f"[{resource.uri}]\n{text}"))
    if mime_type.startswith("image/"):
        return ImageContent(data=resource.blob, mime_type=mime_type)
    return TextContent(text=f"[{resource.uri}: {len(resource.blob) * 3 // 4:,} bytes, {mime_type}]")


def progress_text(done: float, total: float | None, message: str | None) -> str:
    """How far a call is, in words: "3 of 10: counting"."""
    count = f"{done:g} of {total:g}" if total else f"{done:g}"
    return f"{count}: {message}" if message else count
