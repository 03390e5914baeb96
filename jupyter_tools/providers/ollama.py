"""Ollama's own API, which knows what its OpenAI-compatible one does not: thinking, the context's length, keep_alive."""

from __future__ import annotations

import os
import re

from jupyter_tools.errors import ProviderError, UnknownNameError
from jupyter_tools.json_types import JsonValue
from jupyter_tools.providers.base import Model, Request
from jupyter_tools.providers.http_provider import HttpProvider, names_in, thinking_decoder
from jupyter_tools.providers.http_wire import checked_base_url
from jupyter_tools.providers.ollama_messages import request_body
from jupyter_tools.providers.ollama_stream import OllamaDecoder

_HERE = "http://localhost:11434"
_PORT = 11434
_NOT_PULLED = re.compile(r"model\b.*\bnot found", re.I)


class OllamaProvider(HttpProvider):
    """Asks an Ollama server: the one of this machine, or the one at a model's `base_url` or at `OLLAMA_HOST`.

    The options `think`, `format` and `keep_alive` go beside the messages as Ollama wants it, all others, such as
    `temperature` and `num_ctx`, into its `options`. OpenAI's `max_tokens` and `response_format` are translated, and
    `starts_in_thinking` is as for `OpenAIProvider`. Only Ollama's hosted models, at https://ollama.com, need a key.
    """

    name = key_name = "ollama"
    home = "https://ollama.com"
    base_url_variable = "OLLAMA_HOST"
    endpoint = "/api/chat"
    models_path = "/api/tags"

    def address(self, said: str | None = None) -> str:
        """Where the server is: an address, or only a host with or without a port."""
        said = (said or os.environ.get(self.base_url_variable) or _HERE).strip()
        if "://" not in said:
            said = f"http://{said}"
            if not re.search(r":\d+/?$", said):
                said = f"{said.rstrip('/')}:{_PORT}"
        address = checked_base_url(said, endpoint=self.endpoint, example=_HERE).removesuffix("/api")
        return address.replace("//0.0.0.0", "//127.0.0.1")  # where a server listens is not where it can be asked

    def _body(self, request: Request, address: str) -> bytes:
        return request_body(request, self._kept)

    def decoder(self, request: Request) -> OllamaDecoder:
        """What reads one answer."""
        return OllamaDecoder(self.name, thinking_decoder(request))

    def _names_in(self, document: JsonValue) -> tuple[str, ...]:
        return tuple(name.removesuffix(":latest") for name in names_in(document, "models", "name"))

    async def _meaning(self, failure: ProviderError, model: Model) -> ProviderError:
        said = str(failure)
        if failure.status is None and "there is no server" in said:
            problem = f"there is no server at {self.address(model.base_url)}. Start it with `ollama serve`."
            return ProviderError(self.name, problem, retryable=False)
        if failure.status == 404 and _NOT_PULLED.search(said.partition("It says:")[2]):
            names = await self.model_names(model.base_url)
            nearest = UnknownNameError("model", model.name, names).nearest
            meant = f" Did you mean {nearest!r}, which it has?" if nearest else ""
            problem = f"the server has no model {model.name!r}. Fetch it with `ollama pull {model.name}`.{meant}"
            return ProviderError(self.name, problem, status=404)
        return failure
