"""`Batch`: the calls of one message, run side by side. `execution` is its door."""

from __future__ import annotations

import asyncio
import contextvars
import math
from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol, cast

from jupyter_tools.abort_signal import when_set
from jupyter_tools.events import (
    AgentEvent,
    AgentToolResult,
    MessageEndEvent,
    MessageStartEvent,
    ToolExecutionEndEvent,
    ToolExecutionStartEvent,
    ToolExecutionUpdateEvent,
)
from jupyter_tools.messages import ToolCallContent, ToolResultMessage, now_ms
from jupyter_tools.streams import EventStream
from jupyter_tools.tools.approval import Approvals
from jupyter_tools.tools.attempt import error_result
from jupyter_tools.tools.deadlines import Deadlines
from jupyter_tools.tools.invocation import ABORTED, Invocation, Status, Surroundings
from jupyter_tools.tools.options import ExecutionOptions
from jupyter_tools.tools.places import place_of
from jupyter_tools.tools.threads import Mailbox
from jupyter_tools.tools.tool import AgentTool

SLICE_S = 0.01  # tools that never wait let others have the loop this often


class EventSink(Protocol):
    """Whoever takes the events: an `EventStream`, or anything with a `push`."""

    def push(self, event: AgentEvent, /) -> object:
        """Take one event."""
        ...


