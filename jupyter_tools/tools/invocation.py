"""`Invocation`: one call of one tool, from being taken up to its result. `execution` runs many, `runner` runs one.

However a tool behaves, its call ends once: with its own result, or at its deadline, or when the run is aborted.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, TypeAlias

from jupyter_tools.events import AgentEvent, AgentToolResult, StepEndEvent, StepStartEvent
from jupyter_tools.messages import ToolCallContent
from jupyter_tools.tools.approval import Approvals
from jupyter_tools.tools.attempt import attempt, attempt_in_thread, error_result, failure_result
from jupyter_tools.tools.context import ToolContext
from jupyter_tools.tools.deadlines import Deadlines
from jupyter_tools.tools.options import AfterHook, ExecutionOptions
from jupyter_tools.tools.places import Place, code_of
from jupyter_tools.tools.preparation import Refused, asks, check, consult
from jupyter_tools.tools.processes import Errand, ToolProcess
from jupyter_tools.tools.results import to_result
from jupyter_tools.tools.running import register
from jupyter_tools.tools.threads import Job, Mailbox, run_in_thread
from jupyter_tools.tools.tool import AgentTool

Status: TypeAlias = Literal["ok", "error", "timeout", "denied", "aborted", "skipped"]
Attempted: TypeAlias = tuple[AgentToolResult | None, BaseException | None]
UNWIND_S = 0.01  # what a cancelled tool has for its clean-up before its call ends without it
ABORTED = "Operation aborted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the calls of a batch share."""

    tools: Mapping[str, AgentTool]
    places: Mapping[str, Place]
    options: ExecutionOptions
    approvals: Approvals
    signal: asyncio.Event | None
    loop: asyncio.AbstractEventLoop
    mailbox: Mailbox
    deadlines: Deadlines
    push: Callable[[AgentEvent], object]
    on_update: Callable[[Invocation, AgentToolResult], object]
    on_end: Callable[[Invocation, AgentToolResult], object]


