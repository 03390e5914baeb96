"""What a magic shows: small tables, as HTML on a page and aligned text in a terminal, and sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jupyter_tools.notebook.sanitise import text_html


class Sentence(str):
    """What a command answers in words. Shown as it is, without quotation marks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of text under column names. Shown by IPython as the value of a cell."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def _repr_html_(self) -> str:
        head = "".join(f'<th style="text-align: left">{text_html(name)}</th>' for name in self.columns)
        body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in self.rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def __repr__(self) -> str:
        lines = [tuple(self.columns), *(tuple(" ".join(cell.split()) for cell in row) for row in self.rows)]
        widths = [max(len(line[place]) for line in lines) for place in range(len(self.columns))]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
        )


def _cell(text: str) -> str:
    return f'<td style="text-align: left; white-space: pre-line">{text_html(text)}</td>'
