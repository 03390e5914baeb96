"""The order of an answer's pieces: text parted from reasoning, and sources before the reason why it ended.

Pieces of other packages' providers are known by the names of their classes, which are the same as ours.
"""

from __future__ import annotations

from typing import Any

from jupyter_tools.builtin_tools.web_sources import Sources
from jupyter_tools.thinking import ReasoningSplitter

_SOURCES = "Sources"
_FINISH = "FinishReason"
_AFTER_TEXT = (_FINISH, "Reasoning", "ToolCalls")  # what text that is held back must not come after


class ChunkOrder:
    """One answer on its way through.

    Args:
        sources: What was searched for it. The provider's own sources replace these.
        starts_in_thinking: True for a model whose prompt has opened its reasoning already.
    """

    def __init__(self, sources: Sources | None = None, *, starts_in_thinking: bool = False) -> None:
        self._sources = sources
        self._text = ReasoningSplitter(starts_in_thinking=starts_in_thinking)
        self._ending: list[Any] = []  # from the finish reason on: sources may still come

    def take(self, chunk: Any) -> list[Any]:
        """What can be passed on by now."""
        if isinstance(chunk, str):
            return self._passed(self._text.decode(chunk))
        kind = type(chunk).__name__
        if kind == _SOURCES:
            self._sources = None
            return [chunk]
        before = self._text.flush() if kind in _AFTER_TEXT else []
        if kind == _FINISH:
            passed = self._passed(before)
            self._ending.append(chunk)
            return passed
        return self._passed([*before, chunk])

    def end(self) -> list[Any]:
        """The rest, once the provider has said all."""
        rest = self._passed(self._text.flush())
        sources = [self._sources] if self._sources else []
        return [*rest, *sources, *self._ending]

    def _passed(self, chunks: list[Any]) -> list[Any]:
        if not self._ending:
            return chunks
        self._ending += chunks
        return []
