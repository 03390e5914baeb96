"""Sources that an answer names itself, `[[1]](paper.pdf#page=3)`, as models do with attached files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from jupyter_tools.notebook.sanitise import outside_code, web_address
from jupyter_tools.notebook.sources import Source

_INNER = r"[^()\n]*(?:\([^()\n]*\)[^()\n]*)*"  # a file's name may have brackets of its own
_MARK = re.compile(rf"\[\[(\d{{1,3}})\]\]\(({_INNER})\)")
_LONGEST_NAME = 300


def numbered(text: str, known: Mapping[int, Source], files: Mapping[str, str]) -> tuple[str, dict[int, Source]]:
    """The text with marks of the usual kind, `[1]`, and the sources that they lead to.

    A number that another source has already becomes the next free one.

    Args:
        text: Markdown. Code in it stays as it is.
        known: The sources until now.
        files: For the name of each file that was attached, a link to it, or "".
    """
    found = dict(known)

    def mark(match: re.Match[str]) -> str:
        name = unquote(match[2].strip().removeprefix("<").removesuffix(">"))[:_LONGEST_NAME]
        number = _number(name, int(match[1]), found) if name else int(match[1])
        if name:
            found.setdefault(number, _source(number, name, files))
        return f"[{number}]"

    changed = outside_code(text, lambda piece: _MARK.sub(mark, piece))
    return changed, {number: source for number, source in found.items() if number not in known}


def _number(name: str, wanted: int, found: Mapping[int, Source]) -> int:
    same = next((number for number, source in found.items() if name in (source.title, source.url, source.place)), None)
    if same is not None:
        return same
    return wanted if wanted not in found else max(found) + 1


def _source(number: int, name: str, files: Mapping[str, str]) -> Source:
    file, _, place = name.partition("#")
    link = files.get(name) or files.get(file, "")
    if link and place and name not in files:
        link = f"{link}#{place}" if place.replace("=", "").isalnum() else link
    return Source(number=number, title=name, url=web_address(name), file=link)
