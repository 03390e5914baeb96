"""Anthropic's messages API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from jupyter_tools.auth import Secret
from jupyter_tools.providers.anthropic_messages import request_body
from jupyter_tools.providers.anthropic_stream import AnthropicDecoder
from jupyter_tools.providers.base import Request
from jupyter_tools.providers.http_provider import HttpProvider, thinking_decoder


class AnthropicProvider(HttpProvider):
    """Asks Anthropic, or a server that speaks its messages API.

    `Model.options` go into the request as they are, such as `thinking={"type": "enabled", "budget_tokens": 4000}`;
    OpenAI's `stop` and a `response_format` with a schema are translated. `max_tokens` is 8192, and what the model may
    think besides, unless an option says otherwise. `starts_in_thinking` and `stream` are as for `OpenAIProvider`.
    """

    name = key_name = "anthropic"
    home = "https://api.anthropic.com/v1"
    endpoint = "/messages"
    models_path = "/models?limit=1000"
    headers: ClassVar[Mapping[str, str]] = {"content-type": "application/json", "anthropic-version": "2023-06-01"}

    def address(self, said: str | None = None) -> str:
        """Where the server is. Anthropic's own tools want the address without `/v1`, so both are understood."""
        address = super().address(said)
        return address if address.endswith("/v1") else f"{address}/v1"

    def _secrets(self, address: str) -> Mapping[str, Secret]:
        key = self._key.of(address)
        return {"x-api-key": key} if key else {}

    def _body(self, request: Request, address: str) -> bytes:
        return request_body(request, self._kept, self.name)

    def decoder(self, request: Request) -> AnthropicDecoder:
        """What reads one answer."""
        return AnthropicDecoder(self.name, thinking_decoder(request))

    def _schema_beside_tools(self, request: Request) -> bool:
        return True
