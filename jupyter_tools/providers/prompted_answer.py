"""The answer out of `{"answer": "..."}`, while it streams: what a model writes that may write nothing but JSON."""

from __future__ import annotations

import json
import re

from jupyter_tools.events import TextDelta
from jupyter_tools.providers.prompted_calls import PromptedCallDecoder, PromptedPart

_HEAD = re.compile(r'\s*\{\s*"answer"\s*:\s*"')
_TIGHT_HEAD = '{"answer":"'
_LONGEST_HEAD = 200
_HIGH = "[dD][89abAB][0-9a-fA-F]{2}"  # the first half of a surrogate pair: only both together are a character
_WHOLE = re.compile(
    rf'(?:[^"\\]|\\(?:["\\/bfnrt]|u(?!{_HIGH})[0-9a-fA-F]{{4}}|u{_HIGH}\\u[dD][c-fC-F][0-9a-fA-F]{{2}}))*'
)
_LONGEST_CHARACTER = 12  # `\ud83d\ude00`


class AnswerDecoder:
    """Unwraps an answer that had to be JSON; any other text is for the decoder of calls.

    Args:
        calls: Decodes what is no answer.
    """

    def __init__(self, calls: PromptedCallDecoder) -> None:
        self._calls = calls
        self._buffer = ""
        self._state = self._head
        self._final = False

    @property
    def ended(self) -> bool:
        """True once nothing that follows can count."""
        return self._calls.ended

    def decode(self, text: str) -> list[PromptedPart]:
        """What is certain after one more piece."""
        self._buffer += text
        return self._state()

    def flush(self, *, cut: bool = False) -> list[PromptedPart]:
        """The rest; `cut` is True if the model was cut off."""
        self._final = True
        return [*self._state(), *self._calls.flush(cut=cut)]

    def _head(self) -> list[PromptedPart]:
        head = _HEAD.match(self._buffer)
        if head is not None:
            self._buffer = self._buffer[head.end() :]
            self._state = self._answer
            return self._answer()
        tight = re.sub(r"\s+", "", self._buffer)
        if not self._final and len(self._buffer) <= _LONGEST_HEAD and _TIGHT_HEAD.startswith(tight):
            return []
        self._state = self._other
        return self._other()

    def _answer(self) -> list[PromptedPart]:
        pieces: list[str] = []
        while self._buffer:
            pieces.append(self._take_whole())
            if self._buffer.startswith('"'):
                self._buffer = self._buffer[1:]
                self._state = self._tail
                break
            if not self._final and len(self._buffer) < _LONGEST_CHARACTER:
                break
            pieces.append(self._buffer[:1])  # no escape that JSON knows
            self._buffer = self._buffer[1:]
        text = "".join(pieces)
        return [*([TextDelta(text=text)] if text else []), *(self._tail() if self._state == self._tail else [])]

    def _take_whole(self) -> str:
        whole = _WHOLE.match(self._buffer)
        end = whole.end() if whole else 0
        text, self._buffer = self._buffer[:end], self._buffer[end:]
        return json.loads(f'"{text}"', strict=False)

    def _tail(self) -> list[PromptedPart]:
        """Behind the answer stands a brace; whatever else there is, is kept."""
        if not self._buffer.strip() or self._buffer.strip() == "}":
            return []
        self._buffer = self._buffer.lstrip().removeprefix("}")
        self._state = self._other
        return self._other()

    def _other(self) -> list[PromptedPart]:
        text, self._buffer = self._buffer, ""
        return self._calls.decode(text)
