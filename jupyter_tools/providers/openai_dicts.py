"""OpenAI's message and tool dicts, as callers of the older doors write them, as our nouns."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.json_types import JsonObject, JsonValue, object_at
from jupyter_tools.messages import (
    AssistantContent,
    AssistantMessage,
    ImageContent,
    Message,
    SystemMessage,
    TextContent,
    ToolCallContent,
    ToolResultMessage,
    UserContent,
    UserMessage,
)
from jupyter_tools.providers.assembly import parse_arguments
from jupyter_tools.tools.registry import default_registry
from jupyter_tools.tools.tool import AgentTool

_SYSTEM_ROLES = ("system", "developer")
_IMAGE_TYPES = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp"}


def messages_from_openai(messages: Iterable[Mapping[str, JsonValue]]) -> tuple[Message, ...]:
    """OpenAI's messages as ours. Content may be text, a list of parts, or missing; the dicts are not changed.

    Raises:
        ConfigurationError: If a message has a role that there is not, or an image that cannot be read.
    """
    names: dict[str, str] = {}
    return tuple(_message(dict(message), names) for message in messages)


def _message(data: JsonObject, names: dict[str, str]) -> Message:
    role = data.get("role")
    content = tuple(_content(data.get("content")))
    if role in _SYSTEM_ROLES:
        return SystemMessage(content=content)
    if role == "user":
        return UserMessage(content=content)
    if role == "assistant":
        calls = [_call(call) for call in data.get("tool_calls") or ()]
        names.update({call.id: call.name for call in calls})
        said: list[AssistantContent] = [block for block in content if isinstance(block, TextContent) and block.text]
        return AssistantMessage(content=(*said, *calls), stop_reason="tool_calls" if calls else "stop")
    if role == "tool":
        call_id = str(data.get("tool_call_id") or "")
        name = names.get(call_id) or str(data.get("name") or "")
        return ToolResultMessage(tool_call_id=call_id, tool_name=name, content=content)
    raise ConfigurationError(f"A message has the role {role!r}. Write system, user, assistant or tool.")


def _call(data: JsonObject) -> ToolCallContent:
    function = object_at(data, "function")
    given = function.get("arguments")
    arguments, problem = (cast("JsonObject", given), None) if isinstance(given, dict) else parse_arguments(given or "")
    return ToolCallContent(
        id=str(data.get("id") or ""), name=str(function.get("name") or ""), arguments=arguments, problem=problem
    )


def _content(content: JsonValue) -> Iterable[UserContent]:
    if content is None:
        return
    if not isinstance(content, list):
        yield TextContent(text=str(content))
        return
    for part in cast("list[JsonValue]", content):
        if isinstance(part, str):
            yield TextContent(text=part)
        elif (part.get("type") or "text") in ("text", "input_text"):
            yield TextContent(text=part.get("text") or "")
        else:
            yield image_from(part)


def image_from(media: Any) -> ImageContent:
    """An image from a part of OpenAI's (`image_url`), a `data:` URL, bytes, or a file's path.

    Raises:
        ConfigurationError: If it is none of these, or cannot be read.
    """
    if isinstance(media, tuple):  # (image, name), as callers of the older doors write it
        media = cast("tuple[Any, ...]", media)[0]
    if isinstance(media, Mapping):
        part = dict(cast("Mapping[str, JsonValue]", media))
        media = object_at(part, "image_url").get("url") or part.get("image_url") or part.get("source_url")
    if isinstance(media, str) and media.startswith("data:"):
        return _from_data_url(media)
    if isinstance(media, str | Path) and not str(media).startswith(("http://", "https://")):
        media = _read(Path(media))
    if not isinstance(media, bytes):
        raise ConfigurationError(
            f"An image is given as {str(cast(object, media))[:80]!r}. Give a data: URL, bytes, or a file's path."
        )
    mime_type = next((kind for start, kind in _IMAGE_TYPES.items() if media.startswith(start)), "image/png")
    return ImageContent(data=base64.b64encode(media).decode("ascii"), mime_type=mime_type)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"The image {path} cannot be read: {error.strerror or error}.") from error


def _from_data_url(url: str) -> ImageContent:
    head, _, data = url.partition(",")
    kind, _, encoding = head.removeprefix("data:").partition(";")
    try:
        if "base64" not in encoding:
            raise ValueError
        base64.b64decode(data, validate=True)
    except (ValueError, binascii.Error):
        raise ConfigurationError("A data: URL of an image is not in base64: data:image/png;base64,...") from None
    return ImageContent(data=data, mime_type=kind or "image/png")


def tools_from_openai(tools: Iterable[Mapping[str, JsonValue] | AgentTool | str]) -> tuple[AgentTool, ...]:
    """OpenAI's tool definitions as tools that are only declared; our own tools and the names of known ones as they are.

    Raises:
        ConfigurationError: If a definition has no name, or a name is not known.
    """
    return tuple(_tool(tool) for tool in tools)


def _tool(tool: Mapping[str, JsonValue] | AgentTool | str) -> AgentTool:
    if isinstance(tool, AgentTool):
        return tool
    if isinstance(tool, str):
        return default_registry().get(tool)
    function = object_at(dict(tool), "function") or dict(tool)
    name = function.get("name")
    if not isinstance(name, str) or not name:
        raise ConfigurationError('A tool has no name. Write {"type": "function", "function": {"name": ...}}.')
    parameters = {"type": "object", **object_at(function, "parameters")}
    return AgentTool(name=name, description=str(function.get("description") or ""), parameters=parameters)


def tool_choice_from_openai(choice: JsonValue) -> str:
    """OpenAI's `tool_choice` as ours: "auto", "none", "required" or a tool's name."""
    if isinstance(choice, dict):
        data = cast("JsonObject", choice)
        return str(object_at(data, "function").get("name") or data.get("name") or "auto")
    return str(choice or "auto")
