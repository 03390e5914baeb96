"""`@tool`: make a function a tool. Its signature gives the schema, its docstring the descriptions."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from types import FrameType
from typing import Any, TypeAlias, cast, overload

from jupyter_tools.errors import ToolDefinitionError
from jupyter_tools.json_types import JsonValue
from jupyter_tools.tools.docstrings import documentation_of
from jupyter_tools.tools.schema import function_schema
from jupyter_tools.tools.tool import AgentTool, Isolation, ToolExample

Examples: TypeAlias = Mapping[str, Mapping[str, JsonValue]] | Iterable[ToolExample]

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


@overload
def tool(function: Callable[..., Any], /) -> AgentTool: ...


@overload
def tool(
    function: None = None,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    examples: Examples = (),
    timeout_s: float | None = None,
    isolation: Isolation | None = None,
    sequential: bool = False,
    requires_approval: bool = False,
    hidden: Collection[str] = (),
) -> Callable[[Callable[..., Any]], AgentTool]: ...


def tool(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    examples: Examples = (),
    timeout_s: float | None = None,
    isolation: Isolation | None = None,
    sequential: bool = False,
    requires_approval: bool = False,
    hidden: Collection[str] = (),
) -> AgentTool | Callable[[Callable[..., Any]], AgentTool]:
    """Make a function a tool that a model may call. It can still be called as before.

        @tool
        def weather(city: str, unit: Literal["C", "F"] = "C") -> str:
            '''The weather in a city that is named in English.'''

    Arguments arrive as annotated: dates, sets, Enum members ... A `ToolContext` gets the call's, unseen by the model.

    Args:
        function: The function, synchronous or asynchronous; left out when options are given.
        name: The tool's name, if not the function's.
        description: What the tool does, for the model, if not what the docstring says.
        examples: Requests and the arguments that answer them, such as `{"Is it warm in Riga?": {"city": "Riga"}}`.
        timeout_s: Deadline of one call in seconds.
        isolation: Where it runs: "loop" (the default of async functions), "thread" (of the others) or "process".
        sequential: True if no other call may run beside it.
        requires_approval: True if a person is asked before it runs.
        hidden: Parameters with a default that only Python code gives, and no model sees.

    Raises:
        ToolDefinitionError: If the function cannot become a tool. It says why.
    """
    namespace = _names_around(inspect.currentframe())

    def decorate(function: Callable[..., Any]) -> AgentTool:
        made = _made_of(function, name, namespace, hidden)
        return replace(
            made,
            description=made.description if description is None else description,
            examples=_examples(examples, made.name),
            timeout_s=timeout_s,
            isolation=isolation or made.isolation,
            sequential=sequential,
            requires_approval=requires_approval,
        )

    return decorate if function is None else decorate(function)


def _examples(said: Any, tool_name: str) -> tuple[ToolExample, ...]:
    if isinstance(said, Mapping):
        pairs = cast("Mapping[str, Mapping[str, JsonValue]]", said).items()
        made: list[Any] = [ToolExample(request=request, arguments=arguments) for request, arguments in pairs]
    else:
        made = list(said)
    if all(isinstance(each, ToolExample) and isinstance(each.arguments, Mapping) for each in made):  # pyright: ignore[reportUnnecessaryIsInstance]
        return tuple(made)
    raise ToolDefinitionError(tool_name, 'write examples as {"what a person asks": {"argument": "value"}}.')


def _made_of(
    function: Callable[..., Any], name: str | None, namespace: Mapping[str, Any], hidden: Collection[str]
) -> AgentTool:
    """The tool that the function alone says."""
    tool_name = _checked_name(name or _name_of(function))
    documentation = documentation_of(_documented(function))
    schema = function_schema(function, tool_name, documentation.parameters, namespace, hidden)
    return AgentTool(
        name=tool_name,
        description=documentation.description,
        parameters=schema.parameters,
        function=function,
        isolation="loop" if _is_async(function) else "thread",
        context_parameter=schema.context_parameter,
        converters=schema.converters,
    )


def as_tool(item: AgentTool | Callable[..., Any]) -> AgentTool:
    """A tool as it is, a function as a tool.

    Raises:
        ToolDefinitionError: If the function cannot become a tool, or `item` is neither.
    """
    if isinstance(item, AgentTool):
        return item
    if not callable(item):
        raise ToolDefinitionError(repr(item)[:60], "it is neither a tool nor a function.")
    return tool(item)


def _names_around(frame: FrameType | None) -> Mapping[str, Any]:
    """The caller's variables: a tool defined inside a function may name a class defined there."""
    caller = frame.f_back if frame is not None else None
    return dict(caller.f_locals) if caller is not None and caller.f_locals is not caller.f_globals else {}


def _innermost(function: Callable[..., Any]) -> Callable[..., Any]:
    while isinstance(function, functools.partial):
        function = function.func
    return function


def _name_of(function: Callable[..., Any]) -> str:
    function = _innermost(function)
    return getattr(function, "__name__", type(function).__name__)


def _checked_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        problem = "models accept names of 1 to 64 Latin letters, digits, '_' and '-' only. Write @tool(name=\"...\")."
        raise ToolDefinitionError(name, problem)
    return name


def _documented(function: Callable[..., Any]) -> Callable[..., Any]:
    """Whose docstring describes the tool: of an object that can be called, its own or that of its `__call__`."""
    function = _innermost(function)
    return function if inspect.isroutine(function) or function.__doc__ else type(function).__call__


def _is_async(function: Callable[..., Any]) -> bool:
    function = _innermost(function)
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)
