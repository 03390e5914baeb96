"""Which models can be asked from here, now: embedded ones, those of servers on this machine, those a key opens."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.providers.base import Model
from jupyter_tools.providers.http_provider import names_in
from jupyter_tools.providers.http_wire import HttpWire
from jupyter_tools.providers.model_catalogue import CATALOGUE
from jupyter_tools.providers.model_files import is_pulled
from jupyter_tools.providers.registry import provider_for, provider_names
from jupyter_tools.providers.transport import Call

# Where servers that speak OpenAI's protocol listen unless told otherwise. Ollama is a provider of its own.
LOCAL_SERVERS: Mapping[str, str] = {
    "llama.cpp": "http://127.0.0.1:8080/v1",
    "LM Studio": "http://127.0.0.1:1234/v1",
    "vLLM": "http://127.0.0.1:8000/v1",
}
_LOCAL_TIMEOUT_S = 2.0  # where nobody listens it is known at once; one who is writing an answer takes a while
_REMOTE_TIMEOUT_S = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailableModel:
    """A model that can be asked.

    Attributes:
        model: What to write: "provider:name".
        where: Where it runs, in words.
        base_url: The address to give along with it, or None.
        ready: False if its weights are fetched at the first use.
    """

    model: str
    where: str
    base_url: str | None = None
    ready: bool = True


async def available_models(
    servers: Mapping[str, str] = LOCAL_SERVERS, *, timeout_s: float = _LOCAL_TIMEOUT_S
) -> tuple[AvailableModel, ...]:
    """All models that are there. Who does not answer in time has none; no key goes to a server that was only found.

    Args:
        servers: Servers of this machine to ask: names and base_urls.
        timeout_s: How long a server of this machine may take. The others have four seconds.
    """
    import httpx

    providers = _providers()  # before the clocks run: loading them takes longer than a server may
    async with httpx.AsyncClient(trust_env=False, timeout=timeout_s) as client:  # a proxy has no say on this machine
        asked = [_of_server(HttpWire(client=client), name, base_url, timeout_s) for name, base_url in servers.items()]
        found = await asyncio.gather(*asked, *(_of_provider(name, provider) for name, provider in providers.items()))
    return (*_embedded(), *(model for models in found for model in models))


def _embedded() -> list[AvailableModel]:
    return [
        AvailableModel(model=f"local:{entry.name}", where="in this process", ready=is_pulled(entry))
        for entry in CATALOGUE.values()
    ]


async def _of_server(wire: HttpWire, name: str, base_url: str, timeout_s: float) -> list[AvailableModel]:
    call = Call(provider=name, url=f"{base_url}/models", method="GET")
    names = names_in(await wire.document(call, timeout_s))
    return [
        AvailableModel(model=f"openai:{model}", where=f"{name} at {base_url}", base_url=base_url) for model in names
    ]


def _providers() -> dict[str, Any]:
    """Those that may list their models; without packages that cannot be loaded."""
    found: dict[str, Any] = {}
    for name in provider_names():
        with suppress(ConfigurationError):
            provider = None if name in ("local", "scripted") else provider_for(Model(provider=name, name=""))
            if hasattr(provider, "model_names"):
                found[name] = provider
    return found


async def _of_provider(name: str, provider: Any) -> list[AvailableModel]:
    try:
        async with asyncio.timeout(_REMOTE_TIMEOUT_S):
            names = cast("tuple[str, ...]", await provider.model_names())
    except (ConfigurationError, TimeoutError):  # no key, no answer
        return []
    return [AvailableModel(model=f"{name}:{model}", where=name) for model in names]
