"""Reasoning that goes back to the server: some models call tools well only if they see again why they called them.

Only messages with tool calls carry it; elsewhere nobody wants it, and it costs tokens.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import cast

from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.messages import AssistantMessage, ThinkingContent
from jupyter_tools.providers.base import Model
from jupyter_tools.providers.known_servers import owner_of

SEND_OPTION = "send_reasoning"
DETAILS = "reasoning_details"
# Servers that want it, and the field they want it in. A model's option names the field for others, or is False.
_FIELDS: Mapping[str, str] = {"deepseek": "reasoning_content", "openrouter": DETAILS}
_GROWING = ("text", "summary", "data")  # what is streamed in pieces; all else is said once


def reasoning_field(model: Model, base_url: str) -> str | None:
    """The field of a message in which the server wants its reasoning back; None if it does not."""
    said: JsonValue = model.options.get(SEND_OPTION)
    if said is None:
        return _FIELDS.get(owner_of(base_url) or "")
    return str(said) if said else None


def reasoning_to_wire(message: AssistantMessage, field: str | None) -> JsonObject:
    """The message's reasoning under `field`; nothing if there is none to send."""
    if field is None or not message.calls_tools:
        return {}
    if field == DETAILS:
        details = [item for block in message.content for item in _details_in(block)]
        return {DETAILS: details} if details else {}
    return {field: message.thinking} if message.thinking else {}


def _details_in(block: object) -> list[JsonValue]:
    if not isinstance(block, ThinkingContent) or not (block.signature or "").startswith("[{"):
        return []  # another provider's signature is none of these
    try:
        details: object = json.loads(block.signature or "")
    except ValueError:
        return []
    return cast("list[JsonValue]", details) if isinstance(details, list) else []


class ReasoningDetails:
    """Joins the pieces of OpenRouter's `reasoning_details`, which must go back as they would have come in one piece."""

    def __init__(self) -> None:
        self._items: list[JsonObject] = []

    def take(self, pieces: Iterable[JsonObject]) -> None:
        """Take the pieces of one event."""
        for piece in pieces:
            last = self._items[-1] if self._items else None
            if last is not None and all(last.get(name) == piece.get(name) for name in ("type", "index")):
                grown = {name: last.get(name, "") + piece[name] for name in _GROWING if piece.get(name)}
                last.update({**{name: value for name, value in piece.items() if value is not None}, **grown})
            else:
                self._items.append(dict(piece))

    def signature(self) -> str | None:
        """All of them as text, for the thinking block; None if there were none. Begins anew."""
        items, self._items = self._items, []
        return json.dumps(items, ensure_ascii=False) if items else None
