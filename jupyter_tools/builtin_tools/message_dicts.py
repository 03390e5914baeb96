"""Messages as plain dicts, the way callers of the older doors write them: copied before they are changed.

Content may be text, a list of parts, or missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from jupyter_tools.json_types import JsonObject, JsonValue


def copy_messages(messages: Iterable[Mapping[str, JsonValue]]) -> list[JsonObject]:
    """Copies that share no list and no dict with the originals. Images and other objects are shared."""
    return [cast("JsonObject", _copied(message)) for message in messages]


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _copied(item) for name, item in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_copied(item) for item in cast("list[Any]", value)]
    return value


def text_of_message(message: Mapping[str, JsonValue]) -> str:
    """The message's text: its parts' texts on lines of their own, "" if it has none."""
    content = message.get("content")
    if isinstance(content, list | tuple):
        return "\n".join(filter(None, map(_text_of_part, cast("list[Any]", content))))
    return content if isinstance(content, str) else ""


def _text_of_part(part: Any) -> str:
    text: Any = cast("Mapping[str, Any]", part).get("text") if isinstance(part, Mapping) else part
    return text if isinstance(text, str) else ""


def map_text(message: JsonObject, change: Callable[[str], str]) -> JsonObject:
    """The message with every text of its content changed. It is not changed itself; the list of its parts is copied."""
    content = message.get("content")
    if isinstance(content, str):
        return {**message, "content": change(content)}
    if isinstance(content, list | tuple):
        return {**message, "content": [_changed_part(part, change) for part in cast("list[Any]", content)]}
    return message


def _changed_part(part: Any, change: Callable[[str], str]) -> Any:
    if isinstance(part, str):
        return change(part)
    if not isinstance(part, Mapping):
        return part
    said = cast("Mapping[str, Any]", part)
    return {**said, "text": change(said["text"])} if isinstance(said.get("text"), str) else said


def with_more_text(message: JsonObject, before: str = "", after: str = "") -> JsonObject:
    """The message with text before and after what it says. It is not changed itself."""
    content = message.get("content")
    if isinstance(content, list | tuple):
        parts = [*_text_parts(before), *cast("list[Any]", content), *_text_parts(after)]
        return {**message, "content": parts}
    return {**message, "content": f"{before}{content or ''}{after}"}


def _text_parts(text: str) -> list[JsonObject]:
    return [{"type": "text", "text": text}] if text else []
