"""Holding a model to the schema of its answer, where its server can."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import cast

from jupyter_tools.errors import ProviderError
from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.providers.base import Request

_REFUSED = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY}
_ABOUT_SCHEMA = re.compile(r"schema|format|grammar|structured|output_config", re.IGNORECASE)
_LIMITS_OF_VALUES = {
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems"),
}
_NAMED_SCHEMAS = ("properties", "$defs", "definitions")
_VALUES = ("enum", "const", "default", "examples")


def options_of(request: Request, *, strict: bool = False) -> Mapping[str, JsonValue]:
    """The request's options, and the `response_format` that its schema asks for. The caller's own wins, also None."""
    schema, options = request.output_schema, request.model.options
    if schema is None:
        return options
    held = {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": strict_schema(schema) if strict else schema},
    }
    return {"response_format": held, **options}


def refuses_schema(failure: ProviderError) -> bool:
    """Whether a server says no because it cannot hold its model to this schema, or to any."""
    return failure.status in _REFUSED and _ABOUT_SCHEMA.search(str(failure)) is not None


def strict_schema(schema: JsonObject) -> JsonObject:
    """The schema as servers want it that enforce it strictly: closed objects, and no limits of values.

    What is left out is checked here all the same when the answer has come.
    """
    strict = {name: _strict(name, value) for name, value in schema.items() if name not in _LIMITS_OF_VALUES}
    return {**strict, "additionalProperties": False} if "properties" in schema else strict


def _strict(name: str, value: JsonValue) -> JsonValue:
    if name in _VALUES:
        return value
    if name in _NAMED_SCHEMAS and isinstance(value, dict):  # a property may have any name, "minimum" as well
        return {key: _strict("", item) for key, item in cast("JsonObject", value).items()}
    if isinstance(value, list):
        return [_strict("", item) for item in cast("list[JsonValue]", value)]
    return strict_schema(cast("JsonObject", value)) if isinstance(value, dict) else value
