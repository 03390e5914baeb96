"""The parts of a run as a person sees it: answer, reasoning, tool calls, notices. Words for people are made here only.

A part has text that grows, and facts (label, status) that change. Displays draw parts and know nothing of events.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import ClassVar, Literal, TypeAlias

from jupyter_tools.durations import duration_text
from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.messages import ImageContent
from jupyter_tools.shortening import cut, one_line
from jupyter_tools.token_estimate import estimate_tokens

ToolStatus: TypeAlias = Literal[
    "writing", "waiting", "asking", "running", "ok", "error", "timeout", "denied", "aborted", "skipped"
]
_FAILED: tuple[ToolStatus, ...] = ("error", "timeout", "denied")
_UNFINISHED: tuple[ToolStatus, ...] = ("writing", "waiting", "asking", "running")
STATUS_WORDS = {
    "writing": "…",
    "asking": "waiting for your answer",
    "error": "failed",
    "timeout": "timed out",
    "aborted": "stopped",
}
_SHORT = 80
_GIST = 50
MOST_SHOWN = 20_000  # characters of a tool's result that a page keeps; the traces keep all


def _gist(result: str) -> str:
    """What matters of a result: of a JSON object that has a "result", only that."""
    try:
        value = json.loads(result)
    except ValueError:
        return result
    return _json(value["result"]) if isinstance(value, dict) and "result" in value else result


def _json(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


class GrowingText:
    """Text that comes in pieces. They are joined when somebody looks, not at each piece."""

    __slots__ = ("_pieces",)

    def __init__(self, text: str = "") -> None:
        self._pieces = [text]

    @property
    def text(self) -> str:
        """All of it so far."""
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0]

    @text.setter
    def text(self, text: str) -> None:
        self._pieces = [text]

    def add(self, piece: str) -> None:
        """Take the next piece."""
        self._pieces.append(piece)


class TextPart(GrowingText):
    """A stretch of the answer: Markdown.

    Attributes:
        said: The text as the model wrote it, once it is whole; its marks of sources may have been changed since.
    """

    kind: ClassVar[str] = "text"
    said: str | None = None

    def facts(self) -> JsonObject:
        """What a display shows of the part beside its text."""
        return {"kind": self.kind}


class ReasoningPart(GrowingText):
    """One block of the model's reasoning.

    Attributes:
        done: True once the block is closed.
        duration_ms: How long the model thought, None if unknown.
        started_ms: When the block began, on the clock of its end, or None.
        tokens: How long it is, None if unknown.
        estimated: True if the tokens were counted here and not by the provider.
    """

    kind: ClassVar[str] = "reasoning"

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.done = False
        self.duration_ms: float | None = None
        self.started_ms: float | None = None
        self.tokens: int | None = None
        self.estimated = True

    def end(self, at_ms: float | None = None) -> None:
        """Close the block. Only the first end counts."""
        if not self.done:
            self.done = True
            self.tokens = estimate_tokens(self.text)
            if at_ms is not None and self.started_ms is not None:
                self.duration_ms = at_ms - self.started_ms

    @property
    def label(self) -> str:
        """What stands on the folded block."""
        if not self.done:
            return "Is thinking…"
        return f"{self._duration}{self._length}"

    @property
    def _duration(self) -> str:
        if self.duration_ms is None:
            return "Reasoning"
        return "Thought for " + (duration_text(self.duration_ms) if self.duration_ms >= 100 else "a moment")

    @property
    def _length(self) -> str:
        if not self.tokens:
            return ""
        about = "about " if self.estimated else ""
        return f", {about}{self.tokens:,} token{'s' if self.tokens > 1 else ''}"

    def facts(self) -> JsonObject:
        """What a display shows of the part beside its text."""
        return {"kind": self.kind, "label": self.label, "done": self.done}


@dataclass(slots=True)
class ToolPart:
    """One tool call. Its `text` is the result, or the progress so far.

    Attributes:
        written: The arguments' JSON text while the model still writes it.
        details: What the tool has for pages and programs beside its text.
        images: The pictures of its result.
        started_ms: When it began to run, on any steady clock, or None.
    """

    kind: ClassVar[str] = "tool"
    name: str
    args: JsonObject = field(default_factory=dict[str, JsonValue])
    written: str = ""
    status: ToolStatus = "writing"
    text: str = ""
    duration_ms: float | None = None
    details: JsonValue = None
    images: tuple[ImageContent, ...] = ()
    started_ms: float | None = None

    @property
    def failed(self) -> bool:
        """True if it did not do what was asked for."""
        return self.status in _FAILED

    @property
    def shown(self) -> str:
        """The text that grows: first the arguments, then the progress, then the result."""
        return self.written if self.status == "writing" else cut(self.text, MOST_SHOWN)

    @property
    def finished(self) -> bool:
        """True once nothing more will change."""
        return self.status not in _UNFINISHED

    @property
    def signature(self) -> str:
        """The call on one line, as a person would write it: `time_now(timezone_name="Asia/Tokyo")`."""
        name = one_line(self.name, _SHORT)  # a model may call what does not exist by any name
        if self.status == "writing":
            return f"{name}({one_line(self.written, _SHORT)}"
        arguments = ", ".join(f"{key}={_json(value)}" for key, value in self.args.items())
        return f"{name}({one_line(arguments, _SHORT)})"

    @property
    def outcome(self) -> str:
        """What stands behind the call on its line: the beginning of the result or what went wrong, and the duration."""
        duration = f" in {duration_text(self.duration_ms)}" if self.duration_ms else ""
        if self.status == "ok":
            return f"{one_line(_gist(self.text), _GIST) or 'done'}{duration}"
        why = f": {one_line(self.text, _GIST)}" if self.status == "error" and self.text.strip() else ""
        return f"{STATUS_WORDS.get(self.status, self.status)}{duration}{why}"

    @property
    def arguments(self) -> str:
        """The arguments as indented JSON."""
        return json.dumps(self.args, ensure_ascii=False, indent=2, default=str)

    def facts(self) -> JsonObject:
        """What a display shows of the part beside its text."""
        return {
            "kind": self.kind,
            "label": self.signature,
            "outcome": self.outcome,
            "status": self.status,
            "done": self.finished,
            "failed": self.failed,
        }


@dataclass(slots=True)
class SteeringPart:
    """What the person said while the run was going on."""

    kind: ClassVar[str] = "steering"
    text: str = ""

    def facts(self) -> JsonObject:
        """What a display shows of the part beside its text."""
        return {"kind": self.kind}


@dataclass(slots=True)
class NoticePart:
    """Something that a reader of the page should know, such as that another model answered."""

    kind: ClassVar[str] = "notice"
    text: str = ""

    def facts(self) -> JsonObject:
        """What a display shows of the part beside its text."""
        return {"kind": self.kind}


Part: TypeAlias = TextPart | ReasoningPart | ToolPart | SteeringPart | NoticePart
