"""The way to a model's server and back: one `Call`, one `Answer`.

A client of ours is asked by way of its connections, any other one by way of httpx.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Protocol, cast

from jupyter_tools.auth import Secret
from jupyter_tools.errors import ProviderError
from jupyter_tools.providers.failures import failure_of_answer, failure_of_connection, failure_of_cut, without_secrets
from jupyter_tools.providers.waiting import AbortableWait, Aborted

if TYPE_CHECKING:
    import aiohttp
    import httpx

_END_TIMEOUT_S = 0.25  # some servers keep the connection open after the answer
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


class _Reply(Protocol):
    """What a server answers, whichever library has brought it.

    Attributes:
        status: Its status.
        headers: Its headers, in a mapping that does not care for upper and lower case.
    """

    status: int
    headers: Mapping[str, str]

    def read(self) -> Awaitable[bytes]:
        """The next bytes, none at the end."""
        ...

    async def close(self) -> None:
        """Let go of the connection."""
        ...


class _AiohttpReply:
    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.status: int = response.status
        self.headers: Mapping[str, str] = response.headers
        self.read = response.content.readany
        self._response = response

    async def close(self) -> None:
        self._response.release()
        await self._response.wait_for_close()


class _HttpxReply:
    def __init__(self, response: httpx.Response) -> None:
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self._response = response
        self._chunks = response.aiter_bytes()

    def read(self) -> Awaitable[bytes]:
        return anext(self._chunks, b"")

    async def close(self) -> None:
        await cast("AsyncGenerator[bytes]", self._chunks).aclose()
        await self._response.aclose()


class Answer:
    """A server's answer whose status is good: iterating gives its bytes as they come.

    Iterating raises `ProviderError` if the connection breaks, and `Aborted` if the signal is set.

    Attributes:
        ended: True once all of it was read.
    """

    def __init__(self, call: Call, reply: _Reply, waiting: AbortableWait) -> None:
        self._call = call
        self._reply = reply
        self._waiting = waiting
        self.ended = False

    def __aiter__(self) -> Answer:
        return self

    async def __anext__(self) -> bytes:
        try:
            chunk = await self._waiting.wait(self._reply.read)
        except _network_errors():
            raise failure_of_cut(self._call.provider) from None
        if not chunk:
            self.ended = True
            raise StopAsyncIteration
        return chunk

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
        await self._reply.close()


@asynccontextmanager
async def exchange(client: httpx.AsyncClient, call: Call, signal: asyncio.Event | None) -> AsyncGenerator[Answer]:
    """Send `call`; its answer is open inside of the block.

    Raises:
        ProviderError: If there is no answer, or one that says no. Keys are taken out of what the server says.
        Aborted: If the signal is set.
    """
    try:
        async with AbortableWait(signal) as waiting:
            reply = await _send(client, call, waiting)
            async with aclosing(Answer(call, reply, waiting)) as answer:
                if reply.status >= 300:
                    raise await _failure(call, reply, answer)
                yield answer
    except ProviderError as error:
        raise without_secrets(error, call.secrets.values()) from None


async def _send(client: httpx.AsyncClient, call: Call, waiting: AbortableWait) -> _Reply:
    session: aiohttp.ClientSession | None = getattr(client, "direct", None)
    try:
        _host_of(call.url)  # raises for what is no address: httpx finds more of it than aiohttp
        if session is None:
            return await waiting.wait(_sent_by_httpx, client, call)
        return await waiting.wait(_sent_by_aiohttp, session, call)
    except _network_errors() as error:
        raise failure_of_connection(call.provider, call.url, error) from None


async def _sent_by_aiohttp(session: aiohttp.ClientSession, call: Call) -> _Reply:
    headers = _all_headers(call)
    return _AiohttpReply(
        await session.request(call.method, call.url, data=call.body or None, headers=headers, allow_redirects=False)
    )


async def _sent_by_httpx(client: httpx.AsyncClient, call: Call) -> _Reply:
    request = client.build_request(call.method, call.url, content=call.body or None, headers=_all_headers(call))
    return _HttpxReply(await client.send(request, stream=True))


def _all_headers(call: Call) -> dict[str, str]:
    """Called where the headers are handed on, so that no object or frame of ours shows the secret ones."""
    return {**call.headers, **{name: secret.reveal() for name, secret in call.secrets.items()}}


@cache
def _host_of(url: str) -> str:
    import httpx

    return httpx.URL(url).host


@cache
def _network_errors() -> tuple[type[Exception], ...]:
    import aiohttp
    import httpx

    # aiohttp's as well, for its transport translates only some; and hosts that no name can be
    return httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, UnicodeError


async def _failure(call: Call, reply: _Reply, answer: Answer) -> ProviderError:
    body = b""
    with suppress(ProviderError):  # the status says enough
        async for chunk in answer:
            body += chunk
            if len(body) > _LONGEST_FAILURE:
                break
    return failure_of_answer(call.provider, call.url, reply.status, reply.headers, body)
