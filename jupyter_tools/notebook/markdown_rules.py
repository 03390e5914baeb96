"""How a model's Markdown becomes HTML before it is sanitised: coloured code, mathematics, citations, no pictures.

The classes are those of the page's script, so that an answer keeps its looks when it is saved.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

MATH_CLASS = "jt-math mathjax_process tex2jax_process"  # what typesetters look for: MathJax 3, MathJax 2
CITATION = re.compile(r"\[(\d{1,3}(?:, ?\d{1,3})*)\]")
CITE_CLASS = "jt-cite"
HEADING_CLASS = "jp-toc-ignore"  # a notebook's table of contents is its author's; a model's headings would flood it
CODE_CLASSES = {f"jt-{kind}" for kind in ("kwd", "cmnt", "str", "num", "func", "class", "oper")}
# commands by which formulas can link, load, style, cover the page or change others: such source is shown, never typeset
ACTIVE_MATH = re.compile(
    r"\\(?:href|url|html[A-Za-z]*|class|cssId|style|data|require|unicode|include[a-z]*|mmlToken|bbox"
    r"|[Rr]ule|[gex]?def|let|(?:re)?new[a-z]+)(?![A-Za-z])"
)
_LONG_CODE = 20_000


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a citation leads.

    Attributes:
        href: An address on the web, or a place on the page.
        title: What is there.
    """

    href: str
    title: str


def markdown_renderer() -> MarkdownIt:
    """Markdown without HTML of its own."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.texmath import texmath_plugin

    markdown = MarkdownIt("commonmark", {"html": False, "linkify": False, "highlight": highlighted})
    markdown.enable(["table", "strikethrough"])
    markdown.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
    markdown.use(texmath_plugin, delimiters="brackets")
    markdown.core.ruler.push("citations", _cite)
    for name, rule in _RULES.items():
        markdown.add_render_rule(name, rule)
    return markdown


def _image_as_link(_renderer: object, tokens: Sequence[Token], place: int, *_: object) -> str:
    token = tokens[place]
    label = html.escape(f"image: {token.content}" if token.content else "image")
    return f'<a href="{html.escape(str(token.attrs.get("src", "")))}" target="_blank">{label}</a>'


def _link_elsewhere(renderer: Any, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    if not str(tokens[place].attrs.get("href", "")).startswith("#"):
        tokens[place].attrSet("target", "_blank")
    return renderer.renderToken(tokens, place, options, env)


def _heading(renderer: Any, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    tokens[place].attrSet("class", HEADING_CLASS)
    return renderer.renderToken(tokens, place, options, env)


def _inline_math(_renderer: object, tokens: Sequence[Token], place: int, *_: object) -> str:
    return _math("span", rf"\({tokens[place].content}\)")


def _block_math(_renderer: object, tokens: Sequence[Token], place: int, *_: object) -> str:
    return _math("div", rf"\[{tokens[place].content.strip()}\]")


def _math(tag: str, source: str) -> str:
    kind = "jt-math" if ACTIVE_MATH.search(source) else MATH_CLASS
    return f'<{tag} class="{kind}">{html.escape(source)}</{tag}>'


_RULES = {
    "image": _image_as_link,
    "link_open": _link_elsewhere,
    "heading_open": _heading,
    "math_inline": _inline_math,
    "math_inline_double": _block_math,
    "math_block": _block_math,
}


# --- citations ---
def _cite(state: StateCore) -> None:
    marks: Mapping[int, Mark] = state.env.get("marks") or {}
    if not marks:
        return
    for token in state.tokens:
        if token.children and "[" in token.content:
            token.children = list(_cited(token.children, marks))


def _cited(tokens: Sequence[Token], marks: Mapping[int, Mark]) -> Iterator[Token]:
    inside_link = 0
    for token in tokens:
        inside_link += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "text" and not inside_link:
            yield from _linked(token.content, marks)
        else:
            yield token


def _linked(text: str, marks: Mapping[int, Mark]) -> Iterator[Token]:
    from markdown_it.token import Token

    for piece in re.split(r"(\[\d{1,3}(?:, ?\d{1,3})*\])", text):
        numbers = [int(number) for number in re.findall(r"\d+", piece)] if CITATION.fullmatch(piece) else []
        if not any(number in marks for number in numbers):
            yield Token("text", "", 0, content=piece)
            continue
        for place, number in enumerate(numbers):
            yield Token("text", "", 0, content=", " if place else "[")
            yield from _mark(number, marks.get(number))
        yield Token("text", "", 0, content="]")


def _mark(number: int, mark: Mark | None) -> Iterator[Token]:
    from markdown_it.token import Token

    if mark is not None:
        yield Token("link_open", "a", 1, attrs={"href": mark.href, "title": mark.title, "class": CITE_CLASS})
    yield Token("text", "", 0, content=str(number))
    if mark is not None:
        yield Token("link_close", "a", -1)


# --- code ---
def highlighted(code: str, language: str, _attributes: str = "") -> str:
    """Code as HTML with a class for each kind of word; "" if the language is not known."""
    lexer = _lexer(language) if language and len(code) <= _LONG_CODE else None
    if lexer is None:
        return ""
    return "".join(_coloured(_kind(kind), text) for kind, text in lexer.get_tokens(code))


def _coloured(kind: str, text: str) -> str:
    return f'<span class="jt-{kind}">{html.escape(text)}</span>' if kind and text.strip() else html.escape(text)


@cache
def _lexer(language: str) -> Any:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@cache
def _kind(kind: Any) -> str:
    from pygments.token import Comment, Keyword, Literal, Name, Operator, String, Token

    kinds = {
        Keyword: "kwd",
        Operator.Word: "kwd",
        Operator: "oper",
        Comment: "cmnt",
        String: "str",
        Literal: "num",
        Name.Function: "func",
        Name.Class: "class",
        Name.Tag: "kwd",
        Name.Attribute: "func",
        Name.Builtin.Pseudo: "num",
    }
    while kind is not Token:
        if kind in kinds:
            return kinds[kind]
        kind = kind.parent
    return ""
