"""Our HTTP client: httpx gives the API, aiohttp moves the bytes. Importing this imports both, so it is done late.

A call then costs an eighth of the CPU with 64 at once, and a streamed token a sixth, because httpx's own pool looks at
all its connections for each request. What httpx does before and after costs as much again: `direct` goes without.
"""

from __future__ import annotations

import ssl
from functools import cache
from urllib.request import getproxies

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport, HttpxAiohttpClient

CONNECT_TIMEOUT_S = 15.0
READ_TIMEOUT_S = 300.0  # between two pieces: large models think long before the first
_KEPT_OPEN_S = 30.0
_CONNECTIONS = 256
_HEADERS = {"accept": "*/*", "accept-encoding": "gzip, deflate", "user-agent": "jupyter_tools"}


class NoCookies(httpx.Cookies):
    """Keeps none: nobody at a model's server should know us again."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Leave them where they are."""


class OwnClient(HttpxAiohttpClient):
    """A client with our transport and time limits. Proxies come from the environment, as everywhere."""

    def __init__(self) -> None:
        self._own_transport = None if getproxies() else AiohttpTransport(verify=tls_context(), client=_new_session)
        super().__init__(
            verify=tls_context(),
            headers=_HEADERS,
            timeout=httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S, pool=None),
            limits=httpx.Limits(max_connections=_CONNECTIONS, keepalive_expiry=_KEPT_OPEN_S),
            follow_redirects=False,  # the key would go to another host
            transport=self._own_transport,
        )

    @property
    def cookies(self) -> httpx.Cookies:  # pyright: ignore[reportIncompatibleMethodOverride]  # nobody sets any
        """None."""
        return _NO_COOKIES

    @property
    def direct(self) -> aiohttp.ClientSession | None:
        """This client's connections; None where a proxy may stand between, for httpx knows which."""
        transport = self._own_transport
        if transport is None:
            return None
        if not isinstance(transport.client, aiohttp.ClientSession):
            transport.client = transport.get_client()
        return transport.client


_NO_COOKIES = NoCookies()


@cache
def tls_context() -> ssl.SSLContext:
    """The process's one: reading the certificates takes its time."""
    return httpx.create_ssl_context()


def _new_session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=_CONNECTIONS, keepalive_timeout=_KEPT_OPEN_S, ssl=tls_context()),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S, sock_read=READ_TIMEOUT_S),
        headers=_HEADERS,
        cookie_jar=aiohttp.DummyCookieJar(),
    )
