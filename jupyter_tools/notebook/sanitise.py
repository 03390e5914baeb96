"""The one way by which a model's or a tool's text reaches a saved page.

Markdown is rendered without HTML of its own, then nh3 lets only harmless tags through. Images become links: loading
one from elsewhere would tell its server what stands in the address; only those that came as data are shown. Plain text
is escaped.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from jupyter_tools.garbage import collected_rarely
from jupyter_tools.messages import ImageContent
from jupyter_tools.notebook.markdown_rules import (
    ACTIVE_MATH,
    CITE_CLASS,
    CODE_CLASSES,
    HEADING_CLASS,
    MATH_CLASS,
    Mark,
    markdown_renderer,
)

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_TAGS = {
    *_HEADINGS,
    *("p", "br", "hr", "blockquote", "ul", "ol", "li"),
    *("strong", "em", "s", "code", "pre", "a", "table", "thead", "tbody", "tr", "th", "td", "span", "div"),
}
_ATTRIBUTES = {
    **{heading: {"class"} for heading in _HEADINGS},
    "a": {"href", "title", "target", "class"},
    "code": {"class"},
    "span": {"class"},
    "div": {"class"},
    "ol": {"start"},
}
_SCHEMES = {"http", "https", "mailto"}
_IMAGE_TYPES = {"image/png", "image/jpeg", "image/gif", "image/webp"}  # SVG may hold scripts
_MAX_IMAGE = 4_000_000  # characters of base64: a notebook should stay one that opens
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]+=*\s*")
_CLASSES = {
    **{heading: {HEADING_CLASS} for heading in _HEADINGS},
    "a": {CITE_CLASS},
    "span": {*CODE_CLASSES, MATH_CLASS, "jt-math"},
    "div": {MATH_CLASS, "jt-math"},
}
_LANGUAGE = re.compile(r"language-[\w+#.-]{1,40}")
_ON_THIS_PAGE = re.compile(r"#jt-\w+-\d+")


def markdown_html(text: str, marks: Mapping[int, Mark] | None = None) -> str:
    """A model's Markdown as HTML that can do no harm.

    Args:
        text: The Markdown.
        marks: Where each number leads that may stand in brackets as a citation.
    """
    import nh3

    ours = {mark.href for mark in (marks or {}).values()}
    with collected_rarely():  # a long answer is a hundred thousand objects that live until it is drawn
        drawn = _markdown().render(text, {"marks": marks or {}})
    return nh3.clean(
        drawn,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
        attribute_filter=lambda tag, attribute, value: _filtered(tag, attribute, value, ours),
    )


def text_html(text: str) -> str:
    """Text as HTML that shows it literally."""
    return html.escape(text)


def image_html(image: ImageContent) -> str:
    """A picture that the page itself holds. What is no base64 of a known kind, or too large, is left out."""
    if image.mime_type not in _IMAGE_TYPES or len(image.data) > _MAX_IMAGE or not _BASE64.fullmatch(image.data):
        return ""
    return f'<img alt="Picture made by the tool" src="data:{image.mime_type};base64,{image.data}">'


def web_address(url: str) -> str:
    """The address if it is one on the web, else ""."""
    return url if _scheme(url) in ("http", "https") else ""


def _filtered(tag: str, attribute: str, value: str, ours: Collection[str]) -> str | None:
    match attribute:
        case "class":
            known = _LANGUAGE.fullmatch(value) if tag == "code" else value in _CLASSES.get(tag, ())
        case "href":
            known = _scheme(value) in _SCHEMES or _ON_THIS_PAGE.fullmatch(value) or value in ours
        case "target":
            known = value == "_blank"
        case _:
            known = True
    return value if known else None


def _scheme(url: str) -> str:
    scheme, colon, _ = url.partition(":")
    return scheme.strip().lower() if colon else ""


@cache
def _markdown() -> MarkdownIt:
    return markdown_renderer()


# --- Markdown that stays Markdown, for pages that render it themselves ---
_FENCE = r"^ {0,3}(?P<tick>`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}(?P=tick)[`~]* *$|\Z)"
_SPAN = r"(?P<run>`+)(?!`)[^\n]+?(?<!`)(?P=run)(?!`)"
_CODE = re.compile(f"{_FENCE}|{_SPAN}", re.DOTALL | re.MULTILINE)
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_IMAGE = re.compile(r"!(?=\[)")
_LINK = re.compile(r"\](?=[(:\[])")
_FENCE_LINE = re.compile(r"^ {0,3}(?P<mark>`{3,}|~{3,})(?P<rest>.*)$", re.MULTILINE)
_SPECIAL = re.compile(r"([\\`*_~$|\[\]])")
_NOT_IN_ADDRESS = re.compile(r"[\s<>\\|]")
_BRACKETED = re.compile(  # formulas as most models write them; a backslash before the first one makes it text
    r"\\\\|\\\((?P<inline>(?:[^\\$\n]|\\[^()$\n])+)\\\)|\\\[(?P<block>(?:[^\\$\n]|\n(?![ \t]*\n)|\\[^\[\]$])+)\\\]"
)
_SUSPECT = re.compile(r"<|\][(:\[]")  # without tags, links and what they refer to there is nothing to disarm


def dollar_formulas(text: str) -> str:
    r"""Markdown with `\(x\)` and `\[x\]` as `$x$` and `$$x$$`: to most renderers the former are escaped brackets."""
    return outside_code(text, lambda piece: _BRACKETED.sub(_with_dollars, piece)) if _BRACKETED.search(text) else text


def _with_dollars(found: re.Match[str]) -> str:
    inline, block = (formula and formula.strip() for formula in found.group("inline", "block"))
    if ACTIVE_MATH.search(inline or block or ""):
        return found[0]
    return f"${inline}$" if inline else f"$${block}$$" if block else found[0]


def inert_markdown(text: str) -> str:
    """A model's Markdown with HTML and images disarmed, code as it was, links if all of them are harmless."""
    if not _SUSPECT.search(text):
        return text
    disarmed = outside_code(text, lambda piece: _IMAGE.sub(r"\\!", _TAG.sub("&lt;", piece)))
    return disarmed if _is_inert(disarmed) else _without_links(text)


