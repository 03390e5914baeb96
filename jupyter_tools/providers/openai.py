"""OpenAI's chat completions, and every server that speaks them: vLLM, llama.cpp, LM Studio, Groq, OpenRouter, ..."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from jupyter_tools.auth import Secret, find_key
from jupyter_tools.errors import ConfigurationError, MissingKeyError, ProviderError
from jupyter_tools.events import StreamPart
from jupyter_tools.providers.base import Model, Request
from jupyter_tools.providers.openai_messages import EncodedOnce, request_body
from jupyter_tools.providers.openai_stream import ChatCompletionDecoder
from jupyter_tools.providers.retry import RetryPolicy, retrying
from jupyter_tools.providers.transport import Call, close_shared_client, exchange, shared_client
from jupyter_tools.thinking import ThinkingDecoder

if TYPE_CHECKING:
    import httpx

DEFAULT_BASE_URL = "https://api.openai.com/v1"
BASE_URL_VARIABLE = "OPENAI_BASE_URL"
KEY_VARIABLE = "OPENAI_API_KEY"


class OpenAIProvider:
    """Asks an OpenAI-compatible server.

    `Model.options` go into the request as they are; `None` leaves out a field that is sent otherwise, such as
    `stream_options` for a server that does not know it. `starts_in_thinking=True` is for a model whose template opens
    the `<think>` block in the prompt.

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
        self._api_key = Secret(api_key) if isinstance(api_key, str) else api_key
        self._stored_key: Secret | None = None
        self._client = client
        self._retry = retry or RetryPolicy()
        self._kept = EncodedOnce()

    def stream(self, request: Request) -> AsyncGenerator[StreamPart]:
        """The pieces of the answer.

        Raises:
            MissingKeyError: If OpenAI's own server is asked without a key.
            ConfigurationError: If the base_url is no address.
        """
        call = self._call(request)
        return retrying(lambda: self._attempt(call, request), self._retry, request.signal)

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        if self._client is None:
            await close_shared_client()

    async def _attempt(self, call: Call, request: Request) -> AsyncGenerator[StreamPart]:
        client = self._client or await shared_client()
        starts = bool(request.model.options.get("starts_in_thinking"))
        decoder = ChatCompletionDecoder(self.name, ThinkingDecoder(starts_in_thinking=starts))
        async with exchange(client, call, request.signal) as answer:
            try:
                async for chunk in answer:
                    for part in decoder.decode(chunk):
                        yield part
                    if decoder.done or decoder.failure is not None:
                        break
            except ProviderError as failure:
                decoder.break_off(failure)
            for part in decoder.flush():
                yield part
            if decoder.failure is not None:
                raise decoder.failure
            await answer.read_to_end()

    def _call(self, request: Request) -> Call:
        base_url = base_url_of(request.model)
        key = self._key(base_url)
        return Call(
            provider=self.name,
            url=f"{base_url}/chat/completions",
            body=request_body(request, self._kept),
            headers={"content-type": "application/json", "accept": "text/event-stream, application/json"},
            secrets={"authorization": Secret(f"Bearer {key.reveal()}")} if key else {},
        )

    def _key(self, base_url: str) -> Secret | None:
        if key := self._api_key or Secret(os.environ.get(KEY_VARIABLE, "").strip()):
            return key
        if base_url != DEFAULT_BASE_URL:
            return None  # a stored key is OpenAI's: no other server gets it unasked
        self._stored_key = self._stored_key or find_key(self.name)
        if not self._stored_key:
            raise MissingKeyError(self.name, KEY_VARIABLE)
        return self._stored_key


def base_url_of(model: Model) -> str:
    """Where the model's server is: the model's own `base_url`, `OPENAI_BASE_URL`, or OpenAI's.

    Raises:
        ConfigurationError: If that is no address.
    """
    said = model.base_url or os.environ.get(BASE_URL_VARIABLE) or DEFAULT_BASE_URL
    base_url = said.strip().rstrip("/").removesuffix("/chat/completions")
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", base_url):
        shown = repr(said) if not {"@", "?"} & set(said) else "An address with a password or a key in it"
        raise ConfigurationError(f"{shown} is no base_url. One looks like http://localhost:8080/v1.")
    return base_url
