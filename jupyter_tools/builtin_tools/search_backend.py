"""Which search engine answers: one protocol, and how a person names the one to use."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from jupyter_tools.builtin_tools.offline_search import OfflineSearch
from jupyter_tools.builtin_tools.search_services import DDGS, Brave, SearXNG, Tavily
from jupyter_tools.builtin_tools.web_sources import SearchResult
from jupyter_tools.errors import ConfigurationError, UnknownNameError

SEARCH_VARIABLE = "JUPYTER_TOOLS_SEARCH"

_BY_NAME = {"brave": Brave, "ddgs": DDGS, "tavily": Tavily}
_BY_PLACE = {"offline": OfflineSearch.from_file, "searxng": SearXNG}
_HOW = f"{SEARCH_VARIABLE} to searxng:https://HOST, brave, tavily, ddgs or offline:FILE.json"


@runtime_checkable
class SearchBackend(Protocol):
    """A search engine. Whoever writes one needs no more than this.

    Attributes:
        name: Its name, for error texts.
    """

    name: str

    async def search(self, query: str, max_results: int) -> Sequence[SearchResult]:
        """What it finds, best first, at most `max_results`.

        Raises:
            WebError: If it cannot be asked.
        """
        ...


_chosen: SearchBackend | None = None


def use_search_backend(backend: SearchBackend | str | None) -> None:
    """Choose the search engine of this process, instead of the one that JUPYTER_TOOLS_SEARCH names.

    Args:
        backend: The engine, or its name as in JUPYTER_TOOLS_SEARCH; None to go back to that.

    Raises:
        ConfigurationError: If there is none of that name.
    """
    global _chosen  # noqa: PLW0603  # one per process is the point
    _chosen = parse_backend(backend) if isinstance(backend, str) else backend


def search_backend() -> SearchBackend:
    """The search engine to ask.

    Raises:
        ConfigurationError: If none is configured. It says how to.
    """
    if _chosen is not None:
        return _chosen
    named = os.environ.get(SEARCH_VARIABLE, "").strip()
    if not named:
        raise ConfigurationError(f"No search engine is configured. Set {_HOW}, or call use_search_backend(...).")
    return parse_backend(named)


def parse_backend(text: str) -> SearchBackend:
    """The search engine that a text names: "brave", "searxng:https://HOST", "offline:documents.json" ...

    Raises:
        UnknownNameError: If there is no such engine.
        ConfigurationError: If its address or file is missing, or cannot be used.
    """
    name, _, place = text.strip().partition(":")
    name = name.strip().lower()
    if name in _BY_NAME:
        return _BY_NAME[name]()
    if name not in _BY_PLACE:
        raise UnknownNameError("search engine", name, [*_BY_NAME, *_BY_PLACE])
    if not place.strip():
        raise ConfigurationError(f"{text!r} does not say where. Set {_HOW}.")
    return _BY_PLACE[name](place.strip())
