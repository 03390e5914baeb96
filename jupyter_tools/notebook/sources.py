"""The numbered sources that tools found, and the marks in an answer (`[1]`, `[2, 3]`) that cite them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_tools.json_types import JsonValue
from jupyter_tools.notebook.markdown_rules import Mark
from jupyter_tools.notebook.sanitise import literal_markdown, markdown_link, text_html, web_address

_GIST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What an answer may cite.

    Attributes:
        number: As the model saw it.
        title: Its title, else its place.
        url: Its address on the web, or "".
        place: The id of a document that has no address, or "".
        text: The beginning of what it says.
        file: A link to it from the notebook, if it is a file beside or below that.
    """

    number: int
    title: str
    url: str = ""
    place: str = ""
    text: str = ""
    file: str = ""

    @property
    def address(self) -> str:
        """Where it can be opened, or ""."""
        return web_address(self.url) or self.file


def sources_in(details: JsonValue) -> Iterator[Source]:
    """The sources in a tool's details: what stands in a list `sources`, or `results`, and has a number."""
    if not isinstance(details, dict):
        return
    for name in ("sources", "results"):
        listed = details.get(name)
        for item in listed if isinstance(listed, list) else []:
            source = _source(item) if isinstance(item, dict) else None
            if source is not None:
                yield source


def _source(item: dict[str, Any]) -> Source | None:
    number = item.get("number")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= 999:
        return None
    url, place = str(item.get("url") or ""), str(item.get("id") or item.get("document_id") or item.get("doc_id") or "")
    text = " ".join(str(item.get("text") or item.get("snippet") or "").split())
    title = " ".join(str(item.get("title") or place or url or f"Source {number}").split())
    return Source(number=number, title=title[:_GIST], url=url, place=place, text=text[:_GIST])


def anchors(sources: Mapping[int, Source], run_id: str) -> dict[int, str]:
    """For each number the name of the place on the page that its marks lead to."""
    run = re.sub(r"\W", "", run_id)[-12:] or "run"
    return {number: f"jt-{run}-{number}" for number in sources}


def marks(sources: Mapping[int, Source], run_id: str) -> dict[int, Mark]:
    """Where the marks of a saved answer lead: to the source itself if it can be opened, else to the list.

    JupyterLab follows no link to a place on its own page, exported pages do.
    """
    places = anchors(sources, run_id)
    return {number: Mark(source.address or f"#{places[number]}", source.title) for number, source in sources.items()}


def sources_html(sources: Mapping[int, Source], run_id: str) -> str:
    """The list that the marks lead to, folded; "" if there are none."""
    if not sources:
        return ""
    names = anchors(sources, run_id)
    items = "".join(_item(sources[number], names[number]) for number in sorted(sources))
    return f'<details class="jt-sources"><summary>Sources ({len(sources)})</summary><ul>{items}</ul></details>'


def _item(source: Source, anchor: str) -> str:
    title = text_html(source.title)
    if source.address:
        title = f'<a href="{text_html(source.address)}" target="_blank" rel="noopener noreferrer nofollow">{title}</a>'
    place = f" <code>{text_html(source.place)}</code>" if source.place and source.place != source.title else ""
    text = f"<div>{text_html(source.text)}</div>" if source.text else ""
    return f'<li id="{anchor}">[{source.number}] {title}{place}{text}</li>'


def sources_markdown(sources: Mapping[int, Source]) -> str:
    """The list as Markdown."""
    if not sources:
        return ""
    lines = [f"- \\[{number}\\] {_line(sources[number])}" for number in sorted(sources)]
    return "\n".join(["**Sources**", "", *lines])


def _line(source: Source) -> str:
    if source.file and not web_address(source.url):
        return f"[{literal_markdown(source.title)}](<{source.file}>)"
    place = "" if web_address(source.url) or source.place == source.title else literal_markdown(source.place)
    return f"{markdown_link(source.title, source.url)} {place}".strip()


def sources_text(sources: Mapping[int, Source]) -> str:
    """The list as plain text."""
    lines = [f"[{s.number}] {s.title} {_where(s)}".rstrip() for _, s in sorted(sources.items())]
    return "\n".join(["Sources:", *lines]) if lines else ""


def _where(source: Source) -> str:
    where = source.url or source.place
    return "" if where == source.title else where
