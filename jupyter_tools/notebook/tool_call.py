"""One tool call from a `%tool` line: the same path as a model's call, with its row in the traces."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_tools.events import AgentEvent
from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.loop_thread import loop_thread
from jupyter_tools.messages import AssistantMessage, ToolCallContent
from jupyter_tools.notebook.cell_errors import CellError, CellInterrupted
from jupyter_tools.notebook.parts import ToolPart
from jupyter_tools.notebook.sanitise import text_html
from jupyter_tools.notebook.static import page, part_text
from jupyter_tools.notebook.tool_card import tool_html
from jupyter_tools.notebook.view import RunView
from jupyter_tools.streams import EventStream
from jupyter_tools.tools.execution import ExecutionOptions, execute_tool_calls
from jupyter_tools.tools.results import error_sentence
from jupyter_tools.tools.tool import AgentTool
from jupyter_tools.traces import TraceRecorder, default_store, traces

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolOutcome:
    """What a tool called by `%tool` gave back. IPython shows it as the cell's value.

    Attributes:
        text: What a model would see.
        details: The tool's own data for pages and programs, or None.
        duration_ms: How long it ran.
        tool_call_id: Finds its row in the traces.
        part: The call as displays draw it.
    """

    text: str
    details: JsonValue
    duration_ms: float | None
    tool_call_id: str
    part: ToolPart

    @property
    def trace(self) -> pd.DataFrame:
        """Its row of `traces()`."""
        return traces(where=f"tool_call_id = '{self.tool_call_id}'")

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        line = part_text(self.part)
        text = "" if self.text in line else f"\n{self.text}"
        return f"{line}{text}\ntrace: {self.tool_call_id}"

    def _repr_html_(self) -> str:
        trace = f'<div class="jt-status">trace: {text_html(self.tool_call_id)}</div>'
        return page(f"{tool_html(self.part, unfolded=True)}{trace}")


def call_tool(tool: AgentTool, arguments: JsonObject, tags: Mapping[str, Any]) -> ToolOutcome:
    """Run `tool` and wait for it.

    Raises:
        CellError: If it failed; the text says what went wrong.
        CellInterrupted: If the kernel was interrupted.
    """
    call = ToolCallContent(id=f"call_{uuid.uuid4().hex[:12]}", name=tool.name, arguments=arguments)
    stream: EventStream[AgentEvent, None] = EventStream()
    view = RunView()
    stream.listen(view.add)
    stream.listen(TraceRecorder(default_store(), **tags).record)
    message = AssistantMessage(content=(call,), stop_reason="tool_calls")
    asked_for = ExecutionOptions(approval="never")  # who types the call has approved it
    try:
        outcome = loop_thread().run(execute_tool_calls([tool], message, None, stream, options=asked_for))
    except KeyboardInterrupt:
        raise CellInterrupted(f"{tool.name} was interrupted.") from None
    result = outcome["tool_results"][0]
    if result.is_error:
        raise CellError(error_sentence(result.text, result.details))
    part = next(part for part in view.parts if isinstance(part, ToolPart))
    return ToolOutcome(
        text=result.text, details=result.details, duration_ms=part.duration_ms, tool_call_id=call.id, part=part
    )
