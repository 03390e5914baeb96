"""The way to a model's server: one HTTP client for each event loop, one TLS context for the process.

httpx gives the API and aiohttp moves the bytes: a call then costs an eighth of the CPU with 64 at once, and a streamed
token a sixth, because httpx's own pool looks at all its connections for each request.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from jupyter_tools.auth import Secret
from jupyter_tools.errors import ProviderError
from jupyter_tools.providers.failures import failure_of_answer, failure_of_connection, failure_of_cut, without_secrets
from jupyter_tools.providers.waiting import AbortableWait, Aborted

if TYPE_CHECKING:
    import httpx

CONNECT_TIMEOUT_S = 15.0
READ_TIMEOUT_S = 300.0  # between two pieces: large models think long before the first
_HEADERS = {"accept": "*/*", "accept-encoding": "gzip, deflate", "user-agent": "jupyter_tools"}
_END_TIMEOUT_S = 0.25  # some servers keep the connection open after the answer
_CONNECTIONS = 256
_LONGEST_FAILURE = 65536  # bytes of an error's text that are worth reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request to a model's server.

    Attributes:
        provider: The provider's name, for errors.
        url: Where to.
        method: "POST", or "GET" for what needs no body.
        body: JSON.
        headers: Headers that may be seen.
        secrets: Headers that may not.
    """

    provider: str
    url: str
    method: str = "POST"
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    secrets: Mapping[str, Secret] = field(default_factory=dict[str, Secret])


class Answer:
    """A server's answer whose status is good: iterating gives its bytes as they come.

    Iterating raises `ProviderError` if the connection breaks, and `Aborted` if the signal is set.

    Attributes:
        ended: True once all of it was read.
    """

    def __init__(self, call: Call, response: httpx.Response, waiting: AbortableWait) -> None:
        self._call = call
        self._response = response
        self._waiting = waiting
        plain = not (response.is_stream_consumed or "content-encoding" in response.headers)
        self._bytes = response.aiter_raw() if plain else response.aiter_bytes()
        self.ended = False

    def __aiter__(self) -> Answer:
        return self

    async def __anext__(self) -> bytes:
        try:
            return await self._waiting.wait(self._bytes.__anext__)
        except StopAsyncIteration:
            self.ended = True
            raise
        except _network_errors():
            raise failure_of_cut(self._call.provider) from None

    async def read_to_end(self) -> None:
        """Let the connection be used again, by reading what a complete answer has left: usually nothing but its end."""
        if self.ended:
            return
        with suppress(TimeoutError, ProviderError, Aborted):
            async with asyncio.timeout(_END_TIMEOUT_S):
                async for _ in self:
                    pass

    async def aclose(self) -> None:
        """Let go of the connection: it is used again if the answer was read to its end."""
        await cast("AsyncGenerator[bytes]", self._bytes).aclose()
        await self._response.aclose()


@asynccontextmanager
async def exchange(client: httpx.AsyncClient, call: Call, signal: asyncio.Event | None) -> AsyncGenerator[Answer]:
    """Send `call`; its answer is open inside of the block.

    Raises:
        ProviderError: If there is no answer, or one that says no. Keys are taken out of what the server says.
        Aborted: If the signal is set.
    """
    try:
        async with AbortableWait(signal) as waiting:
            response = await _send(client, call, waiting)
            async with aclosing(Answer(call, response, waiting)) as answer:
                if response.status_code >= 300:
                    raise await _failure(call, response, answer)
                yield answer
    except ProviderError as error:
        raise without_secrets(error, call.secrets.values()) from None


async def _send(client: httpx.AsyncClient, call: Call, waiting: AbortableWait) -> httpx.Response:
    try:
        request = client.build_request(call.method, _parsed(call.url), content=call.body or None, headers=call.headers)
        for name, secret in call.secrets.items():  # only here, so that no object or frame of ours shows them
            request.headers[name] = secret.reveal()
        return await waiting.wait(lambda: client.send(request, stream=True))
    except _network_errors() as error:
        raise failure_of_connection(call.provider, call.url, error) from None


