"""What the page does not know yet: a `RunView` as small messages for the widget.

A `delta` holds what changed since the last message, a `sync` everything. Both are numbered, so that a view that missed
one notices. Applying a sync to a view that already shows some of it does no harm.
"""

from __future__ import annotations

from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.notebook.groups import groups
from jupyter_tools.notebook.parts import Part, ReasoningPart, ToolPart
from jupyter_tools.notebook.sources import anchors, sources_html
from jupyter_tools.notebook.tool_card import body_html
from jupyter_tools.notebook.view import RunView


class DeltaWriter:
    """Remembers what was sent of a run."""

    def __init__(self) -> None:
        self._seq = 0
        self._sent: list[tuple[JsonObject, str]] = []
        self._around: JsonObject = {"status": "", "groups": []}

    def delta(self, view: RunView, at_ms: float | None = None) -> JsonObject | None:
        """What is new, or None.

        Args:
            view: The run.
            at_ms: Now, on the clock that gave the view its times: then the page knows since when a part goes on.
        """
        changes, around = self._changes(view, at_ms), _around(view)
        new = {name: value for name, value in around.items() if self._around.get(name) != value}
        if not changes and not new and len(view.parts) == len(self._sent):
            return None
        return self._message("delta", view, changes, {"status": around["status"], **new})

    def sync(self, view: RunView, at_ms: float | None = None) -> JsonObject:
        """Everything."""
        self._sent.clear()
        return self._message("sync", view, self._changes(view, at_ms), _around(view))

    def _message(self, kind: str, view: RunView, changes: list[JsonValue], around: JsonObject) -> JsonObject:
        del self._sent[len(view.parts) :]
        self._seq += 1
        self._around.update(around)
        return {"kind": kind, "seq": self._seq, "count": len(view.parts), "changes": changes, **around}

    def _changes(self, view: RunView, at_ms: float | None) -> list[JsonValue]:
        found = [(place, self._change(place, part)) for place, part in enumerate(view.parts)]
        return [{"part": place, **change, **_since(view.parts[place], at_ms)} for place, change in found if change]

    def _change(self, place: int, part: Part) -> JsonObject:
        facts, text = part.facts(), part.shown if isinstance(part, ToolPart) else part.text
        if place == len(self._sent):
            self._sent.append((facts, text))
            return {"facts": facts, "text": text, **_body(part)}
        old_facts, old_text = self._sent[place]
        self._sent[place] = (facts, text)
        change: JsonObject = {} if facts == old_facts else {"facts": facts, **_body(part)}
        if text is old_text or text == old_text:
            return change
        if text.startswith(old_text):
            return {**change, "more": text[len(old_text) :]}
        return {**change, "text": text}


def _around(view: RunView) -> JsonObject:
    """What a page shows around the parts: the status line, the calls that fold together, the sources."""
    grouped: list[JsonValue] = [[group.start, group.stop, group.label] for group in groups(view.parts)]
    around: JsonObject = {"status": view.status, "groups": grouped}
    if view.sources:
        marks = {str(number): anchor for number, anchor in anchors(view.sources, view.run_id).items()}
        around |= {"marks": marks, "sources": sources_html(view.sources, view.run_id)}
    return around


def _body(part: Part) -> JsonObject:
    """What a finished call folds away."""
    return {"body": body_html(part)} if isinstance(part, ToolPart) and part.finished else {}


def _since(part: Part, at_ms: float | None) -> JsonObject:
    """For how long a part has been going on."""
    going_on = isinstance(part, ReasoningPart) and not part.done
    going_on = going_on or (isinstance(part, ToolPart) and part.status == "running")
    if not going_on or at_ms is None or not isinstance(part, ReasoningPart | ToolPart) or part.started_ms is None:
        return {}
    return {"elapsed_ms": round(at_ms - part.started_ms)}
