"""One HTTP client for each event loop, closed with it."""

from __future__ import annotations

import asyncio
import atexit
import os
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx


@dataclass(slots=True)
class _LoopClient:
    client: httpx.AsyncClient
    closer: AsyncGenerator[None]
    process: int = field(default_factory=os.getpid)


_clients: dict[asyncio.AbstractEventLoop, _LoopClient] = {}


async def shared_client() -> httpx.AsyncClient:
    """The running loop's client. It is closed with the loop, or by `close_shared_client`."""
    loop = asyncio.get_running_loop()
    entry = _clients.get(loop)
    if entry is None or entry.client.is_closed:
        from jupyter_tools.providers.own_client import OwnClient

        client = OwnClient()
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
