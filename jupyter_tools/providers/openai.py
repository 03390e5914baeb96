"""OpenAI's chat completions, and every server that speaks them: vLLM, llama.cpp, LM Studio, ..."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from jupyter_tools.providers.base import Request
from jupyter_tools.providers.http_provider import HttpProvider, thinking_decoder
from jupyter_tools.providers.known_servers import KNOWN_SERVERS, owner_of
from jupyter_tools.providers.openai_messages import request_body
from jupyter_tools.providers.openai_stream import ChatCompletionDecoder


class OpenAIProvider(HttpProvider):
    """Asks an OpenAI-compatible server: OpenAI's own, or the one at a model's `base_url` or at `OPENAI_BASE_URL`.

    `Model.options` go into the request as they are; `None` leaves out a field that is sent otherwise, such as
    `stream_options` for a server that does not know it. `starts_in_thinking=True` is for a model whose template opens
    the `<think>` block in the prompt; `send_reasoning` names the field in which a server wants a model's reasoning back
    with its tool calls, such as "reasoning_content" (DeepSeek's and OpenRouter's are known), or is False.
    `stream=False` asks for the answer in one piece: cheaper where nobody watches, as in experiments.
    """

    name = key_name = "openai"
    home = KNOWN_SERVERS["openai"]
    example = "http://localhost:8080/v1"
    endpoint = "/chat/completions"
    headers: ClassVar[Mapping[str, str]] = {
        "content-type": "application/json",
        "accept": "text/event-stream, application/json",
    }

    def _body(self, request: Request, address: str) -> bytes:
        return request_body(request, self._kept, address)

    def decoder(self, request: Request) -> ChatCompletionDecoder:
        """What reads one answer."""
        return ChatCompletionDecoder(self.name, thinking_decoder(request))

    def _schema_beside_tools(self, request: Request) -> bool:
        return owner_of(self.address(request.model.base_url)) in ("openai", "openrouter")
