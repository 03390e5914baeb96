"""`ExecutionOptions`: how tool calls are executed. One object holds for an agent; `for_run` gives each run its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.events import AgentToolResult
from jupyter_tools.json_types import JsonObject
from jupyter_tools.messages import ToolCallContent
from jupyter_tools.tools.approval import ApprovalPolicy, Approvals, Approver
from jupyter_tools.tools.history import CallHistory
from jupyter_tools.tools.tool import AgentTool

BeforeAnswer: TypeAlias = JsonObject | AgentToolResult | None
BeforeHook: TypeAlias = Callable[[AgentTool, ToolCallContent], BeforeAnswer | Awaitable[BeforeAnswer]]
AfterAnswer: TypeAlias = AgentToolResult | None
AfterHook: TypeAlias = Callable[[AgentTool, ToolCallContent, AgentToolResult], AfterAnswer | Awaitable[AfterAnswer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionOptions:
    """How tool calls are executed.

    Attributes:
        max_concurrency: How many calls of a batch may run at once; None for all.
        default_timeout_s: Deadline of a call whose tool names none; None for no deadline.
        abort_grace_s: How long running tools may end by themselves once the run is aborted.
        before: Called before each call, with validated arguments. It may return other arguments, or a result that is
            given instead of running the tool.
        after: Called after each call. It may return another result.
        approval: Which calls a person is asked about: "ask" (tools that require it), "always", "never", or a function.
        approver: Who asks. Without one, a call that needs an answer is denied.
        max_same_calls: How often a run may call the same tool with the same arguments.
        max_calls: How many calls a run may make.
        memory_limit_mb: Memory of a tool's own process (`isolation="process"`), where the platform can limit it.
        run_id: The run the calls belong to.
        history: The run's calls so far; None if nobody counts them.
        approvals: What was answered in this run; None to begin with none.

    Raises:
        ConfigurationError: If nothing could ever run.
    """

    max_concurrency: int | None = None
    default_timeout_s: float | None = 60.0
    abort_grace_s: float = 0.05
    before: BeforeHook | None = None
    after: AfterHook | None = None
    approval: ApprovalPolicy = "ask"
    approver: Approver | None = None
    max_same_calls: int = 2
    max_calls: int = 100
    memory_limit_mb: int | None = 2048
    run_id: str = ""
    history: CallHistory | None = field(default=None, repr=False)
    approvals: Approvals | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.max_concurrency is not None and self.max_concurrency < 1:
            raise ConfigurationError(
                f"max_concurrency is {self.max_concurrency}: write 1 or more, or None for no limit."
            )

    def for_run(self, run_id: str) -> ExecutionOptions:
        """The same options with an empty history and no answers yet."""
        return replace(
            self,
            run_id=run_id,
            history=CallHistory(max_same_calls=self.max_same_calls, max_calls=self.max_calls),
            approvals=Approvals(self.approval, self.approver),
        )
