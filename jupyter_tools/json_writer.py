"""`json_writer`: the standard library's C encoder, made once. Making it takes longer than writing a small value."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


def json_writer(
    item_separator: str = ", ",
    key_separator: str = ": ",
    default: Callable[[Any], Any] | None = None,
    *,
    allow_nan: bool = True,
) -> Callable[[Any], str]:
    """What writes a value as JSON text; `JSONEncoder.encode` makes its encoder anew for each value.

    Letters of all scripts are written as they are. Values are trees: nothing in them may hold itself.

    Args:
        item_separator: Between items.
        key_separator: Between names and values.
        default: Makes something that JSON knows of what it does not know; None is a TypeError then.
        allow_nan: Whether to write NaN and the infinities, which strict JSON has not; False is a ValueError then.
    """
    separators = item_separator, key_separator
    plain = json.JSONEncoder(
        ensure_ascii=False, check_circular=False, allow_nan=allow_nan, separators=separators, default=default
    )
    make: Any = getattr(json.encoder, "c_make_encoder", None)
    if make is None:  # another Python than CPython
        return plain.encode
    text = json.encoder.encode_basestring
    write = make(None, plain.default, text, None, key_separator, item_separator, False, False, allow_nan)
    return lambda value: "".join(write(value, 0))
