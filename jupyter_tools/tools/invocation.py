"""`Invocation`: one call of one tool, from being taken up to its result. `execution` runs many, `runner` runs one.

However a tool behaves, its call ends once: with its own result, or at its deadline, or when the run is aborted.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from jupyter_tools.events import AgentToolResult
from jupyter_tools.json_types import JsonObject
from jupyter_tools.messages import ToolCallContent
from jupyter_tools.tools.approval import Approvals
from jupyter_tools.tools.attempt import attempt, attempt_in_thread, error_result, failure_result
from jupyter_tools.tools.context import ToolContext
from jupyter_tools.tools.deadlines import Deadlines
from jupyter_tools.tools.options import ExecutionOptions
from jupyter_tools.tools.preparation import Prepared, Refused, check, consult
from jupyter_tools.tools.results import to_result
from jupyter_tools.tools.running import Place, register
from jupyter_tools.tools.threads import Job, Mailbox, run_in_thread
from jupyter_tools.tools.tool import AgentTool

Status: TypeAlias = Literal["ok", "error", "timeout", "denied", "aborted", "skipped"]
UNWIND_S = 0.01  # what a cancelled tool has for its clean-up before its call ends without it
ABORTED = "Operation aborted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the calls of a batch share."""

    tools: Mapping[str, AgentTool]
    options: ExecutionOptions
    approvals: Approvals
    signal: asyncio.Event | None
    loop: asyncio.AbstractEventLoop
    mailbox: Mailbox
    deadlines: Deadlines
    on_update: Callable[[Invocation, AgentToolResult], object]
    on_end: Callable[[Invocation], object]


