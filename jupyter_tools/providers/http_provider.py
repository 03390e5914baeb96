"""`HttpProvider`: what providers that ask a server over HTTP have in common."""

from __future__ import annotations

import json
import os
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar, cast

from jupyter_tools.auth import Secret
from jupyter_tools.errors import ProviderError, UnknownNameError
from jupyter_tools.events import StreamPart
from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.providers.base import Model, Request
from jupyter_tools.providers.http_wire import HttpWire, ServerKey, WireDecoder, checked_base_url
from jupyter_tools.providers.openai_messages import EncodedOnce
from jupyter_tools.providers.output_schema import refuses_schema
from jupyter_tools.providers.refusals import refusal_of_option, refusal_of_tools, refusal_without_key
from jupyter_tools.providers.retry import RetryPolicy
from jupyter_tools.providers.transport import Call
from jupyter_tools.thinking import ThinkingDecoder

if TYPE_CHECKING:
    import httpx

_MODELS_TIMEOUT_S = 3.0


class HttpProvider(ABC):
    """Asks servers that speak one wire. A subclass says where they are, what is sent and how the answer is read.

    Args:
        api_key: The key; otherwise it is looked for in the environment (`ACME_API_KEY`), the keyring and the key file.
            Only the provider's own server needs one.
        client: An HTTP client to use in place of the shared one, for tests and special networks. It is not closed.
        retry: How failures that may pass are tried again.

    Attributes:
        name: The provider's name.
    """

    name: str
    home: ClassVar[str]  # the provider's own server
    base_url_variable: ClassVar[str] = ""  # names another one in the environment; ACME_BASE_URL if empty
    example: ClassVar[str] = ""  # an address as people write it; `home` if empty
    endpoint: ClassVar[str]  # what is asked, after the address
    models_path: ClassVar[str] = "/models"
    key_name: ClassVar[str]  # under which the key is stored
    headers: ClassVar[Mapping[str, str]] = {"content-type": "application/json"}

    def __init__(
        self,
        *,
        api_key: str | Secret | None = None,
        client: httpx.AsyncClient | None = None,
        retry: RetryPolicy | None = None,
    ) -> None:
        explicit = Secret(api_key) if isinstance(api_key, str) else api_key
        variable = f"{self.key_name.upper()}_API_KEY"
        self._key = ServerKey(provider=self.key_name, variable=variable, home=self.home, explicit=explicit)
        self._wire = HttpWire(client=client, retry=retry or RetryPolicy())
        self._kept = EncodedOnce()
        self._free: set[tuple[str | None, str]] = (
            set()
        )  # addresses and models whose servers cannot hold them to a schema

    def stream(self, request: Request) -> AsyncGenerator[StreamPart]:
        """The pieces of the answer.

        Raises:
            MissingKeyError: If the provider's own server is asked without a key.
            ConfigurationError: If the base_url is no address, or an option cannot be translated.
        """
        return self._wire.ask(_Asking(self, request))

    async def model_names(self, base_url: str | None = None) -> tuple[str, ...]:
        """The models that a server says it has, sorted; none if it does not say.

        Args:
            base_url: Where the server is, if not in its usual place.

        Raises:
            MissingKeyError: If the provider's own server is asked without a key.
        """
        address = self.address(base_url)
        url, secrets = f"{address}{self.models_path}", self._secrets(address)
        call = Call(provider=self.name, url=url, method="GET", headers=self.headers, secrets=secrets)
        return self._names_in(await self._wire.document(call, _MODELS_TIMEOUT_S))

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        await self._wire.aclose()

    def address(self, said: str | None = None) -> str:
        """Where the server is: what was said, what the environment says, or the provider's own.

        Raises:
            ConfigurationError: If that is no address.
        """
        said = said or os.environ.get(self.base_url_variable or f"{self.key_name.upper()}_BASE_URL") or self.home
        return checked_base_url(said, endpoint=self.endpoint, example=self.example or self.home)

    def asked(self, request: Request) -> Request:
        """What is asked of the server: without the answer's schema where the server is known not to take it."""
        if request.output_schema is None:
            return request
        may_call = bool(request.tools) and request.tool_choice != "none"
        if _place(request.model) in self._free or (may_call and not self._schema_beside_tools(request)):
            return replace(request, output_schema=None)
        return request

    def as_sent(self, request: Request) -> JsonObject:
        """The body of what is sent."""
        return cast("JsonObject", json.loads(self._body(request, self.address(request.model.base_url))))

    def call(self, request: Request) -> Call:
        """What is sent."""
        address = self.address(request.model.base_url)
        return Call(
            provider=self.name,
            url=f"{address}{self.endpoint}",
            body=self._body(request, address),
            headers=self.headers,
            secrets=self._secrets(address),
        )

    async def explained(self, failure: ProviderError, request: Request) -> ProviderError:
        """What a failure means; called before it is told or the request is tried again."""
        if request.output_schema is not None and refuses_schema(failure):
            self._free.add(_place(request.model))
            problem = f"{request.model} takes no schema for its answer, so it is asked in words only."
            return ProviderError(self.name, problem, status=failure.status, retry_after_s=0.0, retryable=True)
        if failure.status == HTTPStatus.UNAUTHORIZED and not self._key.of(self.address(request.model.base_url)):
            return refusal_without_key(failure, self._key.variable)
        refusal = refusal_of_tools(failure, request) or refusal_of_option(failure, request)
        return refusal or await self._meaning(failure, request.model)

    def _secrets(self, address: str) -> Mapping[str, Secret]:
        key = self._key.of(address)
        return {"authorization": Secret(f"Bearer {key.reveal()}")} if key else {}

    def _schema_beside_tools(self, request: Request) -> bool:
        """Whether the server can be given a schema for the answer and tools at once: many then never call one."""
        return False

    async def _meaning(self, failure: ProviderError, model: Model) -> ProviderError:
        """A model that is not there is the usual reason for 404: then the name that may have been meant helps more."""
        names = await self.model_names(model.base_url) if failure.status == HTTPStatus.NOT_FOUND else ()
        if not names or model.name in names:
            return failure
        return ProviderError(self.name, str(UnknownNameError("model", model.name, names)), status=failure.status)

    def _names_in(self, document: JsonValue) -> tuple[str, ...]:
        return names_in(document)

    @abstractmethod
    def _body(self, request: Request, address: str) -> bytes:
        """The JSON of a request."""

    @abstractmethod
    def decoder(self, request: Request) -> WireDecoder:
        """What reads one answer."""


