"""Reasoning that a model writes into its text, told apart from the answer: `<think>...</think>`.

`ThinkingDecoder` does the work for every provider; `ThinkingProcessor` and `Reasoning` are the older door to it.

What is a tag, and what only mentions one: in a code fence, and between backticks that close on the same line, a tag is
text. Inside reasoning a fence counts only if it closes soon, because models forget to close a fence more often than
they quote a tag, and an answer must not vanish into the reasoning for that.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from jupyter_tools.events import TextDelta, ThinkingDelta
from jupyter_tools.json_types import JsonObject

DEFAULT_TAGS = ("think", "thinking")
_LOOK_AHEAD = 400  # characters behind a tag in which the code around it has to close

_BACKTICKS = re.compile(r"(?<!\\)(\\*+)(`+)")  # looks at each backslash once
_FENCE = re.compile(r"[ \t>]*(?:(`{3,})[^`]*|(~{3,}).*)\Z", re.DOTALL)


class ThinkingDecoder:
    """Splits a model's text into answer and reasoning. Tags may be cut anywhere; nothing is lost but the tags.

    Args:
        tags: Names of the tags that hold reasoning.
        starts_in_thinking: True for a model whose prompt has opened the block already.
    """

    def __init__(self, tags: Sequence[str] = DEFAULT_TAGS, *, starts_in_thinking: bool = False) -> None:
        opening, closing = _tags_named(tuple(tags))
        self._answer = _Region(opening, fence_must_close=False)
        self._thinking = _Region(closing, fence_must_close=True) if starts_in_thinking else None
        self._held = ""  # may be the beginning of a tag, or a tag whose code has not closed yet

    def decode(self, text: str) -> list[TextDelta | ThinkingDelta]:
        """What `text`, and what was held back before it, is: as much of it as can be told by now."""
        if self._held or "<" in text:
            return self._split(text, final=False)
        return self._given(text)  # nearly always

    def flush(self) -> list[TextDelta | ThinkingDelta]:
        """The rest, at the end of the stream. Reasoning that was never closed is marked as cut."""
        deltas = self._split("", final=True) if self._held else []
        if self._thinking is not None:
            self._thinking = None
            deltas.append(ThinkingDelta(end=True, cut=True))
        return deltas

    def _split(self, text: str, *, final: bool) -> list[TextDelta | ThinkingDelta]:
        text, self._held = self._held + text, ""
        deltas: list[TextDelta | ThinkingDelta] = []
        at = 0
        while tag := self._region.pattern.search(text, at):
            deltas += self._given(text[at : tag.start()])
            quoted = self._region.quotes(text[tag.end() : tag.end() + _LOOK_AHEAD], final=final)
            if quoted is None:
                self._held = text[tag.start() :]
                return deltas
            deltas += self._given(tag.group()) if quoted else self._crossed(tag.group())
            at = tag.end()
        end = len(text) if final else self._region.start_of_cut_tag(text, at)
        deltas += self._given(text[at:end])
        self._held = text[end:]
        return deltas

    @property
    def _region(self) -> _Region:
        return self._thinking or self._answer

    def _given(self, text: str) -> list[TextDelta | ThinkingDelta]:
        if not text:
            return []
        if self._thinking is not None:
            self._thinking.take(text)
            return [ThinkingDelta(text=text)]
        self._answer.take(text)
        return [TextDelta(text=text)]

    def _crossed(self, tag: str) -> list[TextDelta | ThinkingDelta]:
        if self._thinking is not None:
            self._thinking = None
            return [ThinkingDelta(end=True)]
        self._thinking = _Region((f"</{tag[1:]}",), fence_must_close=True)
        return []


@cache
def _tags_named(names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(f"<{name}>" for name in names), tuple(f"</{name}>" for name in names)


@cache
def _any_of(tags: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, tags)))


class _Region:
    """Text up to one of `tags`, and whether its Markdown is in code at its end."""

    def __init__(self, tags: tuple[str, ...], *, fence_must_close: bool) -> None:
        self.pattern = _any_of(tags)
        self._tags = tags
        self._longest = max(map(len, tags))
        self._fence_must_close = fence_must_close
        self._fence = ""  # the marker of the open fence
        self._line: list[str] = []  # the pieces of the line that has not ended
        self._scanned = 0  # characters of it that have been searched for backticks
        self._open_backticks = 0

    def take(self, text: str) -> None:
        """Read on."""
        if "\n" not in text:
            self._line.append(text)
            return
        first, *lines, last = text.split("\n")
        for line in ["".join([*self._line, first]), *lines]:
            self._end_line(line)
        self._line = [last]
        self._scanned = self._open_backticks = 0

    def _end_line(self, line: str) -> None:
        if self._fence:
            if _closes(self._fence, line):
                self._fence = ""
        elif opened := _FENCE.match(line):
            self._fence = opened[1] or opened[2]

    def start_of_cut_tag(self, text: str, start: int) -> int:
        """Where a tag begins that the end of `text` cuts off; the end of `text` if there is none."""
        at = text.find("<", max(start, len(text) - self._longest + 1))
        while at >= 0:
            if any(tag.startswith(text[at:]) for tag in self._tags):
                return at
            at = text.find("<", at + 1)
        return len(text)

    def quotes(self, ahead: str, *, final: bool) -> bool | None:
        """Whether a tag at this place only stands in code. None if what comes after it, `ahead`, does not say yet."""
        line = "".join(self._line)
        self._line = [line]
        settled = final or len(ahead) == _LOOK_AHEAD
        opened = _FENCE.match(line)
        if self._fence and not _closes(self._fence, line):
            return not self._fence_must_close or _fence_closes(self._fence, ahead, settled=settled)
        if not self._fence and opened:
            return not self._fence_must_close or _fence_closes(opened[1] or opened[2], ahead, settled=settled)
        self._scan(line)
        return self._open_backticks > 0 and _backticks_close(self._open_backticks, ahead, settled=settled)

    def _scan(self, line: str) -> None:
        for run in _BACKTICKS.finditer(line, self._scanned):
            escapes, length = len(run[1]), len(run[2])
            if not self._open_backticks:
                self._open_backticks = length - escapes % 2
            elif length == self._open_backticks:
                self._open_backticks = 0
        self._scanned = len(line)


def _closes(fence: str, line: str) -> bool:
    marker = line.strip(" \t\r>")
    return len(marker) >= len(fence) and set(marker) == {fence[0]}


def _fence_closes(fence: str, ahead: str, *, settled: bool) -> bool | None:
    _, *lines = ahead.split("\n")
    whole = lines if settled else lines[:-1]
    if any(_closes(fence, line) for line in whole):
        return True
    return False if settled else None


def _backticks_close(count: int, ahead: str, *, settled: bool) -> bool | None:
    line, line_end, _ = ahead.partition("\n")
    settled = settled or bool(line_end)
    for run in _BACKTICKS.finditer(line):
        if run.end() == len(line) and not settled:
            return None  # the run may go on
        if len(run[2]) == count:
            return True
    return False if settled else None


# --- the older door ---
_IS_THINKING = "🤔 Is thinking..."
_CLOCK_START = time.time() - time.monotonic()
_FIRST_TAG = re.compile(r"(?<!`)<(/?)think>")


@dataclass(frozen=True, slots=True)
class Reasoning:
    """A piece of reasoning, or the news that it began or ended.

    Attributes:
        token: More of the reasoning's text.
        status: What to show a person: "🤔 Is thinking...", "Thought for 1.23s", "Finished".
        is_thinking: The tag that began or ended the reasoning.
    """

    token: str | None = None
    status: str | None = None
    is_thinking: str | None = None

    def get_dict(self) -> JsonObject:
        """What is set, as plain JSON values."""
        values = {"token": self.token, "status": self.status, "is_thinking": self.is_thinking}
        return {name: value for name, value in values.items() if value is not None}

    def __str__(self) -> str:
        """The text this piece stands for in the model's stream: a tag, reasoning, or a status line."""
        if self.is_thinking is not None:
            return self.is_thinking
        if self.token is not None:
            return self.token
        return f"{self.status}\n" if self.status else ""


