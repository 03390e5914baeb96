"""Long texts made short. No character is cut from its accents, joiners or skin tone."""

from __future__ import annotations

import unicodedata

_ZERO_WIDTH_JOINER = "\u200d"
_JOINERS = _ZERO_WIDTH_JOINER + "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_LOOK_AT = 5  # times what is wanted: enough for a line, and a text of megabytes is not read whole


def one_line(text: str, limit: int) -> str:
    """The text on one line of at most `limit` characters; the last one is "…" if something was cut off."""
    line = text[: _LOOK_AT * limit].strip()
    if not line.isprintable() or "  " in line:
        line = " ".join(line.split())
    if len(line) <= limit and len(text) <= _LOOK_AT * limit:
        return line
    return f"{beginning(line, max(0, limit - 1))}…"


def cut(text: str, limit: int) -> str:
    """The text, or its beginning and how much is missing."""
    begun = beginning(text, limit)
    return text if begun == text else f"{begun}\n… {len(text) - len(begun):,} more characters"


def beginning(text: str, limit: int) -> str:
    """The first `limit` characters; fewer where the last one would be cut."""
    if len(text) <= limit:
        return text
    end = limit
    while end and (_continues(text[end]) or text[end - 1] == _ZERO_WIDTH_JOINER):
        end -= 1
    return text[:end]


def ending(text: str, limit: int) -> str:
    """The last `limit` characters; fewer where the first one would be cut."""
    start = max(0, len(text) - limit)
    while 0 < start < len(text) and (_continues(text[start]) or text[start - 1] == _ZERO_WIDTH_JOINER):
        start += 1
    return text[start:]


def _continues(character: str) -> bool:
    """True for marks, joiners and skin tones: what stands after a character and belongs to it."""
    return unicodedata.category(character).startswith("M") or character in _JOINERS
