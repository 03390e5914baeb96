"""A copy of a JSON value that is small and flat enough to be checked."""

from __future__ import annotations

from typing import Any, cast

from jupyter_tools.json_types import JsonObject, JsonValue

_SCALARS = {int, bool, type(None)}
MAX_CHARACTERS = 10_000_000
MAX_DEPTH = 100  # a compiled validator walks on the C stack: far below what could overflow it


class TooLargeError(ValueError):
    """A value that is nested too deeply or is too long. The text is for a model."""


def copy_json(value: JsonValue) -> tuple[JsonValue, bool]:
    """A deep copy, and whether it holds a float that is a whole number, which JSON Schema takes for an integer.

    Raises:
        TooLargeError: If there are more than `MAX_DEPTH` levels or about `MAX_CHARACTERS` characters of JSON text.
        ValueError: If a key is no text, or half of a character stands in a text.
    """
    flat = _flat_copy(value)
    if flat is not None:
        return flat, False
    copier = _Copier()
    copy = copier.copied(value, 0)
    copier.check_length()
    return copy, copier.whole_floats


def _flat_copy(value: JsonValue) -> JsonValue:
    """A copy of what most arguments are, a small object of scalars, in a tenth of the time; None if it is not."""
    if type(value) is not dict:
        return None
    small = cast("JsonObject", value)
    try:
        characters = len("".join(small))
    except TypeError:  # a name is no text
        return None
    for item in small.values():
        kind: Any = type(item)  # pyright: ignore[reportUnknownVariableType]
        if kind is str:
            characters += len(item) if item.isascii() else _length(item)
        elif kind not in _SCALARS:
            return None
    return small.copy() if characters < MAX_CHARACTERS else None


def _length(text: str) -> int:
    """How many characters there are, each of them whole: JSON can say half of a pair, and no file could hold it."""
    text.encode()
    return len(text)


class _Copier:
    __slots__ = ("characters", "whole_floats")

    def __init__(self) -> None:
        self.characters = 0
        self.whole_floats = False

    def copied(self, value: JsonValue, depth: int) -> JsonValue:
        kind = cast("type[Any]", type(value))
        if kind is str:
            self.characters += len(value) if value.isascii() else _length(value)
        elif kind is dict:
            self._enter(depth, len(value))
            return {self.key(name): self.copied(item, depth + 1) for name, item in value.items()}
        elif kind is list or kind is tuple:
            self._enter(depth, len(value))
            return [self.copied(item, depth + 1) for item in value]
        elif kind is float and value.is_integer():
            self.whole_floats = True
        return value

    def key(self, name: object) -> str:
        if not isinstance(name, str):
            raise ValueError(f"the key {name!r} is no text")  # a wrong value, like every other here
        self.characters += len(name)
        return name

    def _enter(self, depth: int, size: int) -> None:
        self.characters += 2 * size
        if depth >= MAX_DEPTH:
            raise TooLargeError(f"nested more than {MAX_DEPTH} levels deep; send a flatter value")
        self.check_length()

    def check_length(self) -> None:
        if self.characters > MAX_CHARACTERS:
            raise TooLargeError(f"longer than {MAX_CHARACTERS:,} characters; send less, or the name of a file")