class ThinkingProcessor:
    """Splits text into answer and reasoning chunk by chunk, without a memory of its own."""

    @staticmethod
    def process_thinking_chunk(chunk: str, start_time: float = 0) -> tuple[float, list[str | Reasoning]]:
        """Split one chunk. Tags that are cut by its borders are text; `ThinkingDecoder` knows better.

        Args:
            chunk: The text.
            start_time: What the call for the chunk before returned; not 0 if that one ended in reasoning.

        Returns:
            When the reasoning began that the chunk ends in (Unix seconds, never going back), or 0; and the chunk's
            parts, answer as text and reasoning as `Reasoning`.
        """
        first = _FIRST_TAG.search(chunk)
        inside = bool(first[1]) if first else bool(start_time)
        decoder = ThinkingDecoder(("think",), starts_in_thinking=inside)
        deltas = [*decoder.decode(chunk), *decoder.flush()]
        return _as_parts(deltas, start_time, inside=inside) if chunk else (start_time, [chunk])


class ReasoningSplitter:
    """Splits a stream of text into answer and `Reasoning`, wherever tags are cut: the older door with a memory.

    Args:
        starts_in_thinking: True for a model whose prompt has opened the block already.
    """

    def __init__(self, *, starts_in_thinking: bool = False) -> None:
        self._decoder = ThinkingDecoder(starts_in_thinking=starts_in_thinking)
        self._start_time = 0.0

    def decode(self, text: str) -> list[str | Reasoning]:
        """The parts that can be told by now."""
        return self._parts(self._decoder.decode(text))

    def flush(self) -> list[str | Reasoning]:
        """The rest, at the end of the stream. Reasoning that is still open is closed."""
        parts = self._parts(self._decoder.flush())
        if self._start_time:
            parts.append(Reasoning(status=_thought_for(self._start_time), is_thinking="</think>"))
            self._start_time = 0.0
        return parts

    def _parts(self, deltas: Iterable[TextDelta | ThinkingDelta]) -> list[str | Reasoning]:
        self._start_time, parts = _as_parts(deltas, self._start_time, inside=bool(self._start_time))
        return parts


