"""The text of an HTML page: its title, and what a reader would read."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from jupyter_tools.errors import MissingExtraError

_NOT_READ = "//script | //style | //noscript | //template | //nav | //footer | //aside | //form | //svg | //iframe"
_MAIN = ("//main", "//*[@role='main']", "//article")
_LEAST_MAIN = 0.4  # of the page's text: less, and the element is one article of many
_ANY_SPACE = re.compile(r"[ \t\xa0]+")
_MANY_LINES = re.compile(r"\n\s*\n\s*")


def html_to_text(html: str | bytes, encoding: str | None = None, *, mark_headings: bool = False) -> tuple[str, str]:
    """The title and the text of a page. Tables and lists keep their shape; menus and scripts are left out.

    Args:
        html: The page. Bytes are decoded as `encoding` says, or as the page itself does.
        encoding: What the server says the bytes are.
        mark_headings: True to begin the lines of headings with "#", as in Markdown.

    Raises:
        MissingExtraError: If the extra `search` is not installed.
    """
    lxml_html, inscriptis = _library("lxml.html"), _library("inscriptis.html_engine")
    data = html.encode(errors="replace") if isinstance(html, str) else html
    parser = lxml_html.HTMLParser(encoding="utf-8" if isinstance(html, str) else encoding)
    try:
        page: Any = lxml_html.document_fromstring(data, parser=parser)
    except lxml_html.etree.ParserError:  # nothing in it
        return "", ""
    title = _ANY_SPACE.sub(" ", page.findtext(".//title") or "").strip()
    for element in page.xpath(_NOT_READ):
        if element.getparent() is not None:
            element.drop_tree()
    if mark_headings:
        _mark_headings(page)
    return title, _tidy(inscriptis.Inscriptis(_main_part(page)).get_text())


def _mark_headings(page: Any) -> None:
    for level in range(1, 7):
        for heading in page.iter(f"h{level}"):
            text = " ".join(heading.text_content().split())
            for part in list(heading):
                heading.remove(part)
            heading.text = f"{'#' * level} {text}" if text else None


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingExtraError("inscriptis", "search", "Reading web pages") from error


def _main_part(page: Any) -> Any:
    whole = len(page.text_content())
    for path in _MAIN:
        for element in page.xpath(path):
            if len(element.text_content()) >= whole * _LEAST_MAIN:
                return element
    return page


def _tidy(text: str) -> str:
    lines = (_ANY_SPACE.sub(" ", line).rstrip() for line in text.splitlines())
    return _MANY_LINES.sub("\n\n", "\n".join(lines)).strip()
