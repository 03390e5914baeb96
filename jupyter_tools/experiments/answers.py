"""`Answer`: what came of one cell. What is kept of it is JSON."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import TypeAlias

from jupyter_tools.agent.result import AgentResult
from jupyter_tools.json_types import JsonObject
from jupyter_tools.json_writer import json_writer
from jupyter_tools.messages import AssistantMessage, ToolCallContent, Usage

ToolUse: TypeAlias = JsonObject  # {"name": ..., "arguments": {...}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one cell.

    Attributes:
        text: The answer.
        error: What went wrong, in words; None if nothing did.
        stop_reason: Why the run ended.
        usage: Tokens and cost of all its model calls.
        latency_ms: From the prompt to the answer, without the time the cell waited for its turn.
        turns: How often the model was asked.
        tool_calls: The calls the model made, in order: name and arguments.
        run_id: Joins with `traces()`.
    """

    text: str = ""
    error: str | None = None
    stop_reason: str | None = None
    usage: Usage = dataclasses.field(default_factory=Usage)
    latency_ms: float = 0.0
    turns: int = 0
    tool_calls: tuple[ToolUse, ...] = ()
    run_id: str | None = None

    @property
    def failed(self) -> bool:
        """True if there is an error instead of an answer. Such a cell is tried again by the next run."""
        return self.error is not None


def answer_of(result: AgentResult, latency_ms: float) -> Answer:
    """What an agent's run came to."""
    said = [message for message in result.messages if isinstance(message, AssistantMessage)]
    failed = result.stop_reason in ("error", "aborted")
    return Answer(
        text=result.text,
        error=(result.error_message or f"The run ended with {result.stop_reason!r}.") if failed else None,
        stop_reason=result.stop_reason,
        usage=result.usage,
        latency_ms=latency_ms,
        turns=len(said),
        tool_calls=tuple(_use(call) for message in said for call in message.tool_calls),
        run_id=result.run_id,
    )


def _use(call: ToolCallContent) -> ToolUse:
    return {"name": call.name, "arguments": call.arguments}


def to_json(answer: Answer) -> str:
    """The answer as JSON text."""
    usage = {name: getattr(answer.usage, name) for name in _USAGE}
    return _to_json({name: getattr(answer, name) for name in _ANSWER} | {"usage": usage})


def from_json(text: str) -> Answer:
    """The answer that `to_json` wrote. What a later version may have added is left out."""
    data: JsonObject = json.loads(text)
    known = {name: value for name, value in data.items() if name in _ANSWER}
    usage = {name: value for name, value in data.get("usage", {}).items() if name in _USAGE}
    known["usage"] = Usage(**usage)
    known["tool_calls"] = tuple(data.get("tool_calls", ()))
    return Answer(**known)


_ANSWER = tuple(field.name for field in dataclasses.fields(Answer))
_USAGE = tuple(field.name for field in dataclasses.fields(Usage))
_to_json = json_writer(default=str)
