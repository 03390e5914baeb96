"""`digest`: tells texts apart."""

from __future__ import annotations

import hashlib


def digest(text: str) -> str:
    """The first 16 hexadecimal digits of a text's SHA-256. Any text has one, half a surrogate pair in it or not."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
