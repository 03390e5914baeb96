"""`AgentTool`: a function a model may call, with the JSON Schema of its arguments."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias

from jupyter_tools.errors import ToolArgumentsError
from jupyter_tools.events import AgentToolResult
from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.tools.compiled_schema import CompiledSchema

# The seed's signature: (tool_call_id, args, signal, on_update) -> AgentToolResult
OnUpdate: TypeAlias = Callable[["AgentToolResult | str"], None]
Execute: TypeAlias = Callable[[str, JsonObject, "asyncio.Event | None", OnUpdate], Awaitable[Any]]
# From a JSON value to what a parameter's annotation says; ValueError or TypeError if that cannot be
Converter: TypeAlias = Callable[[Any], Any]
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
        timeout_s: Deadline of one call in seconds; None for the run's default, `math.inf` for no deadline.
        isolation: Where it runs: the event loop (async), a thread (sync), a process of its own.
        sequential: True if no other call may run beside it.
        requires_approval: True if a person is asked before it runs.
        context_parameter: The function's parameter that takes a `ToolContext`, if it has one.
        converters: For each parameter of the function that takes more than plain JSON: how to make its value.
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
    converters: Mapping[str, Converter] = field(default_factory=dict[str, Converter])

    def __post_init__(self) -> None:
        if self.function is not None:  # for `help()`, `inspect.signature()` and a notebook's `my_tool?`
            vars(self).update(__doc__=self.function.__doc__, __wrapped__=self.function)

    @cached_property
    def compiled_parameters(self) -> CompiledSchema:
        """`parameters`, compiled at the first call and kept.

        Raises:
            ToolDefinitionError: If `parameters` is no JSON Schema that can be checked.
        """
        return CompiledSchema(self.parameters, self.name)

    def __getstate__(self) -> dict[str, Any]:
        """All but the compiled schema, which cannot travel and is compiled again where it is needed."""
        return {name: value for name, value in vars(self).items() if name != "compiled_parameters"}

    def function_arguments(self, arguments: JsonObject) -> dict[str, Any]:
        """Validated arguments as the function's annotations say: Enum members, dataclasses, dates, tuples ...

        Raises:
            ToolArgumentsError: If a value cannot become what its annotation says, such as the date "2024-02-30".
        """
        if not self.converters:
            return arguments
        return {name: self._converted(name, value) for name, value in arguments.items()}

    def _converted(self, name: str, value: JsonValue) -> Any:
        convert = self.converters.get(name)
        if convert is None:
            return value
        try:
            return convert(value)
        except (ValueError, TypeError, ArithmeticError) as error:
            raise ToolArgumentsError(self.name, [f"{name}: {error}"], repr(value)[:1000]) from error

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the Python function behind the tool, as if it had never become one."""
        if self.function is None:
            raise TypeError(f"the tool {self.name!r} has no Python function to call")
        return self.function(*args, **kwargs)
