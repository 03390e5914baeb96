"""A tool call as a card: a line that says how it went, and folded below it the arguments and the result.

The live page and the saved one show the same HTML. It holds no script, and every text of others in it is escaped.
"""

from __future__ import annotations

import json
import re

from jupyter_tools.json_types import JsonValue
from jupyter_tools.messages import ImageContent
from jupyter_tools.notebook.json_html import frame_html, frame_of, tree_html
from jupyter_tools.notebook.parts import MOST_SHOWN, ToolPart
from jupyter_tools.notebook.sanitise import image_html, text_html
from jupyter_tools.shortening import cut

MARKS = {"ok": "✓", "error": "✗", "timeout": "✗", "denied": "✗", "aborted": "■", "skipped": "–"}


_COUNTED = re.compile(r"\n?\[\d+ images?\]\Z")  # says in text that there are pictures


def tool_html(part: ToolPart, *, unfolded: bool = False) -> str:
    """One tool call as HTML, folded or not."""
    failed = " jt-failed" if part.failed else ""
    opened = " open" if unfolded else ""
    line = f"{MARKS.get(part.status, '…')} <code>{text_html(part.signature)}</code> → {text_html(part.outcome)}"
    return f'<details class="jt-tool{failed}"{opened}><summary>{line}</summary>{body_html(part)}</details>'


def body_html(part: ToolPart) -> str:
    """What is folded away of a call: the arguments and the result."""
    arguments = f'<div class="jt-label">Arguments</div>{tree_html(part.args)}' if part.args else ""
    result = _result_html(part)
    return arguments + (f'<div class="jt-label">Result</div>{result}' if result else "")


def _result_html(part: ToolPart) -> str:
    pictures = "".join(map(_picture_html, part.images))
    frame = frame_of(part.details)
    if frame is not None:
        return frame_html(frame) + pictures
    return _text_html(_COUNTED.sub("", part.text) if pictures else part.text) + pictures


def _text_html(text: str) -> str:
    if not text:
        return ""
    value = _json_value(text)
    if isinstance(value, dict | list):
        return tree_html(value)
    return f'<pre class="jt-result" tabindex="0">{text_html(cut(text, MOST_SHOWN))}</pre>'


def _json_value(text: str) -> JsonValue:
    if text[:1] not in "{[":
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _picture_html(image: ImageContent) -> str:
    kind = text_html(image.mime_type)
    return image_html(image) or f'<div class="jt-status">A picture of the kind {kind} is not shown.</div>'