class Invocation:
    """One call.

    Attributes:
        call: The call, as the model made it.
        arguments: What the tool runs with: validated and coerced.
        result: What it ended with; None before.
        status: How it ended.
        place: Where the tool runs.
        started: When the tool began to run, in the loop's time; 0 before.
        ended: When the call was over, in the loop's time; 0 before.
    """

    __slots__ = (
        "_ending", "_job", "_shared", "_task", "_timeout_s", "_tool_is_done",
        "arguments", "call", "ended", "place", "result", "started", "status",
    )  # fmt: skip

    def __init__(self, call: ToolCallContent, shared: Surroundings) -> None:
        self.call = call
        self.arguments = call.arguments
        self.result: AgentToolResult | None = None
        self.status: Status = "ok"
        self.place: Place = "loop"
        self.started = self.ended = 0.0
        self._shared = shared
        self._task: asyncio.Task[Any] | None = None
        self._job: Job | None = None
        self._ending: Literal["timeout", "aborted"] | None = None
        self._timeout_s: float | None = None
        self._tool_is_done = False

    @property
    def answered(self) -> bool:
        """True once the call has its result."""
        return self.result is not None

    @property
    def names(self) -> tuple[str, str, str]:
        """Tool's name, call's id, run's id."""
        return self.call.name, self.call.id, self._shared.options.run_id

    @property
    def duration_ms(self) -> float:
        """How long the tool ran; 0 if it did not."""
        return (self.ended - self.started) * 1000 if self.started else 0.0

    # --- its end ---
    async def run(self, task: asyncio.Task[Any]) -> None:
        """Take the call from its check to its end, in `task`. Never raises for what a tool or a hook does."""
        self._task = task
        result, error = await attempt(self._steps)
        if self._ending is not None:
            task.uncancel()
        if result is None or self._ending == "timeout":
            result = self._failed(error)
        elif result.is_error and self.status == "ok":
            self.status = "error"
        self.end(result)

    def _failed(self, error: BaseException | None) -> AgentToolResult:
        if self._ending is not None or error is None:
            return self._ended_early()
        self.status = "error"
        return failure_result(error)

    def _ended_early(self) -> AgentToolResult:
        if self._ending == "timeout":
            self.status = "timeout"
            text = f"{self.call.name} was stopped at its deadline of {self._timeout_s:g} s."
            return error_result(text, error="Timeout", hint="@tool(timeout_s=...) gives a tool another deadline.")
        self.status = "aborted"
        return error_result(ABORTED, error="Aborted")

    def end(self, result: AgentToolResult, status: Status | None = None) -> None:
        """The call is over. Only the first end counts."""
        if self.result is None:
            self.ended = self._shared.loop.time()
            if self._job is not None and self._job.started is not None:
                self.started = self._job.started  # waiting for a thread is not running
            self.result = result
            self.status = status or self.status
            self._shared.on_end(self, result)

    def stop(self, ending: Literal["timeout", "aborted"]) -> None:
        """Cancel what runs. If it does not let itself be cancelled, the call soon ends without it."""
        if self.result is not None or self._ending is not None:
            return
        self._ending = ending
        if self._task is None:
            self._give_up()
        else:
            self._task.cancel()
            self._shared.loop.call_later(UNWIND_S, self._give_up)

    def _give_up(self) -> None:
        if self.result is None:
            self.end(self._ended_early())

    def overdue(self, now: float) -> float | None:
        """The deadline has come: stop, unless the tool is done or has waited for a thread until now."""
        if self._timeout_s is None or self._tool_is_done or self.result is not None:
            return None
        if self._job is not None:
            due = self._timeout_s + (now if self._job.started is None else self._job.started)
            if due > now:
                return due
        self.stop("timeout")
        return None

    # --- its steps ---
    async def _steps(self) -> AgentToolResult:
        shared, call = self._shared, self.call
        arguments = check(call, shared.tools, shared.options.history)
        if isinstance(arguments, Refused):
            return self._refused(arguments)
        tool = shared.tools[call.name]
        if asks(tool, shared.options):
            asked = replace(call, arguments=arguments)
            arguments = await consult(tool, asked, shared.options, shared.approvals, self._tell)
            if isinstance(arguments, Refused):
                return self._refused(arguments)
        self.arguments = arguments
        self._begin(tool)
        if self.place != "loop" or shared.options.after is not None:
            return await self._guarded(tool)
        register.add(self)
        try:
            return to_result(await self._start(tool))
        finally:
            register.discard(self)

    async def _guarded(self, tool: AgentTool) -> AgentToolResult:
        """Run what does not run right here, or is followed by a hook: the hook hears of failures as well."""
        result, error = await self._attempted(tool)
        self._tool_is_done = True
        if error is not None and self._ending is not None:
            raise error
        result = failure_result(error) if error is not None else result or AgentToolResult()
        after = self._shared.options.after
        return result if after is None else await self._changed(tool, after, result)

    def _attempted(self, tool: AgentTool) -> Awaitable[Attempted]:
        match self.place:
            case "loop":
                return self._in_loop(tool)
            case "thread":
                return self._in_thread(partial(self._start, tool))
            case "process":
                return self._in_process(tool)

    async def _in_loop(self, tool: AgentTool) -> Attempted:
        register.add(self)
        try:
            return await attempt(partial(self._start, tool), to_result)
        finally:
            register.discard(self)

    def _refused(self, refused: Refused) -> AgentToolResult:
        self.status = refused.status
        return refused.result

    async def _changed(self, tool: AgentTool, after: AfterHook, result: AgentToolResult) -> AgentToolResult:
        changed: Any = after(tool, replace(self.call, arguments=self.arguments), result)
        if hasattr(changed, "__await__"):
            changed = await changed
        return result if changed is None else to_result(changed)

    def _begin(self, tool: AgentTool) -> None:
        shared = self._shared
        self.place = shared.places[tool.name]
        self.started = shared.loop.time()
        self._timeout_s = shared.options.default_timeout_s if tool.timeout_s is None else tool.timeout_s
        if self._timeout_s is not None:
            shared.deadlines.add(self.started + self._timeout_s, self)

    async def _in_process(self, tool: AgentTool) -> Attempted:
        process = ToolProcess(self._errand(tool))
        try:
            return await self._in_thread(partial(process.run, self.update))
        except asyncio.CancelledError:
            process.kill()
            raise

    def _in_thread(self, call: Callable[[], Any]) -> Awaitable[Attempted]:
        def work() -> Attempted:
            register.add(self)
            try:
                return attempt_in_thread(call, to_result)
            finally:
                register.discard(self)

        return run_in_thread(work, self._shared.mailbox, self._take_job)

    def _errand(self, tool: AgentTool) -> Errand:
        options = self._shared.options
        return Errand(
            tool_name=tool.name,
            tool_call_id=self.call.id,
            run_id=options.run_id,
            code=code_of(tool),
            arguments=self.arguments if tool.execute is not None else tool.function_arguments(self.arguments),
            seed_signature=tool.execute is not None,
            context_parameter=tool.context_parameter,
            memory_limit_mb=options.memory_limit_mb,
        )

    def _take_job(self, job: Job) -> None:
        self._job = job

    def _start(self, tool: AgentTool) -> Any:
        if tool.execute is not None:
            return tool.execute(self.call.id, self.arguments, self._shared.signal, self.update)
        arguments = tool.function_arguments(self.arguments)
        if tool.context_parameter is not None:
            arguments = {**arguments, tool.context_parameter: self._context()}
        return code_of(tool)(**arguments)

    def _context(self) -> ToolContext:
        return ToolContext(
            run_id=self._shared.options.run_id,
            tool_call_id=self.call.id,
            signal=self._shared.signal,
            logger=logging.getLogger(f"jupyter_tools.tools.{self.call.name}"),
            _on_update=self.update,
            _on_step=self._on_step,
        )

    # --- its progress ---
    def update(self, update: AgentToolResult | str) -> None:
        """Progress, from any thread. After the end it is dropped."""
        self._shared.mailbox.post(self._deliver, to_result(update))

    def _on_step(self, event: StepStartEvent | StepEndEvent) -> None:
        self._shared.mailbox.post(self._tell, event)

    def _tell(self, event: StepStartEvent | StepEndEvent) -> None:
        if self.result is None:
            self._shared.push(event)

    def _deliver(self, update: AgentToolResult) -> None:
        if self.result is None:
            self._shared.on_update(self, update)
