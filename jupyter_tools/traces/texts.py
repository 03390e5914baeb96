"""`Texts`: what the spans of a batch say, on its way into the file. All of it is redacted here, and only here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from jupyter_tools.redaction import redact_all, redact_json
from jupyter_tools.traces.values import encode

TextT = TypeVar("TextT", str, "str | None")


class Texts:
    """Takes all that a batch says, then looks through it for secrets: each value is written once, each text read once.

    A run has its model's messages, its prompt and its parameters in several rows.
    """

    def __init__(self) -> None:
        self._written: dict[int, tuple[Any, str]] = {}  # holding the value keeps its id its own
        self._plain: set[str] = set()
        self._clean_plain: dict[str | None, str] = {}  # those texts that held a secret, without it
        self._clean_json: dict[str | None, str] = {}

    def take(self, texts: Sequence[str | None]) -> None:
        """Texts that are stored as they are."""
        self._plain.update(filter(None, texts))

    def written(self, value: Any) -> str:
        """`encode(value)`, which is stored."""
        known = self._written.get(id(value))
        if known is None:
            known = self._written[id(value)] = value, encode(value)
        return known[1]

    def redact(self) -> None:
        """All is there."""
        self._clean_plain = _changed(list(self._plain), redact_all)
        self._clean_json = _changed(list({text: None for _, text in self._written.values()}), redact_json)

    def plain(self, texts: Sequence[TextT]) -> Sequence[TextT]:
        """Those texts as they may be stored."""
        return _replaced(texts, self._clean_plain)

    def json(self, texts: Sequence[TextT]) -> Sequence[TextT]:
        """Those written values as they may be stored."""
        return _replaced(texts, self._clean_json)


def _changed(texts: list[str], redact: Any) -> dict[str | None, str]:
    redacted: list[str] = redact(texts)
    if redacted is texts:
        return {}
    return {text: clean for text, clean in zip(texts, redacted, strict=True) if clean is not text}


def _replaced(texts: Sequence[TextT], changed: dict[Any, Any]) -> Sequence[TextT]:
    return [changed.get(text, text) for text in texts] if changed else texts
