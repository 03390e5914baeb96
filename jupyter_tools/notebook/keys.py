"""Whether a provider's key was found, in words, and asking for one. Never the key."""

from __future__ import annotations

import getpass

from IPython.core.error import StdinNotImplementedError

from jupyter_tools.auth import Secret, find_key, key_place, store_key
from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.providers.registry import provider_names

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


def providers_with_keys() -> list[str]:
    """The providers that want a key."""
    return [name for name in provider_names() if name not in _KEYLESS]


def login(provider: str) -> str:
    """Ask for the key of a provider in a hidden field and keep it. Before it is typed, it says where.

    Raises:
        UnknownNameError: If there is no such provider.
        ConfigurationError: If nobody can be asked, nothing was typed, or it cannot be kept.
    """
    owner = _SHARED.get(provider, provider)
    known = providers_with_keys()
    if provider not in known:
        raise UnknownNameError("provider with a key", provider, known)
    place = key_place(owner)
    try:
        # nothing but the secret holds what was typed: a traceback may show variables
        key = Secret(getpass.getpass(f"API key of {owner} (it is kept in {place}): ").strip())
    except StdinNotImplementedError:
        raise ConfigurationError(f"Nobody can be asked here. Set {owner.upper()}_API_KEY instead.") from None
    if not key:
        raise ConfigurationError("No key was given, and none is kept.")
    store_key(owner, key)
    return f"The key of {owner} is kept in {place}."
