"""Anthropic's messages API."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Mapping
from typing import TYPE_CHECKING

from jupyter_tools.auth import Secret
from jupyter_tools.events import StreamPart
from jupyter_tools.providers.anthropic_messages import request_body
from jupyter_tools.providers.anthropic_stream import AnthropicDecoder
from jupyter_tools.providers.base import Model, Request
from jupyter_tools.providers.http_wire import HttpWire, ServerKey, checked_base_url
from jupyter_tools.providers.openai import names_in
from jupyter_tools.providers.openai_messages import EncodedOnce
from jupyter_tools.providers.retry import RetryPolicy
from jupyter_tools.providers.transport import Call

if TYPE_CHECKING:
    import httpx

DEFAULT_BASE_URL = "https://api.anthropic.com/v1"
BASE_URL_VARIABLE = "ANTHROPIC_BASE_URL"
KEY_VARIABLE = "ANTHROPIC_API_KEY"
API_VERSION = "2023-06-01"
_MODELS_TIMEOUT_S = 3.0


class AnthropicProvider:
    """Asks Anthropic, or a server that speaks its messages API.

    `Model.options` go into the request as they are, such as `thinking={"type": "enabled", "budget_tokens": 4000}`;
    OpenAI's `stop` and a `response_format` with a schema are translated. `max_tokens` is 8192, and what the model may
    think besides, unless an option says otherwise.

    Args:
        api_key: The key; otherwise `ANTHROPIC_API_KEY`, the keyring or the key file.
        client: An HTTP client to use in place of the shared one, for tests and special networks. It is not closed.
        retry: How failures that may pass are tried again.

    Attributes:
        name: "anthropic".
    """

    def __init__(
        self,
        *,
        api_key: str | Secret | None = None,
        client: httpx.AsyncClient | None = None,
        retry: RetryPolicy | None = None,
    ) -> None:
        self.name = "anthropic"
        explicit = Secret(api_key) if isinstance(api_key, str) else api_key
        self._key = ServerKey(provider=self.name, variable=KEY_VARIABLE, home=DEFAULT_BASE_URL, explicit=explicit)
        self._wire = HttpWire(client=client, retry=retry or RetryPolicy())
        self._kept = EncodedOnce()

    def stream(self, request: Request) -> AsyncGenerator[StreamPart]:
        """The pieces of the answer.

        Raises:
            MissingKeyError: If Anthropic's own server is asked without a key.
            ConfigurationError: If the base_url is no address, or an option cannot be translated.
        """
        return self._wire.ask(self._call(request), lambda: AnthropicDecoder(self.name), request.signal)

    async def model_names(self) -> tuple[str, ...]:
        """The models that a server says it has, sorted; none if it does not say.

        Raises:
            MissingKeyError: If there is no key.
        """
        base_url = base_url_of(Model(provider=self.name, name=""))
        call = Call(
            provider=self.name,
            url=f"{base_url}/models?limit=1000",
            method="GET",
            headers={"anthropic-version": API_VERSION},
            secrets=self._secrets(base_url),
        )
        return names_in(await self._wire.document(call, _MODELS_TIMEOUT_S))

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        await self._wire.aclose()

    def _call(self, request: Request) -> Call:
        base_url = base_url_of(request.model)
        return Call(
            provider=self.name,
            url=f"{base_url}/messages",
            body=request_body(request, self._kept),
            headers={"content-type": "application/json", "anthropic-version": API_VERSION},
            secrets=self._secrets(base_url),
        )

    def _secrets(self, base_url: str) -> Mapping[str, Secret]:
        key = self._key.of(base_url)
        return {"x-api-key": key} if key else {}


def base_url_of(model: Model) -> str:
    """Where the model's server is: the model's own `base_url`, `ANTHROPIC_BASE_URL`, or Anthropic's.

    Anthropic's own tools want the address without `/v1`, so both are understood.

    Raises:
        ConfigurationError: If that is no address.
    """
    said = model.base_url or os.environ.get(BASE_URL_VARIABLE) or DEFAULT_BASE_URL
    base_url = checked_base_url(said, endpoint="/messages", example=DEFAULT_BASE_URL)
    return base_url if base_url.endswith("/v1") else f"{base_url}/v1"
