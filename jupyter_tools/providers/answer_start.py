"""How an answer begins says what it is: events, one JSON document, or nothing that a model's server would send."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from jupyter_tools.errors import ProviderError
from jupyter_tools.providers.failures import failure_of_cut, failure_of_other_answer, failure_of_page

Kind: TypeAlias = Literal["events", "document", "page"]

TELLING_BYTES = 200
_BLANK = b"\xef\xbb\xbf \t\r\n"  # a byte order mark, and what servers send to keep a connection alive
_KINDS: dict[bytes, Kind] = {b"<": "page", b"{": "document", b"[": "document"}
_FIELDS = (b"data", b"event", b"id", b"retry", b"")  # the last one begins a comment


class AnswerStart:
    """Reads the beginning of an answer.

    Attributes:
        said: The beginning, without the blanks before it; complete once it is `TELLING_BYTES` long.
        kind: What the answer is; None until its first character has come.
        document: Where the pieces of an answer in one document are to be kept; None for all others.
    """

    def __init__(self) -> None:
        self.said = b""
        self.kind: Kind | None = None
        self.document: list[bytes] | None = None

    def take(self, chunk: bytes) -> bytes:
        """Read on; what of the answer is to be decoded now."""
        if self.kind is None:
            chunk = chunk.lstrip(_BLANK)
            if chunk:
                self.kind = _KINDS.get(chunk[:1], "events")
                self.document = [] if self.kind == "document" else None
        self.said += chunk
        return chunk

    def failure_without_end(self, provider: str) -> ProviderError:
        """What it means that the answer has no end: it was cut, or it never was a model's answer."""
        if self.kind == "page":
            return failure_of_page(provider)
        start = self.said[:TELLING_BYTES]
        line = re.split(rb"[\r\n]", start)[0]
        field, colon, _ = line.partition(b":")
        if field in _FIELDS if colon else any(name.startswith(line) for name in _FIELDS):
            return failure_of_cut(provider)
        return failure_of_other_answer(provider, start.decode("utf-8", "replace"))
