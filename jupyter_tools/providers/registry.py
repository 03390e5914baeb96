"""Which providers there are, and how `"provider:model"` text becomes a `Model`.

Providers are entry points of the group `jupyter_tools.providers`: a name, and a class whose constructor takes no
argument. Ours are registered in the same way as other people's. Nothing is imported before it is used.
"""

from __future__ import annotations

import os
import re
import threading
import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import cast

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.json_types import JsonValue
from jupyter_tools.providers.base import Model, Provider
from jupyter_tools.providers.model_catalogue import CATALOGUE

ENTRY_POINT_GROUP = "jupyter_tools.providers"
DEFAULT_MODEL = "local:qwen2.5-coder-0.5b"
DEFAULT_MODEL_VARIABLE = "JUPYTER_TOOLS_MODEL"

_OLLAMA_TAG = re.compile(r"latest|[\d.]+[bm].*")  # as in llama3:8b

_instances: dict[str, Provider] = {}
_lock = threading.Lock()


def provider_names() -> tuple[str, ...]:
    """The names of the installed providers, sorted."""
    return tuple(sorted(_entry_points()))


def default_model_text() -> str:
    """The model that answers when none is named: `JUPYTER_TOOLS_MODEL`, or a small one that runs in this process."""
    return os.environ.get(DEFAULT_MODEL_VARIABLE, "").strip() or DEFAULT_MODEL


def parse_model(
    text: str | None, *, base_url: str | None = None, options: Mapping[str, JsonValue] | None = None
) -> Model:
    """The model that `text` names.

    The text is split at its first colon only if a provider stands before it: `openai:gpt-4o-mini` names a provider,
    `llama3:8b` does not. A name alone is looked for among the embedded models; with a `base_url` it is a model of that
    OpenAI-compatible server.

    Args:
        text: `provider:model`, the name of an embedded model, the path of a GGUF file, or None for the default. Several
            with commas between are a chain: the first one answers, and the others where it cannot.
        base_url: Where the provider's server is, if not in its usual place. In a chain it is the first one's, and that
            of the others of the same provider.
        options: Options of the request, passed on as they are.

    Raises:
        UnknownNameError: If the text names no provider and no embedded model. It says what may have been meant.
        ConfigurationError: If the text names no model, or a key stands among the options.
    """
    chain = (text or "").strip() or default_model_text()
    first, *others = [part.strip() for part in chain.split(",")]
    if not all((first, *others)):
        raise ConfigurationError(f"{chain!r} is a chain with a gap. Write models with one comma between two of them.")
    model = _parsed(first, base_url, dict(options or {}))
    if not others:
        return model
    same = {model.provider: base_url}
    return replace(model, fallbacks=tuple(_fallback(text, same, model.options) for text in others))


def _fallback(text: str, addresses: Mapping[str, str | None], options: Mapping[str, JsonValue]) -> Model:
    provider = text.partition(":")[0].strip().lower()
    return _parsed(text, addresses.get(provider), dict(options))


def _parsed(text: str, base_url: str | None, options: dict[str, JsonValue]) -> Model:
    left, colon, right = text.partition(":")
    provider = left.strip().lower()
    if colon and provider in _entry_points():
        name = right.strip()
    else:
        provider, name = _provider_of_bare_name(text, base_url), text
    if not name:
        raise ConfigurationError(f"{text!r} names a provider but no model. Write {provider}:MODEL.")
    return Model(provider=provider, name=name, base_url=base_url, options=options)


def _provider_of_bare_name(text: str, base_url: str | None) -> str:
    if text.lower().endswith(".gguf") or text in CATALOGUE:
        return "local"
    if base_url is not None:
        return "openai"
    raise UnknownNameError("model", text, _what_may_be_meant(text))


def _what_may_be_meant(text: str) -> list[str]:
    left, colon, right = text.partition(":")
    if _OLLAMA_TAG.fullmatch(right):
        return [f"ollama:{text}"]
    provider = UnknownNameError("provider", left, _entry_points()).nearest if colon else None
    if provider is not None:
        return [f"{provider}:{right}"]
    embedded = UnknownNameError("model", text, CATALOGUE).nearest
    meant = f"local:{embedded}" if embedded else f"{_likely_provider(text)}:{text}"
    if UnknownNameError("model", text, [meant]).nearest is not None:
        return [meant]
    return [*(f"local:{name}" for name in CATALOGUE), f"openai:{text}"]  # too far off for a guess: what there is


def _likely_provider(text: str) -> str:
    likely = "ollama" if ":" in text else "anthropic" if text.startswith("claude") else "openai"
    return likely if likely in _entry_points() else "openai"


def provider_for(model: Model) -> Provider:
    """The provider that answers for `model`: one instance for each name, shared by the whole process.

    Raises:
        UnknownNameError: If there is no such provider.
        ConfigurationError: If the package that offers it is broken.
    """
    with _lock:
        if model.provider not in _instances:
            _instances[model.provider] = _load(model.provider)()
        return _instances[model.provider]


def _load(name: str) -> Callable[[], Provider]:
    known = _entry_points()
    if name not in known:
        raise UnknownNameError("provider", name, known)
    try:
        return cast("Callable[[], Provider]", known[name].load())
    except (ImportError, AttributeError, SyntaxError) as error:
        raise ConfigurationError(
            f"The provider {name!r} of {_package_of(known[name])} cannot be loaded: {error}"
        ) from error


@cache
def _entry_points() -> dict[str, EntryPoint]:
    found: dict[str, EntryPoint] = {}
    # ours first, so that an installed package cannot take over a name by accident
    for point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda p: not p.value.startswith("jupyter_tools.")):
        name = point.name.lower()
        if name not in found:
            found[name] = point
        elif found[name].value != point.value:
            message = f"The provider {name!r} of {_package_of(point)} is not used: the name is taken."
            warnings.warn(message, RuntimeWarning, stacklevel=3)
    return found


def _package_of(point: EntryPoint) -> str:
    return f"the package {point.dist.name!r}" if point.dist is not None else repr(point.value)
