"""`%agent last`: the last run, from the traces, so that what was said is there after a kernel has died."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_tools.events import (
    AgentEndEvent,
    AgentEvent,
    AgentStartEvent,
    AgentToolResult,
    MessageEndEvent,
    MessageStartEvent,
    ToolExecutionEndEvent,
    ToolExecutionStartEvent,
)
from jupyter_tools.messages import AssistantMessage, TextContent, UserContent, user_message
from jupyter_tools.notebook.command_table import CommandLine
from jupyter_tools.notebook.notebook_files import cell_ids_of, notebooks_of
from jupyter_tools.notebook.parts import NoticePart
from jupyter_tools.notebook.static import mimebundle
from jupyter_tools.notebook.view import RunView
from jupyter_tools.traces import traces

if TYPE_CHECKING:
    import pandas as pd

_STATES = {"stopped": "aborted", "replayed": "ok"}


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """A run as the traces have it. IPython shows it as the page showed the run itself.

    Attributes:
        run_id: Joins with the traces.
        view: What happened.
    """

    run_id: str
    view: RunView

    @property
    def text(self) -> str:
        """The answer, as far as it goes."""
        return self.view.answer

    def __repr__(self) -> str:
        return mimebundle(self.view)["text/plain"]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return mimebundle(self.view)


def last(line: CommandLine) -> RecordedRun | str:
    """Show the last run of this kernel; if it has none yet, of the kernels that this notebook had, or of any."""
    frame = traces(run=-1)
    if frame.empty:
        frame = traces(run=_earlier_run(notebooks_of(line.shell)) or -1, all=True)
    if frame.empty:
        return "No run is recorded yet."
    return RecordedRun(str(frame.run_id.iloc[0]), _view_of(frame, RunView(files=line.session.attachments.links)))


def _earlier_run(notebooks: list[Path]) -> str | None:
    """The last run of a kernel that answered a cell of the notebook: several may share the folder and its traces."""
    ids = [f"'{id}'" for notebook in notebooks for id in cell_ids_of(notebook)]
    if not ids:
        return None
    kernels = f"SELECT session_id FROM spans WHERE kind = 'agent' AND cell_id IN ({', '.join(ids)})"
    runs = traces.runs(all=True, last=1, where=f"session_id IN ({kernels})")
    return None if runs.empty else str(runs.run_id.iloc[0])


def _view_of(frame: pd.DataFrame, view: RunView) -> RunView:
    rows: list[Any] = list(frame.itertuples())
    run = next(row for row in rows if row.kind == "agent")
    for event in _events(run, rows):
        view.add(event)
    if run.status in ("interrupted", "running"):
        view.duration_ms = None  # nobody has seen its end
        text = "Interrupted: the kernel ended here." if run.status == "interrupted" else "It still goes on."
        view.parts.append(NoticePart(text=text))
    return view


def _events(run: Any, rows: list[Any]) -> Iterator[AgentEvent]:
    began_ms = round(run.started.timestamp() * 1000)
    info = run.provenance or {}
    yield AgentStartEvent(run_id=run.run_id, prompt=user_message(str(run.args)), info=info, timestamp_ms=began_ms)
    for row in rows:
        if row.kind == "model" and isinstance(row.result, AssistantMessage):
            yield MessageStartEvent(message=AssistantMessage(content=()))
            yield MessageEndEvent(message=row.result)
        elif row.kind == "tool":
            yield from _tool_events(row)
    yield AgentEndEvent(
        run_id=run.run_id,
        messages=(),
        stop_reason=_reason(run),
        error_message=_text(run.error),
        timestamp_ms=began_ms + round(_number(run.duration_ms)),
    )


def _reason(run: Any) -> Any:
    return _text(run.stop_reason) or ("aborted" if run.status == "interrupted" else "stop")


def _tool_events(row: Any) -> Iterator[AgentEvent]:
    yield ToolExecutionStartEvent(tool_call_id=row.tool_call_id, tool_name=row.name, args=row.args or {})
    if row.status in ("running", "interrupted"):
        return
    status: Any = _STATES.get(row.status, row.status)
    yield ToolExecutionEndEvent(
        tool_call_id=row.tool_call_id,
        tool_name=row.name,
        result=AgentToolResult(content=_content(row.result), is_error=status != "ok"),
        is_error=status != "ok",
        status=status,
        args=row.args or {},
        duration_ms=_number(row.duration_ms),
    )


def _content(result: Any) -> tuple[UserContent, ...]:
    if isinstance(result, tuple | list):
        return tuple(result)
    return (TextContent(text="" if result is None else str(result)),)


def _text(cell: Any) -> str | None:
    return cell if isinstance(cell, str) else None


def _number(cell: Any) -> float:
    return float(cell) if isinstance(cell, int | float) else 0.0  # what is missing in a frame is neither
