"""`AgentResult`: how a run ended."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_tools.json_types import JsonValue
from jupyter_tools.messages import NO_USAGE, Message, StopReason, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentResult:
    """How a run ended.

    Attributes:
        text: The last answer's text.
        messages: What the run added to the conversation, the prompt first.
        stop_reason: Why it ended.
        usage: Tokens of all its model calls.
        run_id: Joins with the traces.
        error_message: One or two sentences for a person if `stop_reason` is "error" or "limit".
        output: The answer as a value of the agent's `output_type`; None without one, or if the answer never fitted it.
    """

    text: str
    messages: tuple[Message, ...]
    stop_reason: StopReason
    usage: Usage = NO_USAGE
    run_id: str = ""
    error_message: str | None = None
    output: JsonValue = None

    def __str__(self) -> str:
        return self.text
