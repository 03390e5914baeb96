"""OpenAI's Responses API: the one that shows a reasoning model's thoughts in short, and takes them back."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from jupyter_tools.auth import Secret
from jupyter_tools.events import StreamPart
from jupyter_tools.providers.base import Request
from jupyter_tools.providers.http_wire import HttpWire, ServerKey, checked_base_url
from jupyter_tools.providers.openai import BASE_URL_VARIABLE, DEFAULT_BASE_URL, KEY_VARIABLE
from jupyter_tools.providers.openai_messages import EncodedOnce
from jupyter_tools.providers.responses_items import request_body
from jupyter_tools.providers.responses_stream import ResponsesDecoder
from jupyter_tools.providers.retry import RetryPolicy
from jupyter_tools.providers.transport import Call

if TYPE_CHECKING:
    import httpx


class OpenAIResponsesProvider:
    """Asks OpenAI, or a server that speaks its Responses API. Nothing is kept on the server.

    `Model.options` go into the request as they are; the names of chat completions (`max_tokens`, `reasoning_effort`,
    `response_format`) are translated.

    Args:
        api_key: The key; otherwise `OPENAI_API_KEY`, the keyring or the key file.
        client: An HTTP client to use in place of the shared one, for tests and special networks. It is not closed.
        retry: How failures that may pass are tried again.

    Attributes:
        name: "responses".
    """

    def __init__(
        self,
        *,
        api_key: str | Secret | None = None,
        client: httpx.AsyncClient | None = None,
        retry: RetryPolicy | None = None,
    ) -> None:
        self.name = "responses"
        explicit = Secret(api_key) if isinstance(api_key, str) else api_key
        self._key = ServerKey(provider="openai", variable=KEY_VARIABLE, home=DEFAULT_BASE_URL, explicit=explicit)
        self._wire = HttpWire(client=client, retry=retry or RetryPolicy())
        self._kept = EncodedOnce()

    def stream(self, request: Request) -> AsyncGenerator[StreamPart]:
        """The pieces of the answer.

        Raises:
            MissingKeyError: If OpenAI's own server is asked without a key.
            ConfigurationError: If the base_url is no address.
        """
        return self._wire.ask(self._call(request), lambda: ResponsesDecoder(self.name), request.signal)

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        await self._wire.aclose()

    def _call(self, request: Request) -> Call:
        said = request.model.base_url or os.environ.get(BASE_URL_VARIABLE) or DEFAULT_BASE_URL
        base_url = checked_base_url(said, endpoint="/responses", example=DEFAULT_BASE_URL)
        key = self._key.of(base_url)
        return Call(
            provider=self.name,
            url=f"{base_url}/responses",
            body=request_body(request, self._kept),
            headers={"content-type": "application/json"},
            secrets={"authorization": Secret(f"Bearer {key.reveal()}")} if key else {},
        )
