"""What a model saw in a run, and what it answered."""

from __future__ import annotations

import json
from typing import Any

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.messages import AssistantMessage, ImageContent, Message, ToolResultMessage, text_of
from jupyter_tools.traces.run_choice import chosen_run
from jupyter_tools.traces.steps import Frame, require


class Conversation(tuple[Message, ...]):
    """The messages of a run, oldest first: what its last model call saw, and the answer. Prints itself to be read."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n".join(_line(message) for message in self)


def conversation_of(frame: Frame, run: str | int, turn: int | None = None) -> Conversation:
    """What the model saw in a turn of a run, and its answer.

    Args:
        frame: Spans, oldest first.
        run: The run's id, or -1 for the last run.
        turn: The turn, from 1; None for the last, which saw everything.

    Raises:
        ConfigurationError: If there is no such run or turn.
    """
    require(frame, ("kind", "run_id", "turn", "messages", "result"), "messages()")
    run_id = chosen_run(frame, run)
    calls = frame[(frame["run_id"] == run_id) & (frame["kind"] == "model")]
    if turn is not None:
        calls = calls[calls["turn"] == turn]
    if calls.empty:
        what = "no model call" if turn is None else f"no model call in turn {turn}"
        raise ConfigurationError(f"The run {run_id} has {what} in this frame.")
    seen, answer = calls["messages"].iloc[-1], calls["result"].iloc[-1]
    return Conversation([*(seen or ()), *([answer] if isinstance(answer, AssistantMessage) else [])])


def _line(message: Message) -> str:
    role = message.role
    if isinstance(message, ToolResultMessage):
        role = f"{message.tool_name} (failed)" if message.is_error else message.tool_name
    return f"{role}: {_text(message)}"


def _text(message: Message) -> str:
    if isinstance(message, AssistantMessage):
        calls = [f"-> {call.name}({_compact(call.arguments)})" for call in message.tool_calls]
        return "\n  ".join(filter(None, [message.text, *calls]))
    images = [f"[{block.mime_type}]" for block in message.content if isinstance(block, ImageContent)]
    return " ".join(filter(None, [text_of(message.content), *images]))


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
