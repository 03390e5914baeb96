"""What the metadata of `Annotated[...]` adds to a schema: descriptions and limits.

Known are plain text (a description), dicts (merged as they are), and anything with the attributes that annotated-types,
pydantic's `Field` and PEP 727's `Doc` have. None of those packages is imported.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from jupyter_tools.json_types import JsonObject

_LIMITS = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
    "pattern": "pattern",
}
_LENGTHS = {"string": "Length", "array": "Items", "object": "Properties"}


def constraints_of(metadata: Iterable[Any], schema: JsonObject) -> JsonObject:
    """The keywords that `metadata` adds to `schema`."""
    keywords: JsonObject = {}
    for item in metadata:
        if isinstance(item, str):
            keywords["description"] = item
        elif isinstance(item, dict):
            keywords |= cast("JsonObject", item)
        else:
            keywords |= _by_attributes(item, schema)
    return keywords


def _by_attributes(item: Any, schema: JsonObject) -> JsonObject:
    keywords = constraints_of(getattr(item, "metadata", None) or (), schema)  # a Field keeps its limits there
    description = getattr(item, "description", None) or getattr(item, "documentation", None)
    if isinstance(description, str):
        keywords["description"] = description
    for attribute, keyword in _LIMITS.items():
        if isinstance(value := getattr(item, attribute, None), int | float | str):
            keywords[keyword] = value
    length = _LENGTHS.get(str(schema.get("type")))
    for attribute, side in (("min_length", "min"), ("max_length", "max")):
        if length is not None and isinstance(value := getattr(item, attribute, None), int):
            keywords[side + length] = value
    return keywords
