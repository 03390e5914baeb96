"""A timeline as SVG, HTML and text, without any dependency and without a script.

The markup is built as a tree of elements, so that whatever a model or a tool wrote is escaped by the one who writes the
tree out. Text has the colour that the page's own text has there, so it can be read in every theme of every editor; only
a file of its own asks the system whether it is dark. What the picture shows stands below it as a table, for those who
do not see it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

from jupyter_tools.durations import duration_text
from jupyter_tools.errors import ConfigurationError
from jupyter_tools.shortening import one_line
from jupyter_tools.traces.steps import Step, nested
from jupyter_tools.traces.timeline import Bar, Layout, Row, lay_out

_WIDTH, _GUTTER, _RIGHT, _TOP = 560.0, 180.0, 66.0, 22.0
_LEVEL, _BETWEEN, _BAR = 16.0, 6.0, 12.0
_THINNEST = 1.5
_LABEL_LENGTH = 27
_DEEPEST = 10  # more levels are not indented
_CHARACTER = 6.4  # the width of one, about
_TABLE_ROWS = 200
_TEXT_WIDTH = 40
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # such as codes that colour an error
_numbers = itertools.count(1)
_STYLE = """
.jt-timeline { overflow-x: auto; }
.jt-timeline svg { display: block; max-width: 100%; font: 11.5px var(--jp-ui-font-family, system-ui, sans-serif); }
.jt-timeline text { fill: currentColor; } .jt-timeline .jt-soft { fill-opacity: 0.75; }
.jt-timeline .jt-grid { stroke: currentColor; stroke-opacity: 0.25; }
.jt-timeline .jt-pause { fill: currentColor; fill-opacity: 0.15; }
.jt-timeline .jt-agent { fill: #8d8d8d; } .jt-timeline .jt-turn { fill: #8d8d8d; fill-opacity: 0.6; }
.jt-timeline .jt-model { fill: #3b82d6; } .jt-timeline .jt-tool { fill: #2a9d6f; }
.jt-timeline .jt-retrieval { fill: #9467bd; } .jt-timeline .jt-approval { fill: #d08a00; }
.jt-timeline .jt-failed { fill: #d83a34; } .jt-timeline text.jt-mark { font-weight: bold; }
.jt-timeline text.jt-inside { fill: #ffffff; font-size: 9px; pointer-events: none; }
.jt-timeline .jt-waiting { fill-opacity: 0.4; stroke: currentColor; stroke-dasharray: 2 2; }
.jt-timeline table { font-size: 12px; } .jt-timeline summary { cursor: pointer; font-size: 12px; }
"""
_ALONE = "svg.jt-timeline { color-scheme: light dark; color: CanvasText; }\n"
_HEAD = """<!DOCTYPE html>
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>Timeline</title>
"""


@dataclass(frozen=True)
class Timeline:
    """Steps on a time axis. Shows itself in a notebook; `save` writes it to a file.

    Attributes:
        steps: The steps, in any order.
    """

    steps: Sequence[Step]

    @cached_property
    def svg(self) -> str:
        """The picture alone, to be put into any page."""
        return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", tostring(_picture(self.steps, alone=True), encoding="unicode"))

    def save(self, path: str | Path) -> Path:
        """Write the timeline to a file.

        Args:
            path: A name that ends in .svg for the picture alone, or .html for the picture and its table.

        Raises:
            ConfigurationError: If it ends in something else.
        """
        target = Path(path)
        match target.suffix.lower():
            case ".svg":
                target.write_text(self.svg, encoding="utf-8")
            case ".html":
                target.write_text(f"{_HEAD}{self._repr_html_()}\n", encoding="utf-8")
            case suffix:
                raise ConfigurationError(f"A timeline is written to a .svg or .html file, not to {suffix or path}.")
        return target

    def _repr_html_(self) -> str:
        root = Element("div", {"class": "jt-timeline"})
        SubElement(root, "style").text = _STYLE
        root.append(_picture(self.steps))
        root.append(_table(self.steps))
        return tostring(root, encoding="unicode", method="html")

    def __repr__(self) -> str:
        return timeline_text(self.steps)


def _picture(steps: Sequence[Step], *, alone: bool = False) -> Element:
    layout = lay_out(steps, _WIDTH)
    tops = list(itertools.accumulate((row.levels * _LEVEL + _BETWEEN for row in layout.rows), initial=_TOP))
    number = next(_numbers)
    width = _GUTTER + _WIDTH + _RIGHT
    svg = Element("svg", _size(width, tops[-1] + 4) | {"role": "img", "aria-labelledby": f"jt-tl-{number}"})
    SubElement(svg, "title", {"id": f"jt-tl-{number}"}).text = _title(steps, layout)
    SubElement(svg, "desc").text = _description(steps)
    if alone:  # a file of its own has no page to say how it looks
        svg.set("xmlns", "http://www.w3.org/2000/svg")
        svg.set("class", "jt-timeline")
        SubElement(svg, "style").text = _STYLE.replace(".jt-timeline svg", "svg.jt-timeline") + _ALONE
    _draw_axis(svg, layout, tops[-1])
    for row, top in zip(layout.rows, tops[:-1], strict=True):
        _draw_label(svg, row, top)
    for bar in sorted(layout.bars, key=lambda bar: bar.step.failed):  # failures lie on top
        _draw_bar(svg, bar, tops[bar.row], with_duration=len(layout.rows) == len(layout.bars))
    return svg


def _size(width: float, height: float) -> dict[str, str]:
    return {"viewBox": f"0 0 {width:g} {height:g}", "width": f"{width:g}", "height": f"{height:g}"}


def _title(steps: Sequence[Step], layout: Layout) -> str:
    plural = "" if len(steps) == 1 else "s"
    return f"Timeline of {len(steps):,} step{plural}, {duration_text(layout.axis.active_us / 1000)}"


def _description(steps: Sequence[Step]) -> str:
    if not steps:
        return "No step was recorded."
    calls = [step for step in steps if step.kind not in ("agent", "turn")] or list(steps)
    longest = max(calls, key=lambda step: step.duration_ms or 0)
    failed = sum(step.failed for step in calls)
    return f"The longest: {longest.title}. Failed: {failed}. All steps stand in the table below the picture."


def _draw_axis(svg: Element, layout: Layout, bottom: float) -> None:
    for x, milliseconds in layout.axis.ticks():
        place = {"x1": f"{_GUTTER + x:.1f}", "x2": f"{_GUTTER + x:.1f}", "y1": f"{_TOP - 4:g}", "y2": f"{bottom:g}"}
        SubElement(svg, "line", place | {"class": "jt-grid"})
        label = "0" if milliseconds == 0 else duration_text(milliseconds)
        _text(svg, _GUTTER + x, _TOP - 8, label, {"class": "jt-soft", "text-anchor": "middle"})
    for pause in layout.axis.pauses:
        place = {"x": f"{_GUTTER + pause.x:.1f}", "y": f"{_TOP - 4:g}", "height": f"{bottom - _TOP + 4:g}"}
        rectangle = SubElement(svg, "rect", place | {"width": f"{pause.width:.1f}", "class": "jt-pause"})
        SubElement(rectangle, "title").text = f"Nothing ran for {duration_text(pause.duration_ms)}"
    if layout.axis.pauses:
        _text(svg, _GUTTER, _TOP - 8, f"grey stripes: pauses; all else {_total(layout)}", {"class": "jt-soft"})


def _total(layout: Layout) -> str:
    return duration_text(layout.axis.active_us / 1000)


def _draw_label(svg: Element, row: Row, top: float) -> None:
    x = 4 + 10 * min(row.depth, 6)
    length = max(8, round((_GUTTER - x) / _CHARACTER))
    text = _text(svg, x, top + _BAR - 2, one_line(row.label, min(length, _LABEL_LENGTH)))
    SubElement(text, "title").text = row.label


def _draw_bar(svg: Element, bar: Bar, top: float, *, with_duration: bool) -> None:
    step = bar.step
    y, width = top + bar.level * _LEVEL, max(bar.width, _THINNEST)
    kind = "jt-failed" if step.failed else f"jt-{step.kind}"
    looks = f"{kind} jt-waiting" if step.status == "running" else kind
    place = {"x": f"{_GUTTER + bar.x:.1f}", "y": f"{y:g}", "width": f"{width:.1f}", "height": f"{_BAR:g}", "rx": "2"}
    rectangle = SubElement(svg, "rect", place | {"class": looks})
    SubElement(rectangle, "title").text = "\n".join(filter(None, (step.title, step.input, step.error or step.output)))
    if with_duration:
        mark = f"✗ {duration_text(step.duration_ms)}" if step.failed else duration_text(step.duration_ms)
        _text(svg, _GUTTER + bar.x + width + 4, y + _BAR - 2, mark, {"class": "jt-mark" if step.failed else "jt-soft"})
    elif step.failed:  # red alone does not tell everybody
        _text(svg, _GUTTER + bar.x + width / 2, y + _BAR - 2, "✗", {"class": "jt-inside", "text-anchor": "middle"})


def _text(svg: Element, x: float, y: float, text: str, attributes: dict[str, str] | None = None) -> Element:
    element = SubElement(svg, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}"} | (attributes or {}))
    element.text = text
    return element


def _table(steps: Sequence[Step]) -> Element:
    details = Element("details")
    SubElement(details, "summary").text = "The same as a table"
    table = SubElement(details, "table")
    head = SubElement(SubElement(table, "thead"), "tr")
    for name in ("step", "status", "duration", "input", "output or error"):
        SubElement(head, "th", {"scope": "col", "style": "text-align: left"}).text = name
    body = SubElement(table, "tbody")
    for depth, step in itertools.islice(nested(steps), _TABLE_ROWS):
        row = SubElement(body, "tr")
        name = step.kind if step.kind == "agent" else step.name
        cells = (step.status, duration_text(step.duration_ms), step.input or "", step.error or step.output or "")
        first = SubElement(row, "td", {"style": f"text-align: left; padding-left: {depth + 0.5}em"})
        first.text = name
        for cell in cells:
            SubElement(row, "td", {"style": "text-align: left"}).text = one_line(cell, 100)
    if len(steps) > _TABLE_ROWS:
        SubElement(details, "p").text = f"The first {_TABLE_ROWS} of {len(steps):,}; df.agent.tree() has them all."
    return details


def timeline_text(steps: Sequence[Step]) -> str:
    """The timeline as lines of text, for a terminal."""
    layout = lay_out(steps, _TEXT_WIDTH)
    lines = [_TEXT_WIDTH * [" "] for _ in layout.rows]
    notes = ["" for _ in layout.rows]
    for bar in layout.bars:
        start = min(int(bar.x), _TEXT_WIDTH - 1)
        end = max(start + 1, round(bar.x + bar.width))
        lines[bar.row][start:end] = (end - start) * ["x" if bar.step.failed else "█"]
        if len(layout.rows) == len(layout.bars):
            notes[bar.row] = f"{duration_text(bar.step.duration_ms)} {bar.step.status}"
    rows = zip(map(_label, layout.rows), lines, notes, strict=True)
    return "\n".join(
        [_title(steps, layout), *(f"{label} |{''.join(line)[:_TEXT_WIDTH]}| {note}" for label, line, note in rows)]
    )


def _label(row: Row) -> str:
    indent = "  " * min(row.depth, _DEEPEST)
    return f"{indent}{one_line(row.label, _LABEL_LENGTH - len(indent))}".ljust(_LABEL_LENGTH)
