"""`AgentTool`: a function a model may call, with the JSON Schema of its arguments."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from jupyter_tools.events import AgentToolResult
from jupyter_tools.json_types import JsonObject, JsonValue

# The seed's signature: (tool_call_id, args, signal, on_update) -> AgentToolResult
OnUpdate: TypeAlias = Callable[["AgentToolResult | str"], None]
Execute: TypeAlias = Callable[[str, JsonObject, "asyncio.Event | None", OnUpdate], Awaitable[Any]]
Isolation: TypeAlias = Literal["loop", "thread", "process"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolExample:
    """One use of a tool, shown to models that need it: what a person asks, and the arguments that answer it."""

    request: str
    arguments: Mapping[str, JsonValue]


@dataclass(frozen=True, kw_only=True)
class AgentTool:
    """A function a model may call.

    Attributes:
        name: `[A-Za-z0-9_-]{1,64}`, unique among the tools of a run.
        description: What it does, for the model.
        parameters: JSON Schema (draft 2020-12 or 7) of the arguments, an object.
        execute: The seed's signature; None for a tool that is only declared.
        function: The Python function behind it, if there is one; calling the tool calls it.
        examples: Uses shown to models that need them.
        timeout_s: Deadline of one call in seconds, None for none.
        isolation: Where it runs: the event loop (async), a thread (sync), a process of its own.
        sequential: True if no other call may run beside it.
        requires_approval: True if a person is asked before it runs.
        context_parameter: The function's parameter that takes a `ToolContext`, if it has one.
    """

    name: str
    description: str = ""
    parameters: JsonObject = field(default_factory=lambda: {"type": "object", "properties": {}})
    execute: Execute | None = None
    function: Callable[..., Any] | None = None
    examples: tuple[ToolExample, ...] = ()
    timeout_s: float | None = None
    isolation: Isolation = "loop"
    sequential: bool = False
    requires_approval: bool = False
    context_parameter: str | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the Python function behind the tool, as if it had never become one."""
        if self.function is None:
            raise TypeError(f"the tool {self.name!r} has no Python function to call")
        return self.function(*args, **kwargs)
