"""Names that every provider accepts, for tools that servers name as they like."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

_LONGEST = 64
_OTHER = re.compile(r"[^A-Za-z0-9_-]+")


def tool_names(server: str, names: Iterable[str]) -> list[str]:
    """A name for each of a server's tools, "SERVER_TOOL", all of them different, of letters, digits, '_' and '-'."""
    made: list[str] = []
    for name in names:
        plain = _shortened(f"{server}_{_OTHER.sub('_', name)}", name)
        made.append(plain if plain not in made else _shortened(f"{plain}_{_digest(f'{len(made)} {name}')}", name))
    return made


def _shortened(made: str, name: str) -> str:
    return made if len(made) <= _LONGEST else f"{made[: _LONGEST - 9]}_{_digest(f'{made} {name}')}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:8]