def literal_markdown(text: str) -> str:
    """Text on one line as Markdown that shows it literally: names and titles, which are no Markdown."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;"))


def markdown_link(text: str, url: str) -> str:
    """Text as a link, or as text alone if the address is none on the web."""
    address = _NOT_IN_ADDRESS.sub(lambda found: quote(found[0]), web_address(url))
    return f"[{literal_markdown(text)}](<{address}>)" if address else literal_markdown(text)


def closed_markdown(text: str) -> str:
    """The Markdown with the code closed that it was cut in: else all that follows it on a page would be code."""
    tokens = _permissive().parse(text) if _open_fence(text) else []
    return f"{text}\n{tokens[-1].markup}" if tokens and tokens[-1].type == "fence" else text


def _open_fence(text: str) -> bool:
    fence = ""
    for line in _FENCE_LINE.finditer(text):
        mark, rest = line["mark"], line["rest"]
        if not fence:
            fence = mark
        elif mark.startswith(fence) and not rest.strip():
            fence = ""
    return bool(fence)


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """Markdown with what is no code in it changed."""
    pieces: list[str] = []
    end = 0
    for code in _CODE.finditer(text):
        pieces += [change(text[end : code.start()]), code[0]]
        end = code.end()
    return "".join([*pieces, change(text[end:])])


def code_lines(text: str) -> list[tuple[int, int]]:
    """Which lines of Markdown are blocks of code, wherever they stand: the first of each, and the first behind it."""
    blocks = [token.map for token in _permissive().parse(text) if token.type in ("fence", "code_block")]
    return [(start, stop) for start, stop in filter(None, blocks)]


def _without_links(text: str) -> str:
    # in code, too: whatever confused the search for code may have been meant to
    return _LINK.sub(r"]\\", _IMAGE.sub(r"\\!", text.replace("<", "&lt;")))


def _is_inert(text: str) -> bool:
    """True if a Markdown renderer that allows HTML, images and every link would find nothing to do harm with."""
    tokens = _permissive().parse(text)
    inner = [child for token in tokens for child in token.children or ()]
    return all(_is_inert_token(token) for token in (*tokens, *inner))


def _is_inert_token(token: Token) -> bool:
    if token.type == "link_open":
        return _scheme(str(token.attrs.get("href", ""))) in {*_SCHEMES, ""}
    return token.type not in ("html_block", "html_inline", "image")


@cache
def _permissive() -> MarkdownIt:
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    markdown.validateLink = lambda _: True  # pyright: ignore[reportAttributeAccessIssue]  # its documented hook
    return markdown
