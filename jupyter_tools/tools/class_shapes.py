"""Shapes of classes with named fields: dataclasses, TypedDicts, named tuples and pydantic models."""

from __future__ import annotations

import dataclasses
import json
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.tools.docstrings import documentation_of
from jupyter_tools.tools.shapes import NoShapeError, Shape, ShapeOf, applied, with_default
from jupyter_tools.tools.tool import Converter


@dataclass(frozen=True, slots=True)
class _Record:
    """What the kinds of classes have in common. `defaults` holds all optional fields, None where no value is known."""

    fields: list[str]
    defaults: Mapping[str, Any]
    make: Callable[[dict[str, Any]], Any]


def class_shape(cls: type, shape_of: ShapeOf, defs: JsonObject, namespace: Mapping[str, Any]) -> Shape:
    """The shape of a class.

    Args:
        cls: The class.
        shape_of: Gives the shapes of its fields.
        defs: Where a pydantic model's own definitions go.
        namespace: Names for annotations that are text, where the class's module does not have them.

    Raises:
        NoShapeError: If it is no class with named fields.
    """
    if hasattr(cls, "model_json_schema") and hasattr(cls, "model_validate"):
        return _pydantic_shape(cls, defs)
    hints = typing.get_type_hints(cls, localns={**namespace, cls.__name__: cls}, include_extras=True)
    record = _record_of(cls, hints)
    shapes = {name: shape_of(hints[name]) for name in record.fields}
    converters = {name: shape.convert for name, shape in shapes.items() if shape.convert is not None}
    schema = _record_schema(cls, record, shapes)
    if record.make is dict and not converters:
        return Shape(schema)
    return Shape(schema, _record_converter(converters, record.make))


def _record_of(cls: Any, hints: Mapping[str, Any]) -> _Record:
    if dataclasses.is_dataclass(cls):
        fields = [field for field in dataclasses.fields(cls) if field.init]
        return _Record([field.name for field in fields], _dataclass_defaults(fields), _maker(cast("type", cls)))
    if typing.is_typeddict(cls):
        return _Record(list(hints), dict.fromkeys(_optional_keys(cls, hints)), dict)
    if hasattr(cls, "_field_defaults"):  # a named tuple
        return _Record(list(cls._fields), cls._field_defaults, _maker(cls))
    raise NoShapeError(cls)


def _maker(cls: Callable[..., Any]) -> Callable[[dict[str, Any]], Any]:
    return lambda values: cls(**values)


def _dataclass_defaults(fields: list[dataclasses.Field[Any]]) -> dict[str, Any]:
    missing = dataclasses.MISSING
    return {
        field.name: None if field.default is missing else field.default
        for field in fields
        if field.default is not missing or field.default_factory is not missing
    }


def _optional_keys(cls: Any, hints: Mapping[str, Any]) -> list[str]:
    """Asks the annotations first: `__required_keys__` does not know those that were text when the class was made."""
    marks = {typing.Required: True, typing.NotRequired: False}
    required = cast("frozenset[str]", cls.__required_keys__)
    return [name for name, hint in hints.items() if not marks.get(typing.get_origin(hint), name in required)]


def _record_schema(cls: type, record: _Record, shapes: Mapping[str, Shape]) -> JsonObject:
    documentation = documentation_of(cls)
    properties: JsonObject = {}
    for name, shape in shapes.items():
        description = documentation.parameters.get(name)
        described = {"description": description, **shape.schema} if description else shape.schema
        properties[name] = with_default(described, record.defaults.get(name))
    schema: JsonObject = {"type": "object", "properties": properties}
    required = [name for name in record.fields if name not in record.defaults]
    return {**schema, **({"required": required} if required else {}), "additionalProperties": False}


def _record_converter(converters: Mapping[str, Converter], make: Callable[[dict[str, Any]], Any]) -> Converter:
    def convert(values: Mapping[str, JsonValue]) -> Any:
        return make({name: applied(converters.get(name), value) for name, value in values.items()})

    return convert


def _pydantic_shape(model: Any, defs: JsonObject) -> Shape:
    """Pydantic writes the schema and makes the instance. Its definitions get names of their own beside ours."""
    prefix = f"{model.__name__}."
    schema: JsonObject = model.model_json_schema(ref_template=f"#/$defs/{prefix}{{model}}")
    own = cast("JsonObject", schema.pop("$defs", {}))
    defs.update({f"{prefix}{name}": part for name, part in own.items()})
    return Shape(json.loads(json.dumps(schema)), model.model_validate)
