"""Servers that speak OpenAI's chat completions, by the provider's name and its address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

KNOWN_SERVERS: Mapping[str, str] = {
    "openai": "https://api.openai.com/v1",
    "deepseek": "https://api.deepseek.com",
    "gemini": "https://generativelanguage.googleapis.com/v1beta/openai",
    "groq": "https://api.groq.com/openai/v1",
    "mistral": "https://api.mistral.ai/v1",
    "openrouter": "https://openrouter.ai/api/v1",
}
_HOST = re.compile(r"\w+://([^/:]+)")


def host_of(base_url: str) -> str | None:
    """The host's name in an address; None if there is none."""
    found = _HOST.match(base_url)
    return found[1] if found else None


_OWNERS = {host_of(address): name for name, address in KNOWN_SERVERS.items()}


@cache
def owner_of(base_url: str) -> str | None:
    """The provider whose server is at `base_url`; None if it is nobody's that we know."""
    return _OWNERS.get(host_of(base_url))