class _Asking:
    """One question, which may have to be put in another way when it is tried again."""

    __slots__ = ("_call", "_provider", "_request", "signal")

    def __init__(self, provider: HttpProvider, request: Request) -> None:
        self.signal = request.signal
        self._provider = provider
        self._request = provider.asked(request)
        self._call = provider.call(self._request)

    def call(self) -> Call:
        return self._call

    def decoder(self) -> WireDecoder:
        return self._provider.decoder(self._request)

    async def explained(self, failure: ProviderError) -> ProviderError:
        explained = await self._provider.explained(failure, self._request)
        asked = self._provider.asked(self._request)
        if asked is not self._request:
            self._request, self._call = asked, self._provider.call(asked)
        return explained


def thinking_decoder(request: Request) -> ThinkingDecoder:
    """What tells reasoning apart that the model writes into its text."""
    return ThinkingDecoder(starts_in_thinking=bool(request.model.options.get("starts_in_thinking")))


def _place(model: Model) -> tuple[str | None, str]:
    return model.base_url, model.name


def names_in(document: JsonValue, place: str = "data", name: str = "id") -> tuple[str, ...]:
    """The models that a server's list names, sorted."""
    found: JsonValue = cast("dict[str, JsonValue]", document).get(place) if isinstance(document, dict) else None
    items = cast("list[JsonValue]", found) if isinstance(found, list) else []
    models = [cast("dict[str, JsonValue]", item) for item in items if isinstance(item, dict)]
    return tuple(sorted(str(model[name]) for model in models if model.get(name)))
