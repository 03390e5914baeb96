"""The shapes of JSON, as type aliases, and how to look into them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias, cast

# Recursive aliases cost more in casts than they find: what is inside is checked by JSON Schema at run time.
JsonValue: TypeAlias = Any
JsonObject: TypeAlias = dict[str, JsonValue]
_MOST = 2**63 - 1  # what a database can hold


def json_reader(constant: Callable[[str], JsonValue] | None = None) -> Callable[[str], JsonValue]:
    """What gives the value of a JSON text, made once. It raises `ValueError`, or `RecursionError` for too many levels.

    `json.loads` looks for blanks with two regular expressions, which takes longer than reading a small value.

    Args:
        constant: Makes a value of NaN or its like, which JSON does not know; None makes the number.
    """
    decoder: Any = json.JSONDecoder(parse_constant=constant)
    scan = decoder.scan_once

    def read(text: str) -> JsonValue:
        text = text.strip(_BLANKS)
        try:
            value, end = scan(text, 0)
        except StopIteration:  # a mistake: `decode` says which
            return decoder.decode(text)
        return value if end == len(text) else decoder.decode(text)

    return read


_BLANKS = " \t\n\r"
read_json = json_reader(str)  # NaN and its like as text


def object_at(data: JsonObject, name: str) -> JsonObject:
    """The object that `data` holds under `name`; an empty one if there is none, or something else."""
    value = data.get(name)
    return cast("JsonObject", value) if isinstance(value, dict) else {}


def text_at(data: JsonObject, name: str) -> str:
    """The text that `data` holds under `name`; empty if there is none, or something else."""
    value = data.get(name)
    return value if isinstance(value, str) else ""


def count_at(data: JsonObject, name: str) -> int:
    """How many `data` says under `name` that there are; 0 if it does not, or says what cannot be."""
    value = data.get(name)
    return value if type(value) is int and 0 <= value <= _MOST else 0


def encodable(text: str) -> str:
    """`text` with U+FFFD for each half of a surrogate pair that is alone: no page, file or server takes one.

    Models write them, and names of files hold them.
    """
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def encodable_json(value: JsonValue) -> JsonValue:
    """The same for all texts in a value."""
    match value:
        case str():
            return encodable(value)
        case dict():
            items = cast("JsonObject", value).items()
            return {encodable_json(name): encodable_json(item) for name, item in items}
        case list():
            return [encodable_json(item) for item in cast("list[JsonValue]", value)]
        case _:
            return value
