"""What a search finds: results, and the sources that an answer cites."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from jupyter_tools.json_types import JsonObject

_TRACKING = ("utm_", "gclid", "fbclid", "yclid", "msclkid")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """One thing that was found.

    Attributes:
        url: Where it is.
        title: Its title.
        snippet: The words around what was searched for.
        text: The page's text, if it was read.
    """

    url: str
    title: str = ""
    snippet: str = ""
    text: str = ""

    @property
    def content(self) -> str:
        """The most that is known of it."""
        return self.text or self.snippet


@dataclass(frozen=True, slots=True)
class Sources:
    """Where an answer comes from: a piece of the stream, before its end. The numbers are those of the citations."""

    results: tuple[SearchResult, ...]

    def get_list(self) -> list[JsonObject]:
        """The sources as dicts with `url` and `title`."""
        return [{"url": result.url, "title": result.title or result.url} for result in self.results]

    def __str__(self) -> str:
        """A numbered list in Markdown."""
        return "\n".join(
            f"{number}. [{_escaped(result.title or result.url)}](<{_in_brackets(result.url)}>)"
            for number, result in enumerate(self.results, 1)
        )

    def __bool__(self) -> bool:
        return bool(self.results)


def merged(*found: Sources | None) -> Sources | None:
    """All sources, each once; None if there are none."""
    results = without_duplicates(result for sources in found if sources for result in sources.results)
    return Sources(tuple(results)) if results else None


def without_duplicates(results: Iterable[SearchResult]) -> list[SearchResult]:
    """The results with one for each page: addresses that differ in nothing that matters are one."""
    kept: dict[str, SearchResult] = {}
    for result in results:
        key = comparable(result.url)
        first = kept.get(key)
        if first is None:
            kept[key] = result
        elif not first.content and result.content:
            kept[key] = replace(first, snippet=result.snippet, text=result.text)
    return list(kept.values())


def comparable(url: str) -> str:
    """The address without what two addresses of one page may differ in: scheme, "www.", case, trackers, fragment."""
    try:
        parts = urlsplit(url.strip())
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:  # no address, but still a text to compare
        return url.strip()
    host = (parts.hostname or "").removeprefix("www.") + port
    query = urlencode([item for item in parse_qsl(parts.query, keep_blank_values=True) if not _is_tracker(item[0])])
    scheme = "" if parts.scheme in ("http", "https") else parts.scheme
    return urlunsplit((scheme, host, parts.path.rstrip("/"), query, ""))


def _is_tracker(name: str) -> bool:
    return name.lower().startswith(_TRACKING)


def _escaped(text: str) -> str:
    return " ".join(text.replace("\\", "\\\\").replace("[", r"\[").replace("]", r"\]").split())


def _in_brackets(url: str) -> str:
    return "".join(url.split()).replace("<", "%3C").replace(">", "%3E")
