"""The shapes of JSON, as type aliases."""

from __future__ import annotations

from typing import Any, TypeAlias

JsonScalar: TypeAlias = str | int | float | bool | None
# Recursive aliases cost more in casts than they find: what is inside is checked by JSON Schema at run time.
JsonValue: TypeAlias = Any
JsonObject: TypeAlias = dict[str, JsonValue]
