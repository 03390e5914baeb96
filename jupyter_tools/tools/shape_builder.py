"""`ShapeBuilder`: from type annotations to their shapes, containers, unions and nested classes included."""

from __future__ import annotations

import base64
import collections.abc
import datetime
import decimal
import enum
import pathlib
import types
import typing
import uuid
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.tools.class_shapes import class_shape
from jupyter_tools.tools.compiled_schema import CompiledSchema
from jupyter_tools.tools.constraints import constraints_of
from jupyter_tools.tools.shapes import JSON_TYPES, NoShapeError, Shape, applied, choice, json_of
from jupyter_tools.tools.tool import Converter


def _text(format_name: str, convert: Converter) -> Shape:
    return Shape({"type": "string", "format": format_name}, convert)


def _from_base64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _decimal(number: float) -> decimal.Decimal:
    return decimal.Decimal(str(number))


_SIMPLE: dict[Any, Shape] = {
    **{kind: Shape({"type": name}) for kind, name in JSON_TYPES.items()},
    None: Shape({"type": "null"}),
    Any: Shape({}),
    object: Shape({}),
    list: Shape({"type": "array"}),
    tuple: Shape({"type": "array"}, tuple),
    set: Shape({"type": "array", "uniqueItems": True}, set),
    frozenset: Shape({"type": "array", "uniqueItems": True}, frozenset),
    dict: Shape({"type": "object"}),
    collections.abc.Sequence: Shape({"type": "array"}),
    collections.abc.Iterable: Shape({"type": "array"}),
    collections.abc.Mapping: Shape({"type": "object"}),
    datetime.datetime: _text("date-time", datetime.datetime.fromisoformat),
    datetime.date: _text("date", datetime.date.fromisoformat),
    datetime.time: _text("time", datetime.time.fromisoformat),
    uuid.UUID: _text("uuid", uuid.UUID),
    pathlib.Path: _text("path", pathlib.Path),
    pathlib.PurePath: _text("path", pathlib.PurePath),
    decimal.Decimal: Shape({"type": "number"}, _decimal),
    bytes: Shape({"type": "string", "contentEncoding": "base64"}, _from_base64),
}
_LISTS = {
    list,
    collections.abc.Sequence,
    collections.abc.MutableSequence,
    collections.abc.Iterable,
    collections.abc.Collection,
}
_SETS: dict[Any, type] = {
    set: set,
    frozenset: frozenset,
    collections.abc.Set: frozenset,
    collections.abc.MutableSet: set,
}
_DICTS = {dict, collections.abc.Mapping, collections.abc.MutableMapping}
_WRAPPERS = {typing.Required, typing.NotRequired, typing.Final, typing.ClassVar}


