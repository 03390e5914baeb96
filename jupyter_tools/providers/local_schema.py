"""What a model may write when it chooses tools, as a grammar: an array of calls that fit the tools' schemas.

llama.cpp writes freely if it cannot read a grammar, so only what its converter is known to understand is passed on.
What is dropped here (patterns, formats, lengths ...) is still checked when the call is validated.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import cast

from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.tools.tool import AgentTool

MAX_CALLS = 4  # in one answer
_LAYOUT = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
_TYPES = ("string", "number", "integer", "boolean", "null", "object", "array")
_LITERAL = ("enum", "const", "minimum", "maximum", "minItems", "maxItems")


def calls_grammar(tools: Sequence[AgentTool]) -> str:
    """The grammar of an array of up to `MAX_CALLS` calls of `tools`; the empty array means that no tool is needed."""
    definitions: JsonObject = {}
    schema: JsonObject = {
        "type": "array",
        "maxItems": MAX_CALLS,
        "items": {"anyOf": [_call_schema(tool, definitions) for tool in tools]},
        "x-guidance": _LAYOUT,
    }
    if definitions:
        schema["$defs"] = definitions
    return "%llguidance {}\nstart: %json " + json.dumps(schema)


def _call_schema(tool: AgentTool, definitions: JsonObject) -> JsonObject:
    return {
        "type": "object",
        "properties": {"tool": {"const": tool.name}, "arguments": _arguments_schema(tool, definitions)},
        "required": ["tool", "arguments"],
        "additionalProperties": False,
    }


def _arguments_schema(tool: AgentTool, definitions: JsonObject) -> JsonObject:
    """The tool's schema; what it refers to moves to the root, under the tool's name."""
    own = {**tool.parameters.get("definitions", {}), **tool.parameters.get("$defs", {})}
    names = {name: f"{tool.name}.{name}" for name in own}
    for name, schema in own.items():
        definitions[names[name]] = plain_schema(schema, names)
    return {**plain_schema(tool.parameters, names), "type": "object"}


def plain_schema(schema: JsonValue, names: Mapping[str, str]) -> JsonObject:
    """The part of `schema` that can be a grammar. It allows at least what `schema` allows, but for unnamed properties.

    Args:
        schema: A JSON Schema.
        names: The new names of the definitions it may refer to.
    """
    return _plain(cast("JsonObject", schema), names) if isinstance(schema, dict) else {}


def _plain(schema: JsonObject, names: Mapping[str, str]) -> JsonObject:
    if "$ref" in schema:
        target = names.get(str(schema["$ref"]).rpartition("/")[2])
        return {"$ref": f"#/$defs/{target}"} if target is not None else {}
    plain: JsonObject = {key: schema[key] for key in _LITERAL if key in schema}
    for key in ("anyOf", "oneOf"):
        if key in schema:
            plain["anyOf"] = [plain_schema(option, names) for option in schema[key]]
    if "allOf" in schema and len(schema["allOf"]) == 1:
        plain |= plain_schema(schema["allOf"][0], names)
    if _is_type(schema.get("type")):
        plain["type"] = schema["type"]
    return plain | _object_part(schema, names) | _array_part(schema, names)


def _is_type(value: JsonValue) -> bool:
    return value in _TYPES if isinstance(value, str) else bool(value) and all(item in _TYPES for item in value)


def _object_part(schema: JsonObject, names: Mapping[str, str]) -> JsonObject:
    properties = schema.get("properties")
    if properties:
        return {
            "properties": {name: plain_schema(value, names) for name, value in properties.items()},
            "required": [name for name in schema.get("required", []) if name in properties],
            "additionalProperties": False,
        }
    if isinstance(schema.get("additionalProperties"), dict):
        return {"additionalProperties": plain_schema(schema["additionalProperties"], names)}
    return {}


def _array_part(schema: JsonObject, names: Mapping[str, str]) -> JsonObject:
    return {"items": plain_schema(schema["items"], names)} if isinstance(schema.get("items"), dict) else {}
