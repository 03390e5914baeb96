"""Check a call's arguments against its tool's schema, before the tool runs."""

from __future__ import annotations

import json

from jupyter_tools.errors import ToolArgumentsError
from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.messages import ToolCallContent
from jupyter_tools.tools.coercion import Coercion
from jupyter_tools.tools.compiled_schema import shortened
from jupyter_tools.tools.json_copy import TooLargeError, copy_json
from jupyter_tools.tools.tool import AgentTool

MAX_RECEIVED = 1000
_MAX_ATTEMPTS = 1000  # beyond, telling what is wrong with each alternative inside each alternative would take minutes


def validate_tool_arguments(tool: AgentTool, tool_call: ToolCallContent) -> JsonObject:
    """The call's arguments, checked against `tool.parameters` and coerced to the declared types.

    Defaults are not filled in: the function has them. `null` for an optional parameter that does not take it counts as
    left out. See `coercion` for the other rules.

    Args:
        tool: The tool, whose schema is compiled at its first call and kept.
        tool_call: The call. It is not changed; the result shares nothing with it.

    Raises:
        ToolArgumentsError: If the arguments do not fit. Its text lets a model repair them.
        ToolDefinitionError: If the tool's schema cannot be used.
    """
    if tool_call.problem is not None:
        raise ToolArgumentsError(tool.name, [tool_call.problem], "none that can be read")
    compiled = tool.compiled_parameters
    try:
        arguments, whole_floats = copy_json(tool_call.arguments)
        if not whole_floats and compiled.is_valid(arguments):
            return arguments
        coercion = Coercion(compiled)
        arguments = copy_json(coercion.of(arguments))[0]
        manageable = coercion.attempts <= _MAX_ATTEMPTS
        problems = compiled.problems(arguments) if manageable else compiled.outline(arguments)
    except TooLargeError as error:
        raise ToolArgumentsError(tool.name, [f"arguments: {error}"], "not shown") from error
    except ValueError as error:  # the validator's word for half a character, bytes, a key that is no text
        raise ToolArgumentsError(tool.name, [f"arguments: not JSON: {error}"], _text(tool_call.arguments)) from error
    if problems:
        raise ToolArgumentsError(tool.name, problems, _text(tool_call.arguments))
    return arguments


def _text(arguments: JsonValue) -> str:
    text = json.dumps(arguments, ensure_ascii=False, default=repr, skipkeys=True)
    return shortened(text, MAX_RECEIVED).encode("utf-8", "replace").decode()
