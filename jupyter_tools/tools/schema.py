"""From a function's signature to the JSON Schema of its arguments. It is looked at once, never at a call."""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from jupyter_tools.errors import ToolDefinitionError
from jupyter_tools.json_types import JsonObject
from jupyter_tools.tools.context import ToolContext
from jupyter_tools.tools.shape_builder import ShapeBuilder
from jupyter_tools.tools.shapes import NoShapeError, Shape, with_default
from jupyter_tools.tools.signatures import signature_of
from jupyter_tools.tools.tool import Converter

Parameters = Mapping[str, inspect.Parameter]


@dataclass(frozen=True, slots=True)
class FunctionSchema:
    """What a tool needs to know of its function.

    Attributes:
        parameters: JSON Schema of the arguments.
        converters: For each parameter that takes more than plain JSON: how to make its value.
        context_parameter: The parameter that takes a `ToolContext`, if there is one.
    """

    parameters: JsonObject
    converters: Mapping[str, Converter]
    context_parameter: str | None


def function_schema(
    function: Callable[..., Any],
    tool_name: str,
    descriptions: Mapping[str, str] | None = None,
    namespace: Mapping[str, Any] | None = None,
    hidden: Collection[str] = (),
) -> FunctionSchema:
    """The schema of a function's arguments.

    Args:
        function: The function.
        tool_name: For errors.
        descriptions: What is known of the parameters, usually from the docstring; `Annotated` comes before it.
        namespace: Names for annotations that are text, where the function's module does not have them.
        hidden: Parameters that are left out; each must have a default.

    Raises:
        ToolDefinitionError: If a parameter cannot be passed by name, or its annotation cannot be understood.
    """
    return _Reader(function, tool_name, descriptions or {}, namespace or {}).read(hidden)


class _Reader:
    def __init__(
        self,
        function: Callable[..., Any],
        tool_name: str,
        descriptions: Mapping[str, str],
        namespace: Mapping[str, Any],
    ) -> None:
        self._tool_name = tool_name
        self._descriptions = descriptions
        self._builder = ShapeBuilder(namespace)
        self._hints = self._type_hints(function, namespace)
        self._parameters = self._signature(function)
        self._properties: JsonObject = {}
        self._required: list[str] = []
        self._converters: dict[str, Converter] = {}
        self._context: str | None = None
        self._others: JsonObject | bool = False

    def read(self, hidden: Collection[str]) -> FunctionSchema:
        for name in hidden:
            if name not in self._parameters or self._parameters[name].default is inspect.Parameter.empty:
                raise ToolDefinitionError(self._tool_name, f"{name!r} cannot be hidden: no parameter with a default.")
        for position, parameter in enumerate(self._parameters.values()):
            if parameter.name in hidden:
                continue
            self._check(parameter, position)
            self._add(parameter)
        schema: JsonObject = {"type": "object", "properties": self._properties}
        if self._required:
            schema["required"] = self._required
        schema["additionalProperties"] = self._others
        if self._builder.defs:
            schema["$defs"] = self._builder.defs
        return FunctionSchema(schema, self._converters, self._context)

    def _signature(self, function: Callable[..., Any]) -> Parameters:
        try:
            return signature_of(function).parameters
        except (ValueError, TypeError) as error:
            raise ToolDefinitionError(self._tool_name, f"it has no signature ({error}). Wrap it in a def.") from error

    def _type_hints(self, function: Callable[..., Any], namespace: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return typing.get_type_hints(_annotated_function(function), localns=dict(namespace), include_extras=True)
        except (NameError, TypeError, SyntaxError, AttributeError) as error:
            hint = "Define or import what it names before the tool."
            if "unhashable" in str(error):  # a dict of limits inside a union, which `typing` itself cannot hold
                hint = "Write the union inside: Annotated[int | None, {...}]."
            problem = f"an annotation cannot be understood: {error}. {hint}"
            raise ToolDefinitionError(self._tool_name, problem) from error

    def _check(self, parameter: inspect.Parameter, position: int) -> None:
        problem = None
        if parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
            problem = f"{parameter.name!r} is positional-only, and models pass arguments by name. Remove the '/'."
        elif parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            problem = f"'*{parameter.name}' has no name for each value. Take one list: {parameter.name}: list[...]"
        elif position == 0 and parameter.name in {"self", "cls"} and parameter.name not in self._hints:
            problem = "it is a method without its object. Write tool(my_object.method)."
        if problem is not None:
            raise ToolDefinitionError(self._tool_name, problem)

    def _add(self, parameter: inspect.Parameter) -> None:
        name, annotation = parameter.name, self._hints.get(parameter.name, Any)
        if any(item is ToolContext for item in (annotation, *get_args(annotation))):
            self._context = name
            return
        shape = self._shape(name, annotation)
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            self._others = shape.schema or True
            return
        described = {"description": self._descriptions.get(name), **shape.schema}
        if described["description"] is None:
            del described["description"]
        optional = parameter.default is not inspect.Parameter.empty
        self._properties[name] = with_default(described, parameter.default) if optional else described
        if not optional:
            self._required.append(name)
        if shape.convert is not None:
            self._converters[name] = shape.convert

    def _shape(self, name: str, annotation: Any) -> Shape:
        try:
            return self._builder.shape(annotation)
        except (NoShapeError, NameError, RecursionError) as error:
            raise ToolDefinitionError(self._tool_name, f"its parameter {name!r}: {error}.") from error


def _annotated_function(function: Callable[..., Any]) -> Callable[..., Any]:
    """What holds the annotations: the function inside a partial, the `__call__` of an object."""
    while isinstance(function, functools.partial):
        function = function.func
    return function if inspect.isroutine(function) else type(function).__call__
