"""Search engines on the web: SearXNG, Brave, Tavily, and what the package `ddgs` asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, cast

from jupyter_tools.auth import Secret, find_key
from jupyter_tools.builtin_tools.web_sources import SearchResult
from jupyter_tools.errors import ConfigurationError, MissingExtraError, MissingKeyError, WebError
from jupyter_tools.json_types import JsonObject, object_at

TIMEOUT_S = 15.0


class SearXNG:
    """A SearXNG server, such as one of your own. Its settings must allow the format `json`.

    Args:
        base_url: Where the server is, such as "https://searx.example.org".
    """

    name = "searxng"

    def __init__(self, base_url: str) -> None:
        if not base_url.startswith(("http://", "https://")):
            raise ConfigurationError(f"{base_url!r} is no address of a SearXNG server. Write searxng:https://HOST.")
        self.base_url = base_url.rstrip("/")

    async def search(self, query: str, max_results: int) -> Sequence[SearchResult]:
        """What the server finds."""
        data = await _ask(self.name, "GET", f"{self.base_url}/search", params={"q": query, "format": "json"})
        return _results(data.get("results"), "content")[:max_results]


class Brave:
    """Brave's search API, with a key.

    Args:
        api_key: The key; by default the one in BRAVE_API_KEY, the keyring, or the key file.
        base_url: Where the API is.
    """

    name = "brave"

    def __init__(
        self, api_key: str | Secret | None = None, *, base_url: str = "https://api.search.brave.com/res/v1"
    ) -> None:
        self._key = api_key
        self.base_url = base_url.rstrip("/")

    async def search(self, query: str, max_results: int) -> Sequence[SearchResult]:
        """What Brave finds."""
        secret = _key(self.name, "BRAVE_API_KEY", self._key)
        url, params = (
            f"{self.base_url}/web/search",
            {"q": query, "count": str(max_results), "text_decorations": "false"},
        )
        data = await _ask(self.name, "GET", url, params=params, secrets={"x-subscription-token": secret})
        return _results(object_at(data, "web").get("results"), "description")[:max_results]


class Tavily:
    """Tavily's search API, with a key.

    Args:
        api_key: The key; by default the one in TAVILY_API_KEY, the keyring, or the key file.
        base_url: Where the API is.
    """

    name = "tavily"

    def __init__(self, api_key: str | Secret | None = None, *, base_url: str = "https://api.tavily.com") -> None:
        self._key = api_key
        self.base_url = base_url.rstrip("/")

    async def search(self, query: str, max_results: int) -> Sequence[SearchResult]:
        """What Tavily finds."""
        secrets = {"authorization": _bearer(_key(self.name, "TAVILY_API_KEY", self._key))}
        body = {"query": query, "max_results": max_results}
        data = await _ask(self.name, "POST", f"{self.base_url}/search", json=body, secrets=secrets)
        return _results(data.get("results"), "content")[:max_results]


class DDGS:
    """The search engines that the package `ddgs` asks, without a key. They refuse those who ask often.

    Args:
        backend: Which of its engines: "auto", or some names with commas between them.
    """

    name = "ddgs"

    def __init__(self, backend: str = "auto") -> None:
        self.backend = backend

    async def search(self, query: str, max_results: int) -> Sequence[SearchResult]:
        """What they find."""
        try:
            ddgs: Any = import_module("ddgs")
            failure: type[Exception] = import_module("ddgs.exceptions").DDGSException
        except ImportError as error:
            raise MissingExtraError("ddgs", "search", "This search") from error
        ask: Callable[..., Any] = ddgs.DDGS(timeout=int(TIMEOUT_S)).text
        try:
            found = await asyncio.to_thread(ask, query, max_results=max_results, backend=self.backend)
        except failure as error:
            if "No results" in str(error):
                return []
            raise WebError(f"{self.name}: the search failed: {error}") from error
        return _results([{**item, "url": item.get("href")} for item in found], "body")[:max_results]


def _key(name: str, variable: str, given: str | Secret | None) -> Secret:
    secret = find_key(name, [variable], given)
    if secret is None:
        raise MissingKeyError(name, variable)
    return secret


def _bearer(key: Secret) -> Secret:
    return Secret(f"Bearer {key.reveal()}")


async def _ask(
    name: str,
    method: str,
    url: str,
    *,
    params: Mapping[str, str] | None = None,
    json: JsonObject | None = None,
    secrets: Mapping[str, Secret] | None = None,
) -> JsonObject:
    import httpx

    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
            request = client.build_request(
                method, url, params=params, json=json, headers={"accept": "application/json"}
            )
            for header, secret in (secrets or {}).items():  # only here, so that no object or frame of ours shows them
                request.headers[header] = secret.reveal()
            response = await client.send(request)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        reason = (
            "no answer in time" if isinstance(error, httpx.TimeoutException) else str(error) or type(error).__name__
        )
        raise WebError(f"{name}: the search engine cannot be reached: {reason}. Is there a network?") from None
    return _answer(name, response.status_code, response.content)


def _answer(name: str, status: int, content: bytes) -> JsonObject:
    from json import loads

    if status in (401, 403):
        wrong = "does its settings.yml allow the format json?" if name == SearXNG.name else "is the API key right?"
        raise WebError(f"{name}: the search engine refuses (status {status}): {wrong}")
    if status != 200:
        hint = " It was asked too often." if status == 429 else ""
        raise WebError(f"{name}: the search engine answered with status {status}.{hint}")
    try:
        data: object = loads(content)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise WebError(f"{name}: the search engine's answer is no JSON. Is the address right?")
    return cast("JsonObject", data)


def _results(items: Any, snippet: str) -> list[SearchResult]:
    """Results out of a list of dicts; what has no address is none."""
    found = cast("list[Any]", items) if isinstance(items, list) else []
    dicts = [cast("JsonObject", item) for item in found if isinstance(item, dict)]
    return [
        SearchResult(url=item["url"], title=str(item.get("title") or ""), snippet=str(item.get(snippet) or ""))
        for item in dicts
        if isinstance(item.get("url"), str) and item["url"].startswith(("http://", "https://"))
    ]
