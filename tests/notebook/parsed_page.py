"""What a browser makes of HTML: html5lib reads it by the same rules. Says whether anything in it could do harm."""

import re
from collections.abc import Iterator
from typing import Any

import html5lib

HEADINGS = {f"h{level}" for level in range(1, 7)}
MARKDOWN_TAGS = {
    *HEADINGS,
    *("p", "br", "hr", "blockquote", "ul", "ol", "li", "strong", "em", "s", "code", "pre", "a"),
    *("table", "thead", "tbody", "tr", "th", "td", "span", "div"),
}
OUR_TAGS = {*MARKDOWN_TAGS, "details", "summary", "img"}
CLASS = re.compile(r"(jt|jp)-[\w-]+( (jt-failed|mathjax_\w+|tex2jax_\w+))*|language-[\w+#.-]+")
ATTRIBUTES = {
    "class": CLASS,
    "href": re.compile(r"(https?|mailto):.*|#jt-\w+-\d+", re.DOTALL | re.IGNORECASE),
    "rel": re.compile("noopener noreferrer nofollow"),
    "target": re.compile("_blank"),
    "title": re.compile(r".*", re.DOTALL),
    "start": re.compile(r"\d+"),
    "id": re.compile(r"jt-\w+-\d+"),
    "src": re.compile(r"data:image/(png|jpeg|gif|webp);base64,[\w+/=\s]*"),
    "alt": re.compile("Picture made by the tool"),
    "open": re.compile(""),
    "tabindex": re.compile("0"),
}
# other renderers name a block's language as it was written, and know where a relative link leads
ATTRIBUTES_OF_OTHERS = {
    **ATTRIBUTES,
    "class": re.compile(".*"),
    "href": re.compile(r"(https?|mailto):.*|[^:]*", re.DOTALL | re.IGNORECASE),
}


def parsed(html: str, *, scripting: bool = True) -> Any:
    """The tree of a piece of a page."""
    return html5lib.parseFragment(html, scripting=scripting, namespaceHTMLElements=False)


def elements(html: str) -> Iterator[Any]:
    """Every element, as a browser with scripts finds them and as one without does."""
    for scripting in (True, False):
        yield from list(parsed(html, scripting=scripting).iter())[1:]


def faults(html: str, tags: set[str] = OUR_TAGS, attributes: dict[str, re.Pattern[str]] = ATTRIBUTES) -> list[str]:
    """Elements and attributes that nothing of a model or a tool may bring to a page."""
    return [
        f"<{node.tag} {name}={value!r}>"
        for node in elements(html)
        for name, value in [("", ""), *node.attrib.items()]
        if node.tag not in tags or (name and not (name in attributes and attributes[name].fullmatch(value)))
    ]


def skeleton(html: str, hidden: tuple[str, ...] = ()) -> list[tuple[int, str, str]]:
    """Depth, tag and class of every element, but for what is below those with a class in `hidden`."""
    return list(_bones(parsed(html), 0, hidden))


def _bones(node: Any, depth: int, hidden: tuple[str, ...]) -> Iterator[tuple[int, str, str]]:
    for child in node:
        kind = child.attrib.get("class", "")
        yield depth, str(child.tag), kind
        if kind not in hidden:
            yield from _bones(child, depth + 1, hidden)
