"""Bring arguments to their declared types, where what was meant is beyond doubt.

Models write "500" where an integer is declared, "true" for true, a list as JSON text, 5.0 for 5, null for a parameter
that has a default. What does not fit is changed by these rules and no others; what fits is left alone:

    declared     written                      becomes
    integer      "500", "5.0", 5.0            500, 5, 5
    number       "2.5", "1e3"                 2.5, 1000.0
    boolean      "true", "False"              true, false
    null         "null"                       null
    array        '["a", "b"]'                 ["a", "b"]
    object       '{"a": 1}'                   {"a": 1}
    string       500                          "500"     not 1.10 and not true: their text may have been another
    optional     null, where not declared     left out

`$ref`, `anyOf`, `oneOf`, `allOf`, properties and items are followed. Among alternatives, one that fits already wins
over one that would need a change.
"""

from __future__ import annotations

import json
import re
from typing import TypeAlias, cast

from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.tools.compiled_schema import CompiledSchema, escaped, looked_up
from jupyter_tools.tools.json_copy import copy_json

Types: TypeAlias = tuple[str, ...]

_INTEGER = re.compile(r"[+-]?[0-9]{1,300}(?:\.0{1,20})?")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,300}(?:\.[0-9]{0,300})?|\.[0-9]{1,300})(?:[eE][+-]?[0-9]{1,3})?")
_WORDS: dict[str, dict[str, JsonValue]] = {"boolean": {"true": True, "false": False}, "null": {"null": None}}
_OPENINGS = {"array": "[", "object": "{"}
_MAX_REFS = 50
_MAX_ATTEMPTS = 50_000  # alternatives inside alternatives multiply
_NOTHING = object()


class Coercion:
    """One coercion.

    Attributes:
        attempts: How many alternatives were tried that did not fit as they were.
    """

    def __init__(self, schema: CompiledSchema) -> None:
        self._compiled = schema
        self.attempts = 0

    def of(self, value: JsonValue) -> JsonValue:
        """`value` brought to the types that the schema declares. `value` itself is not changed."""
        return self._at("#", self._compiled.schema, value)

    def _at(self, pointer: str, schema: JsonValue, value: JsonValue) -> JsonValue:
        """`value` coerced to `schema`, which stands at `pointer`."""
        pointer, schema = self._resolved(pointer, schema)
        if not isinstance(schema, dict):
            return value
        schema = cast("JsonObject", schema)
        for keyword in ("anyOf", "oneOf"):
            if keyword in schema:
                value = self._alternative(f"{pointer}/{keyword}", schema[keyword], value)
        for index, part in enumerate(cast("list[JsonValue]", schema.get("allOf", []))):
            value = self._at(f"{pointer}/allOf/{index}", part, value)
        value = _to_declared(value, types_of(schema))
        if isinstance(value, dict):
            return self._object(pointer, schema, cast("JsonObject", value))
        if isinstance(value, list):
            return self._array(pointer, schema, cast("list[JsonValue]", value))
        return value

    def _resolved(self, pointer: str, schema: JsonValue) -> tuple[str, JsonValue]:
        for _ in range(_MAX_REFS):
            reference = cast("JsonObject", schema).get("$ref") if isinstance(schema, dict) else None
            if reference is None:
                return pointer, cast("JsonValue", schema)
            pointer = str(reference)
            schema = _referred(self._compiled.schema, pointer)
        return pointer, None

    def _alternative(self, pointer: str, branches: list[JsonValue], value: JsonValue) -> JsonValue:
        places = [(f"{pointer}/{index}", branch) for index, branch in enumerate(branches)]
        for place, branch in places:
            if self._compiled.part_is_valid(place, value):
                return self._at(place, branch, value)
        for place, branch in places:
            self.attempts += 1
            if self.attempts > _MAX_ATTEMPTS:
                break
            coerced = self._at(place, branch, value)
            if self._compiled.part_is_valid(place, coerced):
                return coerced
        return value

    def _object(self, pointer: str, schema: JsonObject, value: JsonObject) -> JsonObject:
        properties = cast("JsonObject", schema.get("properties", {}))
        others = schema.get("additionalProperties")
        required = cast("list[str]", schema.get("required", []))
        result: JsonObject = {}
        for name, item in value.items():
            if name not in properties:
                result[name] = self._at(f"{pointer}/additionalProperties", others, item)
                continue
            place = f"{pointer}/properties/{escaped(name)}"
            coerced = self._at(place, properties[name], item)
            left_out = coerced is None and name not in required and not self._compiled.part_is_valid(place, None)
            if not left_out:
                result[name] = coerced
        return result

    def _array(self, pointer: str, schema: JsonObject, value: list[JsonValue]) -> list[JsonValue]:
        items = schema.get("items")
        if isinstance(items, list):  # draft 7 says so what 2020-12 calls `prefixItems`
            first, first_name = cast("list[JsonValue]", items), "items"
            rest, rest_name = schema.get("additionalItems"), "additionalItems"
        else:
            first, first_name = cast("list[JsonValue]", schema.get("prefixItems", [])), "prefixItems"
            rest, rest_name = items, "items"
        return [
            self._at(f"{pointer}/{first_name}/{index}", first[index], item)
            if index < len(first)
            else self._at(f"{pointer}/{rest_name}", rest, item)
            for index, item in enumerate(value)
        ]


def types_of(schema: JsonObject) -> Types:
    """The types that `schema` declares; empty if it declares none."""
    declared = schema.get("type", ())
    return (declared,) if isinstance(declared, str) else tuple(cast("list[str]", declared))


def _referred(schema: JsonValue, reference: str) -> JsonValue:
    """The part that a reference inside the schema means; None for kinds of reference that coercion does not follow."""
    if reference == "#":
        return schema
    if not reference.startswith("#/"):
        return None
    return looked_up(schema, [step.replace("~1", "/").replace("~0", "~") for step in reference[2:].split("/")])


def _to_declared(value: JsonValue, types: Types) -> JsonValue:
    if isinstance(value, str) and types and "string" not in types:
        return _from_text(value, types)
    if isinstance(value, float) and "integer" in types and "number" not in types and value.is_integer():
        return int(value)
    if type(value) is int and "string" in types and not {"integer", "number"} & set(types):
        return str(value)
    return value


def _from_text(text: str, types: Types) -> JsonValue:
    """The value that `text` is the text of, if its type is one of `types`, else `text`."""
    for declared in types:
        value = _read(text.strip(), declared)
        if value is not _NOTHING:
            return value
    return text


def _read(text: str, declared: str) -> JsonValue:
    match declared:
        case "integer" if _INTEGER.fullmatch(text):
            return int(text.partition(".")[0])
        case "number" if _NUMBER.fullmatch(text):
            return _number(text)
        case "boolean" | "null" if text.lower() in _WORDS[declared]:
            return _WORDS[declared][text.lower()]
        case "array" | "object" if text.startswith(_OPENINGS[declared]):
            return _json(text, dict if declared == "object" else list)
        case _:
            return _NOTHING


def _number(text: str) -> JsonValue:
    if _INTEGER.fullmatch(text) and "." not in text:
        return int(text)
    number = float(text)
    return number if abs(number) != float("inf") else _NOTHING


def _json(text: str, kind: type) -> JsonValue:
    try:
        value: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        return _NOTHING
    return copy_json(value)[0] if isinstance(value, kind) else _NOTHING
