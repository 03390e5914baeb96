r"""A model's TeX in Markdown that `nbconvert` makes LaTeX of: pandoc would hand on `\input{...}` as a command.

A backslash before a letter is doubled, which every Markdown renderer shows as one: `C:\temp` would end the export, too.
Code stays as it is, and so do formulas, but for those with commands that read files or make new commands.
"""

from __future__ import annotations

import re

from jupyter_tools.notebook.markdown_rules import ACTIVE_MATH
from jupyter_tools.notebook.sanitise import code_lines, outside_code

_LETTERS = re.compile(r"\\[A-Za-z]")
_PIECE = re.compile(
    r"""(?P<math> \$\$ (?:(?!\n\s*\n)[^$])+? \$\$ | \\\[ (?:(?!\n\s*\n).)+? \\\]
                | \$(?![\s$]) (?:\\.|[^\\$\n])+? (?<!\s)\$(?!\d) | \\\( [^\n]+? \\\) )
      | \\(?=[A-Za-z]) | \\.""",
    re.DOTALL | re.VERBOSE,
)
_MARKS = re.compile(r"[\\$*_`~^()\[\]{}]")  # as entities: a backslash before a bracket would begin a formula again
_UNSAFE = re.compile(
    r"\^\^|\\(?:@|(?:verbatim|lst)?input|In?put|Require|use|open|close|read|write|immediate|special|cat|lc|uc|(?:end)?csname|expandafter"
    r"|scantokens|lowercase|uppercase|futurelet|global|long|outer|every|loop|repeat|direct|late|lua|pdf|file|begin\s*\{\s*(?:file|verb|lst))"
)


def literal_tex(text: str) -> str:
    """The Markdown with TeX as text, outside of code and harmless formulas."""
    if not _LETTERS.search(text) and "^^" not in text:
        return text
    lines = text.splitlines(keepends=True)
    pieces: list[str] = []
    end = 0
    for start, stop in code_lines(text):
        pieces += [_outside_blocks("".join(lines[end:start])), *lines[start:stop]]
        end = stop
    return "".join([*pieces, _outside_blocks("".join(lines[end:]))])


def _outside_blocks(text: str) -> str:
    return outside_code(text, lambda piece: _PIECE.sub(_literal, piece))


def _literal(found: re.Match[str]) -> str:
    piece = found[0]
    if found["math"]:
        harmful = ACTIVE_MATH.search(piece) or _UNSAFE.search(piece)
        return _MARKS.sub(lambda mark: f"&#{ord(mark[0])};", piece) if harmful else piece
    return "\\\\" if piece == "\\" else piece
