"""Ollama's own API, which knows what its OpenAI-compatible one does not: thinking, the context's length, keep_alive."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, cast

from jupyter_tools.errors import ProviderError, UnknownNameError
from jupyter_tools.events import StreamPart
from jupyter_tools.json_types import JsonValue
from jupyter_tools.providers.base import Model, Request
from jupyter_tools.providers.http_wire import HttpWire, checked_base_url
from jupyter_tools.providers.ollama_messages import request_body
from jupyter_tools.providers.ollama_stream import OllamaDecoder
from jupyter_tools.providers.openai_messages import EncodedOnce
from jupyter_tools.providers.retry import RetryPolicy
from jupyter_tools.providers.transport import Call

if TYPE_CHECKING:
    import httpx

DEFAULT_BASE_URL = "http://localhost:11434"
HOST_VARIABLE = "OLLAMA_HOST"
_PORT = 11434
_MODELS_TIMEOUT_S = 3.0


class OllamaProvider:
    """Asks an Ollama server.

    The options `think`, `format` and `keep_alive` go beside the messages as Ollama wants it, all others, such as
    `temperature` and `num_ctx`, into its `options`. OpenAI's `max_tokens` and `response_format` are translated.

    Args:
        client: An HTTP client to use in place of the shared one, for tests and special networks. It is not closed.
        retry: How failures that may pass are tried again.

    Attributes:
        name: "ollama".
    """

    def __init__(self, *, client: httpx.AsyncClient | None = None, retry: RetryPolicy | None = None) -> None:
        self.name = "ollama"
        self._wire = HttpWire(client=client, retry=retry or RetryPolicy())
        self._kept = EncodedOnce()

    def stream(self, request: Request) -> AsyncGenerator[StreamPart]:
        """The pieces of the answer.

        Raises:
            ConfigurationError: If the base_url is no address.
        """
        call = Call(
            provider=self.name,
            url=f"{base_url_of(request.model.base_url)}/api/chat",
            body=request_body(request, self._kept),
            headers={"content-type": "application/json"},
        )
        return self._wire.ask(
            call,
            lambda: OllamaDecoder(self.name),
            request.signal,
            lambda failure: self._explained(failure, request.model),
        )

    async def model_names(self, base_url: str | None = None) -> tuple[str, ...]:
        """The models that the server has, sorted; none if there is no server.

        Args:
            base_url: Where the server is; otherwise `OLLAMA_HOST`, or port 11434 of this machine.
        """
        call = Call(provider=self.name, url=f"{base_url_of(base_url)}/api/tags", method="GET")
        return _names_in(await self._wire.document(call, _MODELS_TIMEOUT_S))

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        await self._wire.aclose()

    async def _explained(self, failure: ProviderError, model: Model) -> ProviderError:
        said = str(failure)
        if failure.status is None and "there is no server" in said:
            problem = f"there is no server at {base_url_of(model.base_url)}. Start it with `ollama serve`."
            return ProviderError(self.name, problem, retryable=False)
        if failure.status == 404 and "not found" in said.lower():
            names = await self.model_names(model.base_url)
            nearest = UnknownNameError("model", model.name, names).nearest
            meant = f" Did you mean {nearest!r}, which it has?" if nearest else ""
            problem = f"the server has no model {model.name!r}. Fetch it with `ollama pull {model.name}`.{meant}"
            return ProviderError(self.name, problem, status=404)
        if "does not support tools" in said:
            problem = f"the model {model.name!r} cannot call tools by itself. Give the option tool_format='json'."
            return ProviderError(self.name, problem, status=failure.status)
        return failure


def base_url_of(text: str | None) -> str:
    """Where the server is: `text`, `OLLAMA_HOST` (an address, or only a host with or without a port), or this machine.

    Raises:
        ConfigurationError: If that is no address.
    """
    said = (text or os.environ.get(HOST_VARIABLE) or DEFAULT_BASE_URL).strip()
    if "://" not in said:
        said = f"http://{said}"
        if not re.search(r":\d+/?$", said):
            said = f"{said.rstrip('/')}:{_PORT}"
    address = checked_base_url(said, endpoint="/api/chat", example=DEFAULT_BASE_URL).removesuffix("/api")
    return address.replace("//0.0.0.0", "//127.0.0.1")  # where a server listens is not where it can be asked


def _names_in(document: JsonValue) -> tuple[str, ...]:
    found: JsonValue = cast("dict[str, JsonValue]", document).get("models") if isinstance(document, dict) else None
    items = cast("list[JsonValue]", found) if isinstance(found, list) else []
    models = [cast("dict[str, JsonValue]", item) for item in items if isinstance(item, dict)]
    return tuple(sorted(str(model["name"]).removesuffix(":latest") for model in models if model.get("name")))
