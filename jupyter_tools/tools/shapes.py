"""`Shape`: what a type annotation means in JSON Schema, and how a JSON value becomes what the annotation says."""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.tools.tool import Converter

JSON_TYPES: dict[type, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """The JSON Schema of an annotation, and how to make its value from JSON; None where JSON's value is the value."""

    schema: JsonObject
    convert: Converter | None = None


ShapeOf: TypeAlias = Callable[[Any], Shape]


class NoShapeError(ValueError):
    """An annotation that has no form in JSON."""

    def __init__(self, annotation: Any) -> None:
        name = annotation.__qualname__ if isinstance(annotation, type) else repr(annotation)
        super().__init__(
            f"{name} has no form in JSON. Use a plain type, a dataclass, a TypedDict, an Enum or a Literal"
        )


def applied(convert: Converter | None, value: Any) -> Any:
    """`value`, converted if there is a converter."""
    return value if convert is None else convert(value)


def choice(members: Mapping[JsonValue, Any]) -> Shape:
    """The shape of one of some values: JSON value -> the value it stands for."""
    schema: JsonObject = {"enum": list(members)}
    kinds = list(dict.fromkeys(JSON_TYPES[type(value)] for value in members))
    schema["type"] = kinds[0] if len(kinds) == 1 else kinds
    if all(value is member for value, member in members.items()):
        return Shape(schema)
    return Shape(schema, members.__getitem__)


def json_of(value: Any) -> JsonValue:
    """The JSON value that stands for a member of an Enum or Literal: its value where JSON has it, else its name."""
    plain = value.value if isinstance(value, enum.Enum) else value
    if type(plain) in JSON_TYPES:
        return plain
    if isinstance(value, enum.Enum):
        return value.name
    raise NoShapeError(value)


def with_default(schema: JsonObject, default: Any) -> JsonObject:
    """`schema` with its default, where JSON can say it. None says no more than "not required" and is left out."""
    value = json_of(default) if isinstance(default, enum.Enum) else default
    if value is None:
        return schema
    try:
        return {**schema, "default": json.loads(json.dumps(value, allow_nan=False))}
    except (TypeError, ValueError):
        return schema
