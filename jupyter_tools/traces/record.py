"""`TraceRecorder`: listens to a run and hands what it hears to the store. The run waits for none of it."""

from __future__ import annotations

import functools
import time

from jupyter_tools.events import (
    AgentEvent,
    MessageEndEvent,
    MessageStartEvent,
    MessageUpdateEvent,
    ToolExecutionEndEvent,
    ToolExecutionUpdateEvent,
)
from jupyter_tools.messages import AssistantMessage
from jupyter_tools.traces.fold import SpanFold
from jupyter_tools.traces.span import SpanContext
from jupyter_tools.traces.store import TraceStore
from jupyter_tools.traces.values import snapshot


class TraceRecorder:
    """Records the events of one run, or of tool calls without a run, as spans.

        recorder = TraceRecorder(default_store(), cell_id=...)
        stream.listen(recorder.record)

    Args:
        store: Where the spans go.
        cell_id: The notebook cell the run comes from.
        experiment: The experiment the run belongs to.
        variant: The variant of the experiment.
        repeat: Which repetition of the variant.
    """

    def __init__(
        self,
        store: TraceStore,
        *,
        cell_id: str | None = None,
        experiment: str | None = None,
        variant: str | None = None,
        repeat: int | None = None,
    ) -> None:
        self._store = store
        context = SpanContext(cell_id=cell_id, experiment=experiment, variant=variant, repeat=repeat)
        self._fold = SpanFold(store.new_span_id, context)

    def record(self, event: AgentEvent) -> None:
        """Take one event. Quick, does not raise, may be called in any thread; one run's events come in order."""
        if not _is_recorded(event):
            return
        details = None
        if isinstance(event, ToolExecutionEndEvent):
            details = snapshot(event.result.details)
        elif isinstance(event, ToolExecutionUpdateEvent):
            details = snapshot(event.partial_result.details)
        self._store.put(functools.partial(self._fold.add, event, time.monotonic(), details))

    def close(self) -> None:
        """No more events come: what the run left open is marked as interrupted."""
        self._store.put(functools.partial(self._fold.close, time.monotonic()))


def _is_recorded(event: AgentEvent) -> bool:
    """Whether the event is more than a piece of a message, or the progress of a tool."""
    match event:
        case MessageUpdateEvent() | MessageStartEvent():
            return False
        case MessageEndEvent():
            return type(event.message) is AssistantMessage
        case ToolExecutionUpdateEvent():
            return event.status == "done"
        case _:
            return True