class Batch:
    """The calls of one message.

    Workers, each a task, take calls from a queue. A worker goes straight on to the next call unless a tool makes it
    wait; then a spare one goes on. So a thousand tools that do not wait cost two tasks and not a thousand, while tools
    that wait run side by side as if each had a task of its own, which it has for as long as it runs.
    """

    def __init__(
        self, tools: Iterable[AgentTool], signal: asyncio.Event | None, stream: EventSink, options: ExecutionOptions
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._tools = {tool.name: tool for tool in tools}
        self._signal = signal
        self._options = options
        self._push = stream.push
        self._events = cast("EventStream[AgentEvent, object]", stream) if isinstance(stream, EventStream) else None
        self._deadlines = Deadlines(self._loop)
        self._all: list[Invocation] = []
        self._queue: deque[Invocation] = deque()
        self._running: set[Invocation] = set()
        self._unfinished = 0
        self._limit: float = math.inf if options.max_concurrency is None else options.max_concurrency
        self._over: asyncio.Future[None] = self._loop.create_future()
        self._context = contextvars.copy_context()
        self._workers: set[asyncio.Task[None]] = set()
        self._has_spare = False
        self.terminate = False  # whether a tool asked to end the run; known once the ends are delivered

    # --- the frame ---
    def announce(self, calls: Iterable[ToolCallContent]) -> None:
        """Take the calls up."""
        shared = self._surroundings()
        self._all = [Invocation(call, shared) for call in calls]
        self._queue.extend(self._all)
        self._unfinished = len(self._all)
        alone = {tool.name for tool in self._tools.values() if tool.sequential}
        if alone and any(call.name in alone for call in calls):
            self._limit = 1
        if self._heard:
            now = now_ms()
            for invocation in self._all:
                self._push(start_event(invocation.call, now))

    @property
    def _heard(self) -> bool:
        return self._events is None or self._events.heard

    def _surroundings(self) -> Surroundings:
        options = self._options
        return Surroundings(
            tools=self._tools,
            places={name: place_of(tool) for name, tool in self._tools.items()},
            options=options,
            approvals=options.approvals or Approvals(options.approval, options.approver),
            signal=self._signal,
            loop=self._loop,
            mailbox=Mailbox(self._loop),
            deadlines=self._deadlines,
            push=self._push,
            on_update=self._on_update,
            on_end=self._on_end,
        )

    async def run(self, why_not: str | None) -> None:
        """Run the calls, or answer all of them with `why_not`. Returns when all are over."""
        if why_not is not None:
            self._answer_queue(error_result(why_not, error="NotRun"), "skipped")
        elif self._signal is not None and self._signal.is_set():
            self._answer_queue(error_result(ABORTED, error="Aborted"), "aborted")
        else:
            await self._run_all()

    async def _run_all(self) -> None:
        stop_listening = None if self._signal is None else when_set(self._signal, self._abort)
        self._call_worker()
        try:
            await asyncio.wait([self._over])
            self._over.result()
        except asyncio.CancelledError:
            self._stop_now()
            await asyncio.wait([self._over])  # not long: what cannot be cancelled is abandoned
            raise
        finally:
            if stop_listening is not None:
                stop_listening()
            self._deadlines.close()

    def deliver(self) -> list[ToolResultMessage]:
        """Emit the ends, in the calls' order."""
        self._stop_now()
        # They know this batch: if it kept them, all would wait for Python's search for garbage.
        calls, self._all = self._all, []
        for invocation in calls:
            if invocation.result is None:  # the surrounding task is being thrown away
                invocation.end(error_result(ABORTED, error="Aborted"), "aborted")
        results, now = [invocation.result or AgentToolResult() for invocation in calls], now_ms()
        self.terminate = any(result.terminate for result in results)
        messages = [
            result_message(invocation.call, result, now) for invocation, result in zip(calls, results, strict=True)
        ]
        if self._heard:
            for invocation, result, message in zip(calls, results, messages, strict=True):
                tell_end(self._push, self._end_event(invocation, result, now), message)
        return messages

    def _end_event(self, invocation: Invocation, result: AgentToolResult, timestamp_ms: int) -> ToolExecutionEndEvent:
        return ToolExecutionEndEvent(
            tool_call_id=invocation.call.id,
            tool_name=invocation.call.name,
            result=result,
            is_error=result.is_error,
            status=invocation.status,
            args=invocation.arguments,
            duration_ms=invocation.duration_ms,
            timestamp_ms=timestamp_ms,
        )

    # --- workers ---
    def _call_worker(self) -> None:
        """See to it that somebody takes the next call, if there is one and room for it."""
        if self._has_spare or not self._has_room():
            return
        self._has_spare = True
        # Not `create_task`: a loop with eager tasks would start each worker inside the one that calls it.
        worker = asyncio.Task(self._work(), loop=self._loop, context=self._context.copy())
        self._workers.add(worker)
        worker.add_done_callback(self._worker_left)

    def _has_room(self) -> bool:
        return bool(self._queue) and len(self._running) < self._limit

    async def _work(self) -> None:
        self._has_spare = False
        task = cast("asyncio.Task[None]", asyncio.current_task())
        slice_end = self._loop.time() + SLICE_S
        while self._has_room():
            invocation = self._queue.popleft()
            self._running.add(invocation)
            self._call_worker()
            await invocation.run(task)
            if self._is_stained(task):
                return
            if invocation.ended > slice_end:
                await asyncio.sleep(0)
                slice_end = self._loop.time() + SLICE_S

    def _is_stained(self, worker: asyncio.Task[None]) -> bool:
        """True if a tool has left something in the worker that the next call must not find."""
        try:
            return worker.cancelling() > 0 or contextvars.copy_context() != self._context
        except (TypeError, ValueError):  # arrays and frames do not compare to one truth
            return True

    def _worker_left(self, worker: asyncio.Task[None]) -> None:
        self._workers.discard(worker)
        if not worker.cancelled() and (error := worker.exception()) is not None and not self._over.done():
            self._over.set_exception(error)  # nothing a tool does comes here: a mistake of ours must not be silent
        self._call_worker()

    # --- news of calls ---
    def _on_update(self, invocation: Invocation, update: AgentToolResult) -> None:
        call = invocation.call
        self._push(ToolExecutionUpdateEvent(tool_call_id=call.id, tool_name=call.name, partial_result=update))

    def _on_end(self, invocation: Invocation, result: AgentToolResult) -> None:
        self._running.discard(invocation)
        self._unfinished -= 1
        if self._heard:
            self._push(
                ToolExecutionUpdateEvent(
                    tool_call_id=invocation.call.id,
                    tool_name=invocation.call.name,
                    partial_result=result,
                    status="done",
                    duration_ms=invocation.duration_ms,
                )
            )
        if self._unfinished == 0 and not self._over.done():
            self._over.set_result(None)
        self._call_worker()

    # --- the end before the end ---
    def _abort(self) -> None:
        self._answer_queue(error_result(ABORTED, error="Aborted"), "aborted")
        self._loop.call_later(self._options.abort_grace_s, self._stop_now)

    def _stop_now(self) -> None:
        self._answer_queue(error_result(ABORTED, error="Aborted"), "aborted")
        for invocation in tuple(self._running):
            invocation.stop("aborted")

    def _answer_queue(self, result: AgentToolResult, status: Status) -> None:
        while self._queue:
            self._queue.popleft().end(result, status)


def start_event(call: ToolCallContent, timestamp_ms: int) -> ToolExecutionStartEvent:
    """The event that says that a call was taken up."""
    return ToolExecutionStartEvent(
        tool_call_id=call.id, tool_name=call.name, args=call.arguments, timestamp_ms=timestamp_ms
    )


def result_message(call: ToolCallContent, result: AgentToolResult, timestamp_ms: int) -> ToolResultMessage:
    """What the model is told of a call."""
    return ToolResultMessage(
        tool_call_id=call.id,
        tool_name=call.name,
        content=result.content,
        details=result.details,
        is_error=result.is_error,
        timestamp_ms=timestamp_ms,
    )


def tell_end(push: Callable[[AgentEvent], object], end: ToolExecutionEndEvent, message: ToolResultMessage) -> None:
    """Emit a call's end and its result as a message."""
    push(end)
    push(MessageStartEvent(message=message))
    push(MessageEndEvent(message=message))
