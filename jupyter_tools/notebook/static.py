"""What stays of a run in the notebook: `text/html`, `text/markdown` and `text/plain` of a `RunView`. No script.

Colours and fonts are JupyterLab's variables, with fallbacks for pages that have none.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from jupyter_tools.notebook.parts import NoticePart, Part, ReasoningPart, SteeringPart, TextPart, ToolPart, cut
from jupyter_tools.notebook.sanitise import image_html, inert_markdown, markdown_html, text_html
from jupyter_tools.notebook.view import RunView

_MARKS = {"ok": "✓", "error": "✗", "timeout": "✗", "denied": "✗", "aborted": "■", "skipped": "–"}


def mimebundle(view: RunView, trouble: str = "") -> dict[str, str]:
    """The run as a notebook keeps it.

    Args:
        view: The run.
        trouble: A traceback to fold away, or "".
    """
    return {"text/html": run_html(view, trouble), "text/markdown": run_markdown(view), "text/plain": run_text(view)}


def run_html(view: RunView, trouble: str = "") -> str:
    """The run as HTML: the answer, reasoning and tool calls folded."""
    body = "\n".join(_part_html(part) for part in view.parts)
    details = f"<details><summary>Details</summary><pre>{text_html(trouble)}</pre></details>" if trouble else ""
    status = f'<div class="jt-status">{text_html(view.status)}</div>' if view.status else ""
    return page(f"{body}\n{details}{status}")


def page(body: str) -> str:
    """The frame around all that we show: our class and our style."""
    return f'<div class="jt-run"><style>{_style()}</style>\n{body}</div>'


def _part_html(part: Part) -> str:
    match part:
        case TextPart():
            return f"<div>{markdown_html(part.text)}</div>"
        case ReasoningPart():
            return f"<details><summary>{text_html(part.label)}</summary><div>{markdown_html(part.text)}</div></details>"
        case SteeringPart() | NoticePart():
            return f'<div class="jt-{part.kind}">{text_html(part.text)}</div>'
        case ToolPart():
            return tool_html(part)


def tool_html(part: ToolPart, *, unfolded: bool = False) -> str:
    """One tool call as HTML, folded or not."""
    failed = ' class="jt-failed"' if part.status in ("error", "timeout", "denied") else ""
    opened = " open" if unfolded else ""
    line = f"{_MARKS.get(part.status, '…')} <code>{text_html(part.signature)}</code> → {text_html(part.outcome)}"
    arguments = f"<pre>{text_html(part.arguments)}</pre>" if part.args else ""
    result = f"<pre>{text_html(cut(part.text))}</pre>" if part.text else ""
    images = "".join(map(image_html, part.images))
    return f"<details{failed}{opened}><summary>{line}</summary>{arguments}{result}{images}</details>"


def run_markdown(view: RunView) -> str:
    """The run as Markdown, for pages and exports that render it themselves."""
    parts = [_part_markdown(part) for part in view.parts]
    ending = f"*{view.status}*" if view.status else ""
    problem = inert_markdown(view.error_message or "")
    return "\n\n".join(piece for piece in (*parts, problem, ending) if piece)


def _part_markdown(part: Part) -> str:
    match part:
        case TextPart():
            return inert_markdown(part.text).strip()
        case ReasoningPart():
            return _folded(part.label, inert_markdown(part.text).strip())
        case SteeringPart():
            return "\n".join(f"> {line}" for line in inert_markdown(part.text).splitlines())
        case NoticePart():
            return f"*{inert_markdown(part.text)}*"
        case ToolPart():
            line = f"{_MARKS.get(part.status, '…')} {part.signature} → {part.outcome}"
            return _folded(line, _fenced(f"{part.arguments}\n\n{cut(part.text)}"))


def _folded(label: str, body: str) -> str:
    return f"<details><summary>{text_html(label)}</summary>\n\n{body}\n\n</details>"


def _fenced(text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text.strip()}\n{fence}"


def run_text(view: RunView) -> str:
    """The run as plain text, for terminals and for people who read the notebook's file."""
    parts = [part_text(part) for part in view.parts]
    return "\n\n".join(piece for piece in (*parts, view.error_message or "", view.status) if piece)


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
