"""Python values as text and back: `encode` and `decode`.

A string is kept as it is, after a "="; all else is JSON. What JSON knows stays as it is. The rest becomes an object
with one tag, `{"$bytes": "..."}`, and comes back as what it was: bytes, dates, NaN, sets, arrays, frames, messages.
What cannot come back is kept as its type and a bounded description, a `StoredObject`. Reading runs no code of the
file's author: there is no pickle in it.
"""

from __future__ import annotations

import functools
import json
import math
import reprlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jupyter_tools.json_writer import json_writer
from jupyter_tools.traces.codecs import READERS, codec_for

PLAIN_TEXT = "="  # no JSON text begins like this
_MAX_DEPTH = 100
_AT_ONCE = 10_000
_PLAIN = frozenset({str, int, bool, type(None)})
_NAMES = frozenset({str})
_RESISTANCE = (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)
_describe = reprlib.Repr()  # bounded, and survives objects whose own repr raises
_describe.maxother = _describe.maxstring = 2000
_to_json = json_writer(allow_nan=False)
_codec_for = functools.lru_cache(1024)(codec_for)


@dataclass(frozen=True, slots=True)
class StoredObject:
    """A value that could not be stored whole.

    Attributes:
        type: The name of its type.
        text: How its `repr` began.
    """

    type: str
    text: str

    def __repr__(self) -> str:
        return self.text


def encode(value: Any) -> str:
    """The value as text. What cannot be stored is described; nothing makes it fail."""
    if type(value) is str and is_utf8(value):
        return PLAIN_TEXT + value
    text = _plainly(value) or _to_json(_plain_dict(value) or _simplified(value, 0))
    if not is_utf8(text):
        return json.dumps(json.loads(text))
    return text


def decode(text: str) -> Any:
    """The value of a text that `encode` wrote."""
    if text[:1] == PLAIN_TEXT:
        return text[1:]
    return json.loads(text, object_hook=_restored if '{"$' in text else None)


def decode_all(texts: Sequence[str]) -> list[Any]:
    """`decode` for many texts at once, which is much faster."""
    values: list[Any] = [text[1:] for text in texts]
    places = [place for place, text in enumerate(texts) if text[:1] != PLAIN_TEXT]
    for start in range(0, len(places), _AT_ONCE):
        some = places[start : start + _AT_ONCE]
        for place, value in zip(some, decode(f"[{','.join([texts[place] for place in some])}]"), strict=True):
            values[place] = value
    return values


def is_utf8(text: str) -> bool:
    """Whether the text can be written as UTF-8: half a surrogate pair, which models do produce, cannot."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def json_text(value: Any) -> str:
    """A JSON value as JSON text that can be written as UTF-8. Tags are left as they are: it is stored already."""
    text = json.dumps(value, ensure_ascii=False)
    return text if is_utf8(text) else json.dumps(value)


def stored_to_json(stored: str) -> str:
    """What `encode` wrote, as JSON in every case."""
    return json_text(stored[1:]) if stored[:1] == PLAIN_TEXT else stored


def json_to_stored(text: str) -> str:
    """The inverse: as `encode` would have written it."""
    if text[:1] != '"':
        return text
    value = json.loads(text)
    return PLAIN_TEXT + value if is_utf8(value) else text


def snapshot(value: Any, depth: int = 0) -> Any:
    """Dicts and lists copied, so that nobody changes them while they wait to be stored; the rest as it is."""
    kind = type(value)
    if kind is dict and depth < _MAX_DEPTH:
        return {key: item if type(item) in _PLAIN else snapshot(item, depth + 1) for key, item in value.items()}
    if kind is list and depth < _MAX_DEPTH:
        return [item if type(item) in _PLAIN else snapshot(item, depth + 1) for item in value]
    return value


def _plainly(value: Any) -> str | None:
    """What most messages are, without a second look at what their codec writes; None for all else."""
    codec = _codec_for(type(value))
    if codec is None or not codec.is_plain(value):
        return None
    try:
        return _to_json({codec.tag: codec.write(value)})
    except _RESISTANCE:  # somebody's provider has put something else into it
        return None


def _plain_dict(value: Any) -> Any:
    """A copy of a dict of names and plain values, which is what most arguments are; else None."""
    if type(value) is not dict:
        return None
    copy = value.copy()  # at once, since somebody else may be changing the dict
    is_plain = _PLAIN.issuperset(map(type, copy.values())) and _NAMES.issuperset(map(type, copy))
    return copy if is_plain and (len(copy) > 1 or "$" not in next(iter(copy), "$")) else None


def _simplified(value: Any, depth: int) -> Any:
    kind = type(value)
    if kind in _PLAIN or (kind is float and math.isfinite(value)):
        return value
    if depth > _MAX_DEPTH:
        return _described(value)
    if kind is dict:
        return _simplified_dict(value, depth + 1)
    if kind in (list, tuple):
        return [_simplified(item, depth + 1) for item in value]
    return _tagged(value, depth + 1)


def _simplified_dict(value: dict[Any, Any], depth: int) -> Any:
    simplified: dict[str, Any] = {}
    for key, item in list(value.items()):  # a list, since somebody else may be changing the dict
        if type(key) is not str:
            return _tagged(value, depth)
        simplified[key] = item if type(item) in _PLAIN else _simplified(item, depth)
    if len(simplified) == 1 and next(iter(simplified)).startswith("$"):  # would be taken for a tag
        return _tagged(value, depth)
    return simplified


def _tagged(value: Any, depth: int) -> Any:
    codec = _codec_for(type(value))
    if codec is None:
        return _described(value)
    try:
        written = codec.write(value)
    except _RESISTANCE:
        return _described(value)
    stored = _simplified(written, depth)
    return stored if codec.tag is None else {codec.tag: stored}


def _described(value: Any) -> Any:
    if isinstance(value, StoredObject):  # described before
        return {"$object": [value.type, value.text]}
    kind = type(value)
    return {"$object": [f"{kind.__module__}.{kind.__qualname__}", _describe.repr(value)]}


def _restored(stored: dict[str, Any]) -> Any:
    if len(stored) != 1:
        return stored
    ((tag, content),) = stored.items()
    if tag == "$object":
        return StoredObject(*content)
    reader = READERS.get(tag)
    if reader is None:
        return stored
    try:
        return reader(content)
    except (*_RESISTANCE, ImportError):
        return StoredObject(tag, f"<{tag} that cannot be read here>")