class Invocation:
    """One call.

    Attributes:
        call: The call; its arguments are validated and coerced once it runs.
        result: What it ended with; None before.
        status: How it ended.
        duration_ms: How long the tool ran; 0 if it did not.
        place: Where the tool runs.
        started: When the tool began to run (the loop's time), 0 before.
    """

    __slots__ = ("_ending", "_finished", "_job", "_shared", "_task", "_timeout_s", "call", "duration_ms", "place",
                 "result", "started", "status")  # fmt: skip

    def __init__(self, call: ToolCallContent, shared: Surroundings) -> None:
        self.call = call
        self.result: AgentToolResult | None = None
        self.status: Status = "ok"
        self.duration_ms = 0.0
        self.place: Place = "loop"
        self.started = 0.0
        self._shared = shared
        self._task: asyncio.Task[Any] | None = None
        self._job: Job | None = None
        self._ending: Literal["timeout", "aborted"] | None = None
        self._timeout_s: float | None = None
        self._finished = False

    @property
    def answered(self) -> bool:
        """True once the call has its result."""
        return self.result is not None

    @property
    def names(self) -> tuple[str, str, str]:
        """Tool's name, call's id, run's id."""
        return self.call.name, self.call.id, self._shared.options.run_id

    # --- its life ---
    async def run(self) -> None:
        """Take the call from its check to its end. Never raises for what a tool or a hook does."""
        self._task = asyncio.current_task()
        result, error = await attempt(self._steps, _as_it_is)
        if self._ending is not None and self._task is not None:
            self._task.uncancel()
        if result is None or self._ending == "timeout":
            result = self._failed(error)
        elif self.status == "ok" and result.is_error:
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
            return error_result(
                f"{self.call.name} was stopped at its deadline of {self._timeout_s:g} s.", error="Timeout"
            )
        self.status = "aborted"
        return error_result(ABORTED, error="Aborted")

    def end(self, result: AgentToolResult, status: Status | None = None) -> None:
        """The call is over. Only the first end counts."""
        if self.result is not None:
            return
        if self.started:
            self.duration_ms = (self._shared.loop.time() - self.started) * 1000
        self.result = result
        self.status = status or self.status
        self._shared.on_end(self)

    def stop(self, ending: Literal["timeout", "aborted"]) -> None:
        """Cancel what runs. If it does not let itself be cancelled, the call soon ends without it."""
        if self.result is not None or self._ending is not None:
            return
        self._ending = ending
        if self._task is None:
            self.end(self._ended_early())
            return
        self._task.cancel()
        self._shared.loop.call_later(UNWIND_S, self._give_up)

    def _give_up(self) -> None:
        if self.result is None:
            self.end(self._ended_early())

    def overdue(self, now: float) -> float | None:
        """The deadline has come: stop, unless the tool is done already or has waited for a thread until now."""
        if self._finished or self.result is not None or self._timeout_s is None:
            return None
        if self._job is not None:
            begun = self._job.started
            due = (now if begun is None else begun) + self._timeout_s
            if due > now:
                return due
        self.stop("timeout")
        return None

    # --- its steps ---
    async def _steps(self) -> AgentToolResult:
        shared = self._shared
        options = shared.options
        prepared = check(self.call, shared.tools, options)
        if isinstance(prepared, Prepared) and _consults(prepared.tool, options):
            prepared = await consult(prepared, options, shared.approvals)
        if isinstance(prepared, Refused):
            self.status = prepared.status
            return prepared.result
        self.call = prepared.call
        result = await self._execute(prepared.tool)
        self._finished = True
        if options.after is None:
            return result
        return await self._changed(prepared.tool, result)

    async def _changed(self, tool: AgentTool, result: AgentToolResult) -> AgentToolResult:
        after = self._shared.options.after
        changed: Any = after(tool, self.call, result) if after is not None else None
        if hasattr(changed, "__await__"):
            changed = await changed
        return result if changed is None else to_result(changed)

    async def _execute(self, tool: AgentTool) -> AgentToolResult:
        shared = self._shared
        self.place = place_of(tool)
        self.started = shared.loop.time()
        self._timeout_s = shared.options.default_timeout_s if tool.timeout_s is None else tool.timeout_s
        if self._timeout_s is not None:
            shared.deadlines.add(self.started + self._timeout_s, self)
        match self.place:
            case "loop":
                return await self._in_loop(tool)
            case "thread":
                return await self._in_thread(tool)
            case "process":
                return await self._in_process(tool)

    async def _in_loop(self, tool: AgentTool) -> AgentToolResult:
        register.add(self)
        try:
            return to_result(await self._start(tool))
        finally:
            register.discard(self)

    async def _in_thread(self, tool: AgentTool) -> AgentToolResult:
        def work() -> tuple[AgentToolResult | None, BaseException | None]:
            register.add(self)
            try:
                return attempt_in_thread(lambda: self._start(tool), to_result)
            finally:
                register.discard(self)

        result, error = await run_in_thread(work, self._shared.mailbox, self._take_job)
        return self._result_of(result, error)

    def _result_of(self, result: AgentToolResult | None, error: BaseException | None) -> AgentToolResult:
        if error is not None:
            self.status = "error"
            return failure_result(error)
        return result or AgentToolResult()

    def _take_job(self, job: Job) -> None:
        self._job = job

    async def _in_process(self, tool: AgentTool) -> AgentToolResult:
        return await self._in_thread(tool)

    def _start(self, tool: AgentTool) -> Any:
        call = self.call
        if tool.execute is not None:
            return tool.execute(call.id, call.arguments, self._shared.signal, self.update)
        return _function_of(tool)(**self._arguments(tool))

    def _arguments(self, tool: AgentTool) -> JsonObject:
        arguments = tool.function_arguments(self.call.arguments)
        return arguments if tool.context_parameter is None else {**arguments, tool.context_parameter: self._context()}

    def _context(self) -> ToolContext:
        return ToolContext(
            run_id=self._shared.options.run_id,
            tool_call_id=self.call.id,
            signal=self._shared.signal,
            logger=logging.getLogger(f"jupyter_tools.tools.{self.call.name}"),
            _on_update=self.update,
        )

    # --- its progress ---
    def update(self, update: AgentToolResult | str) -> None:
        """Progress, from any thread. After the end it is dropped."""
        self._shared.mailbox.post(self._deliver, to_result(update))

    def _deliver(self, update: AgentToolResult) -> None:
        if self.result is None:
            self._shared.on_update(self, update)


def _as_it_is(value: Any) -> Any:
    return value


def _function_of(tool: AgentTool) -> Callable[..., Any]:
    if tool.function is None:
        raise TypeError(f"{tool.name} has neither `execute` nor `function`")
    return tool.function


def _consults(tool: AgentTool, options: ExecutionOptions) -> bool:
    """False if nobody has to be asked: the usual case, and a cheap question."""
    return options.before is not None or tool.requires_approval or options.approval not in ("ask", "never")


def place_of(tool: AgentTool) -> Place:
    """Where a tool runs. Only asynchronous code may run in the loop: anything else would hold everybody up."""
    if tool.isolation != "loop":
        return tool.isolation
    code = tool.execute or tool.function
    return "loop" if is_asynchronous(code) else "thread"


def is_asynchronous(code: Any) -> bool:
    """True for `async def` functions, their partials, and objects whose call is one."""
    return inspect.iscoroutinefunction(code) or inspect.iscoroutinefunction(getattr(code, "__call__", None))  # noqa: B004
