"""Hashes of what a run was sent, to tell whether two runs were asked the same. Each is worked out once."""

from __future__ import annotations

import json
from functools import lru_cache

from jupyter_tools.digests import digest
from jupyter_tools.json_types import JsonValue
from jupyter_tools.tools.tool import AgentTool

_MOST_KEPT = 100
_kept: dict[tuple[int, ...], tuple[tuple[AgentTool, ...], str]] = {}


@lru_cache(maxsize=_MOST_KEPT)
def text_hash(text: str) -> str:
    """The hash of a text."""
    return _hash(text)


def tools_hash(tools: tuple[AgentTool, ...]) -> str:
    """The hash of the tools' names, descriptions and schemas; kept, for a hundred schemas take a millisecond."""
    key = tuple(map(id, tools))  # the tools are kept as well, so that an id is not used again for another one
    if key not in _kept:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        schemas = [{"name": t.name, "description": t.description, "parameters": t.parameters} for t in tools]
        _kept[key] = tools, _hash(schemas)
    return _kept[key][1]


def _hash(value: JsonValue) -> str:
    return digest(json.dumps(value, sort_keys=True, ensure_ascii=False))
