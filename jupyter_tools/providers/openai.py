"""OpenAI's chat completions, and every server that speaks them: vLLM, llama.cpp, LM Studio, Groq, OpenRouter, ..."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from jupyter_tools.auth import Secret
from jupyter_tools.errors import ProviderError, UnknownNameError
from jupyter_tools.events import StreamPart
from jupyter_tools.json_types import JsonValue
from jupyter_tools.providers.base import Model, Request
from jupyter_tools.providers.http_wire import HttpWire, ServerKey, checked_base_url
from jupyter_tools.providers.openai_messages import EncodedOnce, request_body
from jupyter_tools.providers.openai_stream import ChatCompletionDecoder
from jupyter_tools.providers.retry import RetryPolicy
from jupyter_tools.providers.transport import Call
from jupyter_tools.thinking import ThinkingDecoder

if TYPE_CHECKING:
    import httpx

DEFAULT_BASE_URL = "https://api.openai.com/v1"
BASE_URL_VARIABLE = "OPENAI_BASE_URL"
KEY_VARIABLE = "OPENAI_API_KEY"
_MODELS_TIMEOUT_S = 3.0


class OpenAIProvider:
    """Asks an OpenAI-compatible server.

    `Model.options` go into the request as they are; `None` leaves out a field that is sent otherwise, such as
    `stream_options` for a server that does not know it. `starts_in_thinking=True` is for a model whose template opens
    the `<think>` block in the prompt; `send_reasoning` names the field in which a server wants a model's reasoning back
    with its tool calls, such as "reasoning_content" (DeepSeek's and OpenRouter's are known), or is False.
    `stream=False` asks for the answer in one piece: cheaper where nobody watches, as in experiments.

    Args:
        api_key: The key; otherwise `OPENAI_API_KEY`, the keyring or the key file. Only OpenAI's own server needs one.
        client: An HTTP client to use in place of the shared one, for tests and special networks. It is not closed.
        retry: How failures that may pass are tried again.

    Attributes:
        name: "openai".
    """

    def __init__(
        self,
        *,
        api_key: str | Secret | None = None,
        client: httpx.AsyncClient | None = None,
        retry: RetryPolicy | None = None,
    ) -> None:
        self.name = "openai"
        explicit = Secret(api_key) if isinstance(api_key, str) else api_key
        self._key = ServerKey(provider=self.name, variable=KEY_VARIABLE, home=DEFAULT_BASE_URL, explicit=explicit)
        self._wire = HttpWire(client=client, retry=retry or RetryPolicy())
        self._kept = EncodedOnce()

    def stream(self, request: Request) -> AsyncGenerator[StreamPart]:
        """The pieces of the answer.

        Raises:
            MissingKeyError: If OpenAI's own server is asked without a key.
            ConfigurationError: If the base_url is no address.
        """
        starts = bool(request.model.options.get("starts_in_thinking"))
        return self._wire.ask(
            self._call(request),
            lambda: ChatCompletionDecoder(self.name, ThinkingDecoder(starts_in_thinking=starts)),
            request.signal,
            lambda failure: self._explained(failure, request.model),
        )

    async def model_names(self, base_url: str | None = None) -> tuple[str, ...]:
        """The models that a server says it has, sorted; none if it does not say.

        Args:
            base_url: Where the server is; otherwise `OPENAI_BASE_URL`, or OpenAI's.
        """
        address = base_url_of(base_url)
        call = Call(provider=self.name, url=f"{address}/models", method="GET", secrets=self._secrets(address))
        return names_in(await self._wire.document(call, _MODELS_TIMEOUT_S))

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        await self._wire.aclose()

    async def _explained(self, failure: ProviderError, model: Model) -> ProviderError:
        """A model that is not there is the usual reason for 404: then the name that may have been meant helps more."""
        names = await self.model_names(model.base_url) if failure.status == HTTPStatus.NOT_FOUND else ()
        if not names or model.name in names:
            return failure
        return ProviderError(self.name, str(UnknownNameError("model", model.name, names)), status=failure.status)

    def _call(self, request: Request) -> Call:
        base_url = base_url_of(request.model.base_url)
        return Call(
            provider=self.name,
            url=f"{base_url}/chat/completions",
            body=request_body(request, self._kept, base_url),
            headers={"content-type": "application/json", "accept": "text/event-stream, application/json"},
            secrets=self._secrets(base_url),
        )

    def _secrets(self, base_url: str) -> Mapping[str, Secret]:
        key = self._key.of(base_url)
        return {"authorization": Secret(f"Bearer {key.reveal()}")} if key else {}


def base_url_of(text: str | None) -> str:
    """Where the server is: `text`, `OPENAI_BASE_URL`, or OpenAI's.

    Raises:
        ConfigurationError: If that is no address.
    """
    said = text or os.environ.get(BASE_URL_VARIABLE) or DEFAULT_BASE_URL
    return checked_base_url(said, endpoint="/chat/completions", example="http://localhost:8080/v1")


def names_in(document: JsonValue) -> tuple[str, ...]:
    """The models that an answer to `GET /models` names, sorted."""
    found: JsonValue = cast("dict[str, JsonValue]", document).get("data") if isinstance(document, dict) else None
    items = cast("list[JsonValue]", found) if isinstance(found, list) else []
    models = [cast("dict[str, JsonValue]", item) for item in items if isinstance(item, dict)]
    return tuple(sorted(str(model["id"]) for model in models if model.get("id")))
