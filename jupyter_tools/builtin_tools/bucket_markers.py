"""Markers in messages, `{"bucket_id": "ID"}`, and the texts that take their place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from jupyter_tools.builtin_tools.bucket import Bucket
from jupyter_tools.builtin_tools.message_dicts import copy_messages, map_text, text_of_message, with_more_text
from jupyter_tools.json_types import JsonObject, JsonValue

CITATION_INSTRUCTIONS = (
    "\n\nInstruction: Name the sources you use. Write [[Number]](Source) after what you take from one, "
    "numbering the sources in the order in which you use them."
)

_MARKER = re.compile(r'\{\s*"bucket_id"\s*:\s*"([^"]*)"\s*\}')
_KEY = re.compile(r'"bucket_id"')
_EXPANDED_ROLES = ("user", "system", "developer")  # a model or a web page must not read files
_LONGEST_SHOWN_ID = 100


def marker(id: str) -> str:
    """What a message says to have the bucket's text in this place."""
    return json.dumps({"bucket_id": id})


def expand_buckets(messages: Iterable[Mapping[str, JsonValue]], bucket: Bucket) -> list[JsonObject]:
    """The conversation with the markers of user and system messages replaced by the buckets' texts.

    A bucket that is missing leaves a note. If the last message then names a source, it also asks for citations.

    Args:
        messages: The conversation as dicts. It is not changed.
        bucket: Where the files are.
    """
    original = copy_messages(messages)
    expanded = [_expanded(message, bucket) if _may_read(message) else message for message in original]
    if expanded != original and "\nSource: " in text_of_message(expanded[-1]):
        expanded[-1] = with_more_text(expanded[-1], after=CITATION_INSTRUCTIONS)
    return expanded


def without_markers(text: str) -> str:
    """Text of somebody else, made unable to read files: its markers are none any more."""
    return _KEY.sub("'bucket_id'", text)


def _may_read(message: JsonObject) -> bool:
    return message.get("role") in _EXPANDED_ROLES


def _expanded(message: JsonObject, bucket: Bucket) -> JsonObject:
    return map_text(message, lambda text: _MARKER.sub(lambda found: _replacement(found[1], bucket), text))


def _replacement(id: str, bucket: Bucket) -> str:
    text = bucket.text(id)
    if text is not None:
        return without_markers(text)
    shown = id if len(id) <= _LONGEST_SHOWN_ID else f"{id[:_LONGEST_SHOWN_ID]}..."
    return f"[There is no bucket {shown!r}.]"