@cache
def _network_errors() -> tuple[type[Exception], ...]:
    import aiohttp
    import httpx

    # aiohttp's as well, for the transport translates only some; and hosts that no name can be
    return httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, UnicodeError


@cache
def _parsed(url: str) -> httpx.URL:
    import httpx

    return httpx.URL(url)


async def _failure(call: Call, response: httpx.Response, answer: Answer) -> ProviderError:
    body = b""
    with suppress(ProviderError):  # the status says enough
        async for chunk in answer:
            body += chunk
            if len(body) > _LONGEST_FAILURE:
                break
    return failure_of_answer(call.provider, call.url, response.status_code, response.headers, body)


# --- clients ---
@dataclass(slots=True)
class _LoopClient:
    client: httpx.AsyncClient
    closer: AsyncGenerator[None]
    process: int = field(default_factory=os.getpid)


_clients: dict[asyncio.AbstractEventLoop, _LoopClient] = {}


@cache
def _tls_context() -> ssl.SSLContext:
    import httpx

    return httpx.create_ssl_context()


@cache
def _client_class() -> type[httpx.AsyncClient]:
    import httpx
    from httpx_aiohttp import HttpxAiohttpClient

    class NoCookies(httpx.Cookies):
        """Keeps none: looking for them costs a tenth of a call, and nobody at a model's server should know us again."""

        def extract_cookies(self, response: httpx.Response) -> None:
            """Leave them where they are."""

    class Client(HttpxAiohttpClient):
        def build_request(self, method: str, url: httpx.URL, **given: Any) -> httpx.Request:  # pyright: ignore[reportIncompatibleMethodOverride]  # what `_send` gives
            """The request as it is: merging it with defaults that nobody has set costs a tenth of a call."""
            if given.keys() != {"content", "headers"}:
                return super().build_request(method, url, **given)
            headers = {**_HEADERS, **given["headers"]}
            extensions = {"timeout": self.timeout.as_dict()}
            request = httpx.Request(method, url, content=given["content"], headers=headers, extensions=extensions)
            request.headers.encoding = "utf-8"  # else it is found out again for each header
            return request

        @property
        def cookies(self) -> httpx.Cookies:  # pyright: ignore[reportIncompatibleMethodOverride]  # nobody sets any
            return no_cookies

    no_cookies = NoCookies()
    return Client


def new_client() -> httpx.AsyncClient:
    """A client with our transport and time limits. Proxies come from the environment, as everywhere."""
    import httpx

    return _client_class()(
        verify=_tls_context(),
        timeout=httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S, pool=None),
        limits=httpx.Limits(max_connections=_CONNECTIONS, keepalive_expiry=30.0),
        follow_redirects=False,  # the key would go to another host
    )


async def shared_client() -> httpx.AsyncClient:
    """The running loop's client. It is closed with the loop, or by `close_shared_client`."""
    loop = asyncio.get_running_loop()
    entry = _clients.get(loop)
    if entry is None or entry.client.is_closed:
        client = new_client()
        entry = _clients[loop] = _LoopClient(client, _closing_with(loop, client))
        await anext(entry.closer)
    return entry.client


async def _closing_with(loop: asyncio.AbstractEventLoop, client: httpx.AsyncClient) -> AsyncGenerator[None]:
    """Closes the client when the loop closes its generators: the one moment at a loop's end that we are told of."""
    try:
        yield
    finally:
        _clients.pop(loop, None)
        await client.aclose()


async def close_shared_client() -> None:
    """Close the running loop's client, if it has one. The next call opens a new one."""
    entry = _clients.get(asyncio.get_running_loop())
    if entry is not None:
        await entry.closer.aclose()


@atexit.register
def _close_clients_of_other_threads() -> None:
    """At the end of the process: loops in daemon threads never end by themselves, and aiohttp would complain."""
    for loop, entry in list(_clients.items()):
        if loop.is_running() and entry.process == os.getpid():  # a forked child has the loop but not its thread
            closing = asyncio.run_coroutine_threadsafe(_aclose(entry.closer), loop)
            with suppress(TimeoutError):
                closing.result(timeout=1.0)


async def _aclose(generator: AsyncGenerator[None]) -> None:
    await generator.aclose()
