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
    """One use of `tool`: its description as a request, with values for what it needs.

    Of what may be left out it shows numbers, which requests often name, and the first text with a known value if
    nothing else is needed. Any other text that was shown would be copied where nobody asked for it.
    """
    arguments: JsonObject = {}
    said: list[str] = []
    required = tool.parameters.get("required", ())
    for name, schema in _properties(tool.parameters).items():
        if name in required or (not required and not arguments and _shown_value(schema) is not None):
            arguments[name] = _value(name, schema)
            said.append(str(arguments[name]))
        elif schema.get("type") in ("integer", "number"):
            arguments[name] = 4 if schema.get("default") == 3 else 3
            said.append(f"{name.replace('_', ' ')} {arguments[name]}")
    request = _first_sentence(tool)
    return ToolExample(request=f"{request}: {', '.join(said)}" if said else request, arguments=arguments)


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
