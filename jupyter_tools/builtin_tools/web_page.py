"""Fetching one web page, within limits, from the public internet only.

Each host's name is resolved once; the connection goes to an address that was checked, whatever the name means a moment
later, and each redirect is checked in the same way. Proxies are not used: behind one, nothing could be checked.
"""

from __future__ import annotations

import asyncio
import codecs
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from jupyter_tools.builtin_tools.web_address import AddressRule, Resolver, checked_addresses, is_public, resolve_host
from jupyter_tools.errors import WebError
from jupyter_tools.retrieval.html_text import html_to_text

if TYPE_CHECKING:
    import ssl

    import httpx

_HTML = ("text/html", "application/xhtml+xml")
_READABLE = (*_HTML, "text/plain", "text/markdown", "text/csv", "application/json")
_CONNECT_TIMEOUT_S = 3.0
_HEADERS = {"user-agent": "jupyter-tools", "accept": "text/html,text/*;q=0.8", "accept-encoding": "gzip"}
_GZIP_OR_ZLIB = 47  # `wbits` of zlib: finds out which of the two it is


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPage:
    """A page as text.

    Attributes:
        url: Where it was in the end, after redirects.
        title: Its title, "" if it has none.
        text: What a reader would read.
        cut: True if the page was longer than the limit and only its beginning was read.
    """

    url: str
    title: str
    text: str
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFetcher:
    """How pages are fetched.

    Attributes:
        timeout_s: For everything together: names, redirects, the page.
        max_bytes: How much of a page is read.
        max_redirects: How many redirects are followed.
        resolve: Finds the addresses of a host.
        allowed: Which addresses may be connected to.
    """

    timeout_s: float = 10.0
    max_bytes: int = 2_000_000
    max_redirects: int = 5
    resolve: Resolver = resolve_host
    allowed: AddressRule = is_public

    async def fetch(self, url: str) -> WebPage:
        """Fetch a page and read it.

        Raises:
            WebError: If the page cannot be fetched, must not be, or is no text.
            MissingExtraError: If the page is HTML and the extra `search` is not installed.
        """
        import httpx

        try:
            async with (
                asyncio.timeout(self.timeout_s),
                httpx.AsyncClient(verify=_tls_context(), trust_env=False, timeout=None) as client,
            ):
                return await self._follow(client, httpx.URL(url))
        except TimeoutError:
            raise WebError(f"{url} took longer than {self.timeout_s:g} s.") from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise WebError(f"{url} cannot be fetched: {str(error) or type(error).__name__}") from None

    async def _follow(self, client: httpx.AsyncClient, url: httpx.URL) -> WebPage:
        for _ in range(self.max_redirects + 1):
            response = await self._send(client, url)
            try:
                if "location" not in response.headers or not response.is_redirect:
                    return await self._read(response, url)
                url = url.join(response.headers["location"])
            finally:
                await response.aclose()
        raise WebError(f"{url} is behind more than {self.max_redirects} redirects.")

    async def _send(self, client: httpx.AsyncClient, url: httpx.URL) -> httpx.Response:
        import httpx

        if url.scheme not in ("http", "https") or not url.host or url.userinfo:
            raise WebError(f"{str(url)!r} is not fetched: only http and https addresses without a password are.")
        host = url.raw_host.decode("ascii")
        port = url.port or (443 if url.scheme == "https" else 80)
        *others, last = await checked_addresses(host, port, resolve=self.resolve, allowed=self.allowed)
        for address in others:
            try:
                return await client.send(_request_to(client, url, address), stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout):  # the next address may be reached
                continue
        return await client.send(_request_to(client, url, last), stream=True)

    async def _read(self, response: httpx.Response, url: httpx.URL) -> WebPage:
        if response.status_code >= 400:
            raise WebError(f"{url} cannot be fetched: the server says {response.status_code} {response.reason_phrase}.")
        kind = response.headers.get("content-type", "text/html").partition(";")[0].strip().lower()
        if kind not in _READABLE:
            raise WebError(f"{url} is not read: it is {kind or 'of an unknown type'}, not a text.")
        data, cut = await self._body(response)
        encoding = response.charset_encoding if _is_known(response.charset_encoding) else None
        if kind in _HTML:
            title, text = await asyncio.to_thread(html_to_text, data, encoding)
        else:
            title, text = "", data.decode(encoding or "utf-8", errors="replace")
        return WebPage(url=str(url), title=title, text=text, cut=cut)

    async def _body(self, response: httpx.Response) -> tuple[bytes, bool]:
        """What there is of the body within the limit. Unpacked here, because a few packed bytes may be gigabytes."""
        packed = _packing(response.headers)
        data = b""
        async for chunk in response.aiter_raw():
            data += chunk
            if len(data) > self.max_bytes:
                break
        if not packed:
            return data[: self.max_bytes], len(data) > self.max_bytes
        unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
        try:
            text = unpacker.decompress(data, self.max_bytes)
        except zlib.error:
            raise WebError(f"{response.request.headers['host']} sent a page that cannot be unpacked.") from None
        return text, bool(unpacker.unconsumed_tail) or len(data) > self.max_bytes


def _request_to(client: httpx.AsyncClient, url: httpx.URL, address: str) -> httpx.Request:
    """A request to one address of the host. The certificate is still checked against the host's name."""
    import httpx

    return client.build_request(
        "GET",
        url.copy_with(host=address, fragment=None),
        headers={**_HEADERS, "host": url.netloc.decode("ascii")},
        extensions={"sni_hostname": url.raw_host.decode("ascii")},
        timeout=httpx.Timeout(None, connect=_CONNECT_TIMEOUT_S),
    )


def _packing(headers: Mapping[str, str]) -> str:
    packing = headers.get("content-encoding", "").strip().lower()
    if packing in ("", "identity"):
        return ""
    if packing in ("gzip", "x-gzip", "deflate"):
        return packing
    raise WebError(f"A page is packed as {packing!r}, which was not asked for.")


def _is_known(encoding: str | None) -> bool:
    try:
        codecs.lookup(encoding or "")
    except LookupError:
        return False
    return True


@cache
def _tls_context() -> ssl.SSLContext:
    import httpx

    return httpx.create_ssl_context()
