"""Joining an answer that was cut off with its continuation, without a seam.

Models often say again what they were asked to carry on from. What both texts share is kept once, if it is the last line
or long enough not to be the same by chance.
"""

from __future__ import annotations

_SURE_OVERLAP = 8  # characters: fewer are often the same by chance, as in "banan" + "na"
_LONGEST_OVERLAP = 4000


def carry_on(answer: str) -> str:
    """What asks a model for the rest of an answer; "" if there is nothing to carry on from."""
    lines = answer.strip().splitlines()
    return f"Carry on from this point:\n{lines[-1]}" if lines else ""


def join_continuation(answer: str, continuation: str) -> str:
    """One text out of a cut answer and its continuation."""
    said = answer.rstrip()
    return said + _rest(answer, said, continuation)


def _rest(answer: str, said: str, continuation: str) -> str:
    more = continuation.lstrip()
    overlap = _overlap(said, more)
    return more[overlap:] if overlap else answer[len(said) :] + continuation


def _overlap(said: str, more: str) -> int:
    """How many characters at the beginning of `more` are the end of `said`."""
    last_line = said.rpartition("\n")[2].strip()
    enough = min(_SURE_OVERLAP, max(len(last_line), 1))
    for length in range(min(len(said), len(more), _LONGEST_OVERLAP), enough - 1, -1):
        if said.endswith(more[:length]) and (length >= _SURE_OVERLAP or more[:length] == last_line):
            return length
    return 0


class SeamDecoder:
    """A continuation that comes in pieces. What it gives stands behind `answer.rstrip()`, as `join_continuation` says.

    What could still be a repetition is held back.

    Args:
        answer: The text that was cut off.
    """

    def __init__(self, answer: str) -> None:
        self._answer = answer
        self._said = answer.rstrip()
        self._held: str | None = ""

    def decode(self, chunk: str) -> list[str]:
        """The pieces that are certain now."""
        if self._held is None:
            return [chunk] if chunk else []
        self._held += chunk
        if self._held.lstrip() in self._said[-_LONGEST_OVERLAP:]:  # nothing at all is, too
            return []
        return self.flush()

    def flush(self) -> list[str]:
        """The rest, at the end of the continuation."""
        held, self._held = self._held, None
        rest = "" if held is None else _rest(self._answer, self._said, held)
        return [rest] if rest else []
