"""Where a tool's code runs: in the event loop, in a thread, or in a process of its own."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from jupyter_tools.errors import ToolDefinitionError
from jupyter_tools.tools.tool import AgentTool

Place: TypeAlias = Literal["loop", "thread", "process"]


def place_of(tool: AgentTool) -> Place:
    """Where a tool runs. Only asynchronous code may run in the loop: anything else would hold everybody up."""
    if tool.isolation != "loop":
        return tool.isolation
    return "loop" if _is_asynchronous(tool.execute or tool.function) else "thread"


def _is_asynchronous(code: Any) -> bool:
    """True for `async def` functions, their partials, and objects whose call is one."""
    return inspect.iscoroutinefunction(code) or inspect.iscoroutinefunction(getattr(code, "__call__", None))  # noqa: B004


def code_of(tool: AgentTool) -> Callable[..., Any]:
    """What is called when the tool runs.

    Raises:
        ToolDefinitionError: If there is nothing.
    """
    code = tool.execute or tool.function
    if code is None:
        raise ToolDefinitionError(tool.name, "it has neither `execute` nor `function`.")
    return code
