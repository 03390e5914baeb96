"""`TraceRecorder`: listens to a run and hands what it hears to the store. The run waits for none of it."""

from __future__ import annotations

from functools import partial
from time import monotonic

from jupyter_tools.events import (
    AgentEvent,
    MessageEndEvent,
    MessageStartEvent,
    MessageUpdateEvent,
    ToolExecutionEndEvent,
    ToolExecutionUpdateEvent,
)
from jupyter_tools.traces.draft import Draft
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
        context = SpanContext(cell_id=cell_id, experiment=experiment, variant=variant, repeat=repeat)
        self._fold = SpanFold(store.new_span_id, context, store.changed)
        self._put, self._add = store.put, self._fold.add
        self._draft = Draft(partial(store.put, self._fold.draft))

    def record(self, event: AgentEvent, at_s: float | None = None) -> None:
        """Take one event. Quick, does not raise, may be called in any thread; one run's events come in order.

        Args:
            event: The event.
            at_s: When it came, on the monotonic clock of where it came; now if None.
        """
        details = None
        if isinstance(event, MessageUpdateEvent):  # what it says will be in the whole message
            self._draft.add(event.delta, monotonic())
            return
        if isinstance(event, MessageStartEvent):
            self._draft.begin()
            return
        if type(event) is ToolExecutionUpdateEvent:
            if event.status != "done":
                return
            details = event.partial_result.details
        elif type(event) is ToolExecutionEndEvent:
            details = event.result.details
        elif type(event) is MessageEndEvent and event.message.role != "assistant":
            return
        self._put(
            self._add, event, monotonic() if at_s is None else at_s, details if details is None else snapshot(details)
        )

    def close(self) -> None:
        """No more events come: what the run left open is marked as interrupted."""
        self._put(self._fold.close, monotonic())
