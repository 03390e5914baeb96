"""OpenAI's Responses API: the one that shows a reasoning model's thoughts in short, and takes them back."""

from __future__ import annotations

from jupyter_tools.providers.base import Request
from jupyter_tools.providers.http_provider import HttpProvider, thinking_decoder
from jupyter_tools.providers.known_servers import KNOWN_SERVERS
from jupyter_tools.providers.responses_items import request_body
from jupyter_tools.providers.responses_stream import ResponsesDecoder


class OpenAIResponsesProvider(HttpProvider):
    """Asks OpenAI, or a server that speaks its Responses API. Nothing is kept on the server.

    `Model.options` go into the request as they are; the names of chat completions (`max_tokens`, `reasoning_effort`,
    `response_format`) are translated. `starts_in_thinking` and `stream` are as for `OpenAIProvider`.
    """

    name = "responses"
    key_name = "openai"
    home = KNOWN_SERVERS["openai"]
    endpoint = "/responses"

    def _body(self, request: Request, address: str) -> bytes:
        return request_body(request, self._kept, self.name)

    def decoder(self, request: Request) -> ResponsesDecoder:
        """What reads one answer."""
        return ResponsesDecoder(self.name, thinking_decoder(request))

    def _schema_beside_tools(self, request: Request) -> bool:
        return True
