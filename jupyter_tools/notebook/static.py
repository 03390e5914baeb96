"""What stays of a run in the notebook: `text/html`, `text/markdown` and `text/plain` of a `RunView`. No script.

Colours and fonts are JupyterLab's variables, with fallbacks for pages that have none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from jupyter_tools.notebook.groups import Group, groups
from jupyter_tools.notebook.literal_tex import literal_tex
from jupyter_tools.notebook.markdown_rules import Mark
from jupyter_tools.notebook.parts import (
    MOST_SHOWN,
    NoticePart,
    Part,
    ReasoningPart,
    SteeringPart,
    TextPart,
    ToolPart,
)
from jupyter_tools.notebook.sanitise import (
    closed_markdown,
    dollar_formulas,
    inert_markdown,
    literal_markdown,
    markdown_html,
    text_html,
)
from jupyter_tools.notebook.sources import marks, sources_html, sources_markdown, sources_text
from jupyter_tools.notebook.tool_card import MARKS, tool_html
from jupyter_tools.notebook.turn_usage import usage_table
from jupyter_tools.notebook.view import RunView
from jupyter_tools.shortening import cut

_BEFORE_BLANK = re.compile(r"\n(?=\s*\n)")


def mimebundle(view: RunView, trouble: str = "") -> dict[str, str]:
    """The run as a notebook keeps it.

    Args:
        view: The run.
        trouble: A traceback to fold away, or "".
    """
    return {"text/html": run_html(view, trouble), "text/markdown": run_markdown(view), "text/plain": run_text(view)}


def run_html(view: RunView, trouble: str = "") -> str:
    """The run as HTML: the answer; reasoning, tool calls and sources folded; a table of what the turns took."""
    leads = marks(view.sources, view.run_id)
    drawn = [_part_html(part, leads) for part in view.parts]
    for group in reversed(groups(view.parts)):
        drawn[group.start : group.stop] = [_group_html(group, view.parts[group.start : group.stop])]
    details = f"<details><summary>Details</summary><pre>{text_html(trouble)}</pre></details>" if trouble else ""
    return page("\n".join([*drawn, sources_html(view.sources, view.run_id), details, _status_html(view)]))


def page(body: str) -> str:
    """The frame around all that we show: our class and our style. Typesetters keep to what is marked as formulas.

    It holds no blank line: in an exported Markdown file what follows one would be Markdown again, code included.
    """
    whole = _BEFORE_BLANK.sub("&#10;", body)
    return f'<div class="jt-run mathjax_ignore tex2jax_ignore"><style>{_style()}</style>\n{whole}</div>'


def _part_html(part: Part, leads: Mapping[int, Mark]) -> str:
    match part:
        case TextPart():
            return f'<div class="jt-said">{markdown_html(part.text, leads)}</div>'
        case ReasoningPart():
            text = markdown_html(part.text)
            return (
                f'<details class="jt-reasoning"><summary>{text_html(part.label)}</summary><div>{text}</div></details>'
            )
        case SteeringPart() | NoticePart():
            return f'<div class="jt-{part.kind}">{text_html(part.text)}</div>'
        case ToolPart():
            return tool_html(part)


def _group_html(group: Group, parts: Sequence[Part]) -> str:
    calls = [part for part in parts if isinstance(part, ToolPart)]
    folded = "".join(tool_html(call) for call in calls if not call.failed)
    failed = "".join(tool_html(call, unfolded=True) for call in calls if call.failed)
    return f'<details class="jt-group"><summary>{text_html(group.label)}</summary>{folded}</details>{failed}'


def _status_html(view: RunView) -> str:
    table = usage_table(view.turns)
    if not table.rows:
        return f'<div class="jt-status">{text_html(view.status)}</div>' if view.status else ""
    head = "".join(f"<th>{text_html(name)}</th>" for name in table.columns)
    body = "".join(f"<tr>{''.join(f'<td>{text_html(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
    return (
        f'<details class="jt-status"><summary>{text_html(view.status)}</summary>'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></details>"
    )


def run_markdown(view: RunView) -> str:
    """The run as Markdown, for pages and exports that render it themselves."""
    parts = [_part_markdown(part) for part in view.parts]
    ending = f"*{literal_markdown(view.status)}*" if view.status else ""
    problem = _said(view.error_message or "")
    pieces = (*parts, sources_markdown(view.sources), problem, ending, _usage_markdown(view))
    return "\n\n".join(piece for piece in pieces if piece)


def _usage_markdown(view: RunView) -> str:
    table = usage_table(view.turns)
    rows = [table.columns, ["---"] * len(table.columns), *table.rows] if table.rows else []
    return "\n".join(f"| {' | '.join(literal_markdown(cell) for cell in row)} |" for row in rows)


def _part_markdown(part: Part) -> str:
    match part:
        case TextPart():
            return _said(part.text)
        case ReasoningPart():
            return _folded(part.label, _said(part.text))
        case SteeringPart():
            return "\n".join(f"> {line}" for line in _said(part.text).splitlines())
        case NoticePart():
            return f"*{literal_markdown(part.text)}*"
        case ToolPart():
            line = f"{MARKS.get(part.status, '…')} {part.signature} → {part.outcome}"
            return _folded(line, _fenced(f"{part.arguments}\n\n{cut(part.text, MOST_SHOWN)}"))


def _said(text: str) -> str:
    return closed_markdown(literal_tex(inert_markdown(dollar_formulas(text))).strip())


def _folded(label: str, body: str) -> str:
    summary = text_html(label).replace("\\", "&#92;").replace("$", "&#36;")  # pandoc reads Markdown and TeX in it
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def _fenced(text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text.strip()}\n{fence}"


def run_text(view: RunView) -> str:
    """The run as plain text, for terminals and for people who read the notebook's file."""
    parts = [part_text(part) for part in view.parts]
    pieces = (*parts, sources_text(view.sources), view.error_message or "", view.status)
    return "\n\n".join(piece for piece in pieces if piece)


def part_text(part: Part) -> str:
    """One part as plain text."""
    match part:
        case TextPart():
            return part.text.strip()
        case ReasoningPart():
            return f"[{part.label}] {part.text.strip()}"
        case SteeringPart():
            return f"> {part.text.strip()}"
        case NoticePart():
            return f"[{part.text}]"
        case ToolPart():
            return f"[{part.signature} -> {part.outcome}]"


@cache
def _style() -> str:
    path = Path(__file__).parent / "assets" / "run.css"
    return " ".join(path.read_text(encoding="utf-8").split())
