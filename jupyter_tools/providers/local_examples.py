"""Examples of a tool's use, made from its schema and description where its author gave none.

A small model copies what it has seen far better than it follows instructions: one example a tool is worth more than
any wording. An example's values come from what the author wrote: `examples`, `default`, `enum`, "such as `...`".
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.tools.tool import AgentTool, ToolExample

_SUCH_AS = re.compile(
    r"(?:such as|for example|for instance|e\.g\.|example:)[,:]?\s+"
    r"(?:`+([^`]+)`+|'([^']+)'|\"([^\"]+)\"|([\w./:+-]*\w))",
    re.IGNORECASE,
)
_PLACEHOLDERS: dict[str, JsonValue] = {"integer": 3, "number": 2.5, "boolean": True, "array": [], "object": {}}


def examples_of(tool: AgentTool) -> tuple[ToolExample, ...]:
    """The author's examples, or one made from the schema."""
    return tool.examples or (generated_example(tool),)


def generated_example(tool: AgentTool) -> ToolExample:
    """One use of `tool`: its description as a request, with a value for each argument that needs or shows one."""
    arguments = {
        name: _value(name, schema)
        for name, schema in _properties(tool.parameters).items()
        if name in tool.parameters.get("required", ()) or _shown_value(schema) is not None
    }
    said = ", ".join(value if isinstance(value, str) else str(value) for value in arguments.values())
    return ToolExample(
        request=f"{_first_sentence(tool)}: {said}" if said else _first_sentence(tool), arguments=arguments
    )


def _properties(schema: Mapping[str, JsonValue]) -> dict[str, JsonObject]:
    return {name: value for name, value in schema.get("properties", {}).items() if isinstance(value, dict)}


def _first_sentence(tool: AgentTool) -> str:
    text = " ".join(tool.description.split()) or tool.name.replace("_", " ").capitalize()
    return re.split(r"[.:;](?:\s|$)", text, maxsplit=1)[0]


def _value(name: str, schema: JsonObject) -> JsonValue:
    shown = _shown_value(schema)
    if shown is not None:
        return shown
    if "enum" in schema:
        return schema["enum"][0]
    return _PLACEHOLDERS.get(str(schema.get("type")), f"some {name.replace('_', ' ')}")


def _shown_value(schema: JsonObject) -> JsonValue:
    """The value the author shows: one of `examples`, or "such as `...`" in the description."""
    if schema.get("examples"):
        return schema["examples"][0]
    match = _SUCH_AS.search(str(schema.get("description", "")))
    return _typed(next(filter(None, match.groups())), schema) if match else None


def _typed(text: str, schema: JsonObject) -> JsonValue:
    try:
        match schema.get("type"):
            case "integer":
                return int(text)
            case "number":
                return float(text)
            case "string":
                return text
            case _:
                return None
    except ValueError:
        return None
