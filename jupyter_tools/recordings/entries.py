"""What a recording is made of: a model's answers and tools' results, and how each is written.

The file is JSON Lines. `"type": "recording"` begins a session. A model's answer is a `model_call` line, a line for each
of its blocks, and an `end` line; a tool's is one `tool_result` line. `run` counts the runs of the session.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

from jupyter_tools.events import AgentToolResult, StopDelta
from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.messages import NO_USAGE, Usage, UserContent, content_from_dict, content_to_dict
from jupyter_tools.recordings.blocks import TimedPart, blocks_of, parts_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFrom:
    """Where a run was asked from. What is asked there again takes the place of what was asked there before.

    Attributes:
        place: A notebook's cell, or an experiment's; "" if it is neither.
        occasion: This execution of it: what one execution asks several times is kept as often.
    """

    place: str = ""
    occasion: str = ""


NOWHERE = AskedFrom()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedCall:
    """One answer of a model.

    Attributes:
        run: The run it belongs to, counted from 1 in its file.
        key: What the model saw; see `conversation_key`.
        latest: What was said since a person spoke last; see `latest_key`.
        model: Who answered: "provider:model".
        prompt: What a person said last, for readers and for finding the nearest one.
        place: Where the run was asked from; see `AskedFrom`.
        settings: The hash of the run's options, instructions and tools.
        instead_of: Earlier runs of the same session whose place this one takes.
        heard: What people said to the run since the answer before.
        parts: The answer's pieces, with milliseconds since the request.
        stop: Why it ended.
        usage: Its tokens.
        duration_ms: How long it took.
    """

    run: int
    key: str
    latest: str
    model: str
    prompt: str
    place: str = ""
    settings: str = ""
    instead_of: tuple[int, ...] = ()
    heard: tuple[str, ...] = ()
    parts: tuple[TimedPart, ...] = ()
    stop: StopDelta = field(default_factory=lambda: StopDelta(stop_reason="stop"))
    usage: Usage = NO_USAGE
    duration_ms: float = 0.0

    def lines(self) -> Iterator[JsonObject]:
        """As JSON objects, one a line of the file."""
        begin: JsonObject = {"type": "model_call", "run": self.run, "prompt": self.prompt, "model": self.model}
        optional = {"heard": list(self.heard), "place": self.place, "settings": self.settings}
        begin |= {name: value for name, value in (optional | {"instead_of": list(self.instead_of)}).items() if value}
        yield begin | {"key": self.key, "latest": self.latest}
        blocks = blocks_of(self.parts)
        timing = [block.pop("timing") for block in blocks]  # apart, so that the same words are the same lines
        yield from blocks
        yield self._end(timing)

    def _end(self, timing: list[JsonValue]) -> JsonObject:
        end: JsonObject = {"type": "end", "stop_reason": self.stop.stop_reason}
        if self.stop.error_message:
            end |= {"error_message": self.stop.error_message, "error_type": self.stop.error_type}
        usage = {name: value for name, value in dataclasses.asdict(self.usage).items() if value}
        return end | {"usage": usage, "ms": self.duration_ms, "timing": timing}

    @classmethod
    def from_lines(cls, begin: JsonObject, blocks: list[JsonObject], end: JsonObject) -> RecordedCall:
        """The answer that `lines` wrote.

        Raises:
            KeyError, TypeError, ValueError: If it did not.
        """
        timing = [*end.get("timing", ()), *([None] * len(blocks))]
        timed = [{**block, "timing": times} for block, times in zip(blocks, timing, strict=False)]
        stop = StopDelta(
            stop_reason=end["stop_reason"],
            error_message=end.get("error_message"),
            error_type=end.get("error_type"),
        )
        return cls(
            run=begin["run"],
            key=begin["key"],
            latest=begin["latest"],
            model=begin["model"],
            prompt=begin["prompt"],
            place=begin.get("place", ""),
            settings=begin.get("settings", ""),
            instead_of=tuple(begin.get("instead_of", ())),
            heard=tuple(begin.get("heard", ())),
            parts=tuple(parts_of(timed)),
            stop=stop,
            usage=Usage(**end.get("usage", {})),
            duration_ms=end.get("ms", 0.0),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedResult:
    """What one call of a tool gave.

    Attributes:
        run: The run it belongs to.
        name: The tool.
        arguments: What it ran with.
        result: What it gave.
        duration_ms: How long it took.
    """

    run: int
    name: str
    arguments: JsonObject
    result: AgentToolResult
    duration_ms: float = 0.0

    def lines(self) -> Iterator[JsonObject]:
        """As JSON objects, one a line of the file."""
        result, said = self.result, [content_to_dict(block) for block in self.result.content]
        line: JsonObject = {"type": "tool_result", "run": self.run, "name": self.name, "arguments": self.arguments}
        optional: JsonObject = {"is_error": result.is_error, "terminate": result.terminate, "details": result.details}
        yield line | {"content": said} | {k: v for k, v in optional.items() if v} | {"ms": self.duration_ms}

    @classmethod
    def from_line(cls, line: JsonObject) -> RecordedResult:
        """The result that `lines` wrote.

        Raises:
            KeyError, TypeError, ValueError: If it did not.
        """
        content = cast("list[UserContent]", [content_from_dict(block) for block in line["content"]])
        result = AgentToolResult(
            content=tuple(content),
            details=cast("JsonValue", line.get("details")),
            is_error=line.get("is_error", False),
            terminate=line.get("terminate", False),
        )
        return cls(
            run=line["run"],
            name=line["name"],
            arguments=line["arguments"],
            result=result,
            duration_ms=line.get("ms", 0.0),
        )


Entry = RecordedCall | RecordedResult
