"""The steps as a tree: what was part of what, folded on a page, indented in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from jupyter_tools.durations import duration_text
from jupyter_tools.traces.steps import Step, nested

_MARKS = {"ok": "✓", "running": "…", "replayed": "✓", "stopped": "■", "interrupted": "■", "skipped": "–"}
_OPEN_DEPTH = 2  # runs and turns are unfolded
_DEEPEST = 30


@dataclass(frozen=True, slots=True)
class Tree:
    """Steps with what they are part of. Shows itself in a notebook.

    Attributes:
        steps: The steps, in any order.
    """

    steps: Sequence[Step]

    def __repr__(self) -> str:
        return "\n".join(f"{'  ' * depth}{_line(step)}" for depth, step in nested(self.steps))

    def _repr_html_(self) -> str:
        root = Element("div", {"style": "font-size: 13px; line-height: 1.6"})
        parents = [root]
        for real_depth, step in nested(self.steps):
            depth = min(real_depth, _DEEPEST)
            del parents[depth + 1 :]
            folded = SubElement(parents[-1], "details", {"style": f"margin-left: {1.2 if depth else 0}em"})
            if depth < _OPEN_DEPTH:
                folded.set("open", "open")
            SubElement(folded, "summary", {"style": "cursor: pointer"}).text = _line(step)
            for name, text in (("in", step.input), ("out", step.output), ("error", step.error)):
                if text:
                    SubElement(folded, "div", {"style": "margin-left: 1.2em; opacity: 0.8"}).text = f"{name}: {text}"
            parents.append(folded)
        return tostring(root, encoding="unicode", method="html")


def _line(step: Step) -> str:
    name = "run" if step.kind == "agent" else step.name
    about = f" {step.input}" if step.input and step.kind in ("agent", "tool") else ""
    failure = f" - {step.error}" if step.error else ""
    return f"{_MARKS.get(step.status, '✗')} {name}{about} ({duration_text(step.duration_ms)}){failure}"