def _as_parts(
    deltas: Iterable[TextDelta | ThinkingDelta], start_time: float, *, inside: bool
) -> tuple[float, list[str | Reasoning]]:
    parts: list[str | Reasoning] = []
    for delta in deltas:
        if isinstance(delta, TextDelta):
            _join(parts, delta.text)
            continue
        if not inside:
            inside, start_time = True, _CLOCK_START + time.monotonic()
            parts.append(Reasoning(status=_IS_THINKING, is_thinking="<think>"))
        if delta.text:
            _join(parts, Reasoning(delta.text))
        if delta.end and not delta.cut:
            parts.append(Reasoning(status=_thought_for(start_time), is_thinking="</think>"))
            inside, start_time = False, 0.0
    return start_time, parts


def _join(parts: list[str | Reasoning], part: str | Reasoning) -> None:
    """Append a part, or lengthen the last one if it is of the same kind."""
    match parts, part:
        case [*_, str(last)], str():
            parts[-1] = last + part
        case [*_, Reasoning(token=str(token)) as last], Reasoning(token=str(more)):
            parts[-1] = replace(last, token=token + more)
        case _:
            parts.append(part)


def _thought_for(start_time: float) -> str:
    seconds = _CLOCK_START + time.monotonic() - start_time if start_time else 0.0
    return f"Thought for {seconds:.2f}s" if seconds > 1 else "Finished"
