"""Conversations as JSON files, and the repair of what a file or a person has left out."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.json_types import JsonObject
from jupyter_tools.messages import (
    AssistantMessage,
    Message,
    TextContent,
    ToolCallContent,
    ToolResultMessage,
    from_dict,
    to_dict,
)
from jupyter_tools.whole_files import whole_file

FORMAT = "jupyter_tools conversation"
_VERSION = 1


def save_conversation(path: str | os.PathLike[str], messages: Iterable[Message], **about: object) -> None:
    """Write a conversation to a JSON file, whole or not at all.

    Args:
        path: The file. One that is there is replaced.
        messages: The conversation.
        **about: What else the file should say, as JSON values.

    Raises:
        ConfigurationError: If the file cannot be written.
    """
    data = {"format": FORMAT, "version": _VERSION, **about, "messages": [to_dict(message) for message in messages]}
    text = json.dumps(data, ensure_ascii=False, indent=1)
    target = Path(path).expanduser()
    try:
        with whole_file(target) as draft:
            draft.write_text(text, encoding="utf-8", errors="backslashreplace")  # half a surrogate pair, in JSON
    except OSError as error:
        raise ConfigurationError(f"The conversation cannot be saved in {str(target)!r}: {error.strerror}.") from error


def load_conversation(path: str | os.PathLike[str]) -> list[Message]:
    """The conversation in a file that `save_conversation` wrote, valid for the next turn.

    Raises:
        ConfigurationError: If there is no such file, or it holds something else.
    """
    source = Path(path).expanduser()
    try:
        data: object = json.loads(source.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"The conversation {str(source)!r} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(
            f"{str(source)!r} is no conversation: it is not JSON. Save one with save()."
        ) from error
    if not isinstance(data, dict) or cast("JsonObject", data).get("format") != FORMAT:
        raise ConfigurationError(f"{str(source)!r} is no conversation. Save one with save().")
    try:
        return completed([from_dict(message) for message in cast("JsonObject", data)["messages"]])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ConfigurationError(f"The conversation {str(source)!r} is damaged: {error}.") from error


def completed(messages: Iterable[Message]) -> list[Message]:
    """The messages as every provider takes them: each call has its result after it, and no result is without a call."""
    valid: list[Message] = []
    waiting: dict[str, ToolCallContent] = {}
    for message in messages:
        if isinstance(message, ToolResultMessage):
            if waiting.pop(message.tool_call_id, None) is not None:
                valid.append(message)
            continue
        if waiting:
            valid += _stopped(waiting.values())
        waiting = {call.id: call for call in message.tool_calls} if isinstance(message, AssistantMessage) else {}
        valid.append(message)
    return [*valid, *_stopped(waiting.values())]


def _stopped(calls: Iterable[ToolCallContent]) -> list[ToolResultMessage]:
    text = TextContent(text="The run was stopped before this tool had finished.")
    return [
        ToolResultMessage(tool_call_id=call.id, tool_name=call.name, content=(text,), is_error=True) for call in calls
    ]
