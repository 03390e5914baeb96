"""What providers that ask a server over HTTP have in common: an address, a key, and one exchange with retries."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Protocol

from jupyter_tools.auth import Secret, find_key, keys_stored, variable_of
from jupyter_tools.errors import ConfigurationError, MissingKeyError, ProviderError
from jupyter_tools.events import StreamPart
from jupyter_tools.json_types import JsonValue
from jupyter_tools.providers.base import SECRET_IN_ADDRESS
from jupyter_tools.providers.failures import failure_of_endless
from jupyter_tools.providers.known_servers import owner_of
from jupyter_tools.providers.retry import RetryPolicy, retrying
from jupyter_tools.providers.shared_client import close_shared_client, shared_client
from jupyter_tools.providers.transport import Call, exchange

if TYPE_CHECKING:
    import httpx

LONGEST_PART = 64_000_000  # bytes: they are kept until a part is made of them


class WireDecoder(Protocol):
    """Makes one answer's bytes into parts.

    Attributes:
        failure: What went wrong, or None. The parts before it are given all the same.
        done: True once the server has said that this was all.
    """

    failure: ProviderError | None
    done: bool

    def decode(self, chunk: bytes) -> list[StreamPart]:
        """The parts that `chunk` completes."""
        ...

    def flush(self) -> list[StreamPart]:
        """The rest at the end of the answer. The last part is a `StopDelta`, unless there is a `failure`."""
        ...

    def break_off(self, failure: ProviderError) -> None:
        """The connection broke."""
        ...


class Question(Protocol):
    """What is asked, as often as it takes.

    Attributes:
        signal: Ends the answer when it is set.
    """

    signal: asyncio.Event | None

    def call(self) -> Call:
        """What is sent in the next attempt."""
        ...

    def decoder(self) -> WireDecoder:
        """What reads the answer of one attempt."""
        ...

    async def explained(self, failure: ProviderError) -> ProviderError:
        """What an error means to this provider."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpWire:
    """Asks servers.

    Attributes:
        client: An HTTP client to use in place of the shared one. It is not closed.
        retry: How failures that may pass are tried again.
    """

    client: httpx.AsyncClient | None = None
    retry: RetryPolicy = field(default_factory=RetryPolicy)

    def ask(self, question: Question) -> AsyncGenerator[StreamPart]:
        """The parts of the answer."""
        return retrying(partial(self._attempt, question), self.retry, question.signal)

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        if self.client is None:
            await close_shared_client()

    async def _attempt(self, question: Question) -> AsyncGenerator[StreamPart]:
        decoder = question.decoder()
        try:
            client = self.client or await shared_client()
            async with exchange(client, question.call(), question.signal) as answer:
                unread = 0  # bytes since the last part
                try:
                    async for chunk in answer:
                        parts = decoder.decode(chunk)
                        for part in parts:
                            yield part
                        if decoder.done or decoder.failure is not None:
                            break
                        unread = 0 if parts else unread + len(chunk)
                        if unread > LONGEST_PART:
                            raise failure_of_endless(question.call().provider)
                except ProviderError as failure:
                    decoder.break_off(failure)
                for part in decoder.flush():
                    yield part
                if decoder.failure is not None:
                    raise decoder.failure
                await answer.read_to_end()
        except ProviderError as failure:
            raise await question.explained(failure) from None

    async def document(self, call: Call, timeout_s: float) -> JsonValue:
        """The JSON that a server answers with; None if it does not answer with JSON, or not in time."""
        try:
            async with asyncio.timeout(timeout_s), exchange(self.client or await shared_client(), call, None) as answer:
                return json.loads(b"".join([chunk async for chunk in answer]))
        except (TimeoutError, ProviderError, ValueError, RecursionError):
            return None


@dataclass(slots=True, kw_only=True)
class ServerKey:
    """The key of a provider's own server.

    Attributes:
        provider: The provider's name.
        variable: The environment variable that may hold the key.
        home: The address of the provider's own server.
        explicit: The key the caller gave.
    """

    provider: str
    variable: str
    home: str
    explicit: Secret | None = None
    _stored: Secret | None = None
    _found_after: int = 0

    def of(self, base_url: str) -> Secret | None:
        """The key for the server at `base_url`, or None for a server that may need none.

        A server that is known to be another provider's gets that one's key, if there is one.

        Raises:
            MissingKeyError: If the provider's own server is asked and there is no key.
        """
        owner = owner_of(base_url) or self.provider
        for variable in dict.fromkeys((variable_of(owner), self.variable)):
            if key := self.explicit or Secret(os.environ.get(variable, "").strip()):
                return key
        if base_url != self.home:
            return None  # a stored key is the provider's: no other server gets it unasked
        if self._stored is None or self._found_after != keys_stored():
            self._stored, self._found_after = find_key(self.provider), keys_stored()
        if not self._stored:
            raise MissingKeyError(self.provider, self.variable)
        return self._stored


@cache
def checked_base_url(said: str, *, endpoint: str, example: str) -> str:
    """An address without its last slash and without `endpoint`, which people copy along.

    Raises:
        ConfigurationError: If it is no address, or holds a password or a key.
    """
    base_url = said.strip().rstrip("/").removesuffix(endpoint)
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", base_url):
        if {"@", "?"} & set(said):
            raise ConfigurationError(SECRET_IN_ADDRESS.format(example=example))
        raise ConfigurationError(f"{said!r} is no base_url. One looks like {example}.")
    return base_url
