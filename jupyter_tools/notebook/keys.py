"""Whether a provider's key was found, in words. Never the key."""

from __future__ import annotations

from jupyter_tools.auth import find_key

_KEYLESS = ("local", "ollama", "scripted")
_SHARED = {"responses": "openai"}  # the same server behind another wire


def key_status(provider: str, base_url: str | None = None) -> str:
    """What `%agent` says about the key of a provider."""
    if provider in _KEYLESS:
        return "not needed"
    owner = _SHARED.get(provider, provider)
    variable = f"{owner.upper()}_API_KEY"
    if find_key(owner, [variable]) is not None:
        return "found"
    return "none; the server may not need one" if base_url else f"not found; set {variable}"