class ShapeBuilder:
    """Makes the shapes of one tool's annotations.

    Attributes:
        defs: The `$defs` of the classes met so far; they belong into the tool's schema.

    Args:
        namespace: Names for annotations that are text, where a class's own module does not have them.
    """

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self.defs: JsonObject = {}
        self._namespace = namespace
        self._references: dict[type, str] = {}
        self._converters: dict[type, Converter] = {}

    def shape(self, annotation: Any) -> Shape:
        """The shape of an annotation.

        Raises:
            NoShapeError: If it has none.
        """
        origin, arguments = get_origin(annotation), get_args(annotation)
        if not arguments:
            return self._named(origin or annotation)
        if origin is Annotated:
            return self._annotated(arguments[0], arguments[1:])
        if origin in (Union, types.UnionType):
            return self._union(arguments)
        if origin is Literal:
            return choice({json_of(value): value for value in arguments})
        return self._container(annotation, origin, arguments)

    def _named(self, annotation: Any) -> Shape:
        simple = _SIMPLE.get(annotation) if isinstance(annotation, collections.abc.Hashable) else None
        if simple is not None:
            return Shape(dict(simple.schema), simple.convert)
        for alias in ("__supertype__", "__value__"):  # NewType, and `type X = ...`
            if hasattr(annotation, alias):
                return self.shape(getattr(annotation, alias))
        if not isinstance(annotation, type):
            raise NoShapeError(annotation)
        cls = cast("type[Any]", annotation)
        if issubclass(cls, enum.Enum):
            return choice({json_of(member): member for member in cls})
        return self._class(cls)

    def _annotated(self, annotation: Any, metadata: tuple[Any, ...]) -> Shape:
        shape = self.shape(annotation)
        return Shape({**shape.schema, **constraints_of(metadata, shape.schema)}, shape.convert)

    def _container(self, annotation: Any, origin: Any, arguments: tuple[Any, ...]) -> Shape:
        if origin in _WRAPPERS:
            return self.shape(arguments[0])
        if origin in _LISTS:
            item = self.shape(arguments[0])
            return Shape({"type": "array", "items": item.schema}, _each(item.convert, list, always=False))
        if origin in _SETS:
            item = self.shape(arguments[0])
            schema = {"type": "array", "items": item.schema, "uniqueItems": True}
            return Shape(schema, _each(item.convert, _SETS[origin], always=True))
        if origin is tuple:
            return self._tuple(arguments)
        if origin in _DICTS:
            return self._dict(annotation, *arguments)
        raise NoShapeError(annotation)

    def _tuple(self, arguments: tuple[Any, ...]) -> Shape:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            item = self.shape(arguments[0])
            return Shape({"type": "array", "items": item.schema}, _each(item.convert, tuple, always=True))
        items = [self.shape(argument) for argument in arguments]
        size = len(items)
        schema: JsonObject = {"type": "array", "prefixItems": [item.schema for item in items], "items": False}
        schema |= {"minItems": size, "maxItems": size}
        converts = [item.convert for item in items]
        return Shape(schema, lambda values: tuple(map(applied, converts, values)))

    def _dict(self, annotation: Any, key: Any, value: Any) -> Shape:
        keys, values = self.shape(key), self.shape(value)
        schema: JsonObject = {"type": "object", "additionalProperties": values.schema}
        if not values.schema:
            del schema["additionalProperties"]
        if key is int:
            schema["propertyNames"] = {"pattern": "^-?[0-9]+$"}
            keys = Shape({}, int)
        elif keys.schema and keys.schema.get("type") != "string":
            raise NoShapeError(annotation)
        elif keys.schema not in ({}, {"type": "string"}):
            schema["propertyNames"] = keys.schema
        if keys.convert is None and values.convert is None:
            return Shape(schema)
        return Shape(
            schema, lambda items: {applied(keys.convert, k): applied(values.convert, v) for k, v in items.items()}
        )

    def _union(self, arguments: tuple[Any, ...]) -> Shape:
        members = [self.shape(argument) for argument in arguments]
        schema: JsonObject = {"anyOf": [member.schema for member in members]}
        if all(member.convert is None for member in members):
            return Shape(schema)
        others = [member for member in members if member.schema != {"type": "null"}]
        if len(others) == 1:
            convert = cast("Converter", others[0].convert)
            return Shape(schema, lambda value: None if value is None else convert(value))
        return Shape(schema, _FirstThatFits(members, self.defs))

    def _class(self, cls: type) -> Shape:
        if cls in self._references:  # met before, or inside itself
            converters = self._converters  # and not `self`: a tool must not keep the names around it alive
            return Shape(self._reference(cls), lambda value: applied(converters.get(cls), value))
        name = self._references[cls] = self._free_name(cls.__name__)
        self.defs[name] = {}
        shape = class_shape(cls, self.shape, self.defs, self._namespace)
        self.defs[name] = shape.schema
        if shape.convert is not None:
            self._converters[cls] = shape.convert
        return Shape(self._reference(cls), shape.convert)

    def _reference(self, cls: type) -> JsonObject:
        return {"$ref": f"#/$defs/{self._references[cls]}"}

    def _free_name(self, name: str) -> str:
        free, count = name, 1
        while free in self.defs:
            count += 1
            free = f"{name}{count}"
        return free


class _FirstThatFits:
    """Converts by the first member of a union that the JSON value is valid for."""

    def __init__(self, members: list[Shape], defs: JsonObject) -> None:
        self._members = members
        self._defs = defs

    @cached_property
    def _checked(self) -> list[tuple[CompiledSchema, Converter | None]]:
        return [
            (CompiledSchema({**member.schema, "$defs": self._defs}, "union"), member.convert)
            for member in self._members
        ]

    def __call__(self, value: JsonValue) -> Any:
        problem: Exception = ValueError("the value fits none of the declared types")
        for schema, convert in self._checked:
            if schema.is_valid(value):
                try:
                    return applied(convert, value)
                except (ValueError, TypeError, ArithmeticError) as error:
                    problem = error
        raise problem


def _each(convert: Converter | None, make: Callable[[Iterable[Any]], Any], *, always: bool) -> Converter | None:
    """Converts the items of an array and makes a collection of them; None if a plain list of plain items will do."""
    if convert is None:
        return make if always else None
    return lambda values: make(map(convert, values))
