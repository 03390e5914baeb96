"""What the page does not know yet: a `RunView` as small messages for the widget.

A `delta` holds what changed since the last message, a `sync` everything. Both are numbered, so that a view that missed
one notices. Applying a sync to a view that already shows some of it does no harm.
"""

from __future__ import annotations

from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.notebook.parts import Part, ToolPart, cut
from jupyter_tools.notebook.view import RunView


class DeltaWriter:
    """Remembers what was sent of a run."""

    def __init__(self) -> None:
        self._seq = 0
        self._status = ""
        self._sent: list[tuple[JsonObject, str]] = []

    def delta(self, view: RunView) -> JsonObject | None:
        """What is new, or None."""
        changes = self._changes(view)
        if not changes and view.status == self._status and len(view.parts) == len(self._sent):
            return None
        return self._message("delta", view, changes)

    def sync(self, view: RunView) -> JsonObject:
        """Everything."""
        self._sent.clear()
        return self._message("sync", view, self._changes(view))

    def _message(self, kind: str, view: RunView, changes: list[JsonValue]) -> JsonObject:
        del self._sent[len(view.parts) :]
        self._seq += 1
        self._status = view.status
        return {
            "kind": kind,
            "seq": self._seq,
            "count": len(view.parts),
            "changes": changes,
            "status": self._status,
        }

    def _changes(self, view: RunView) -> list[JsonValue]:
        found = [(place, self._change(place, part)) for place, part in enumerate(view.parts)]
        return [{"part": place, **change} for place, change in found if change]

    def _change(self, place: int, part: Part) -> JsonObject:
        facts, text = part.facts(), cut(part.text) if isinstance(part, ToolPart) else part.text
        if place == len(self._sent):
            self._sent.append((facts, text))
            return {"facts": facts, "text": text}
        old_facts, old_text = self._sent[place]
        self._sent[place] = (facts, text)
        change: JsonObject = {} if facts == old_facts else {"facts": facts}
        if text is old_text or text == old_text:
            return change
        if text.startswith(old_text):
            return {**change, "more": text[len(old_text) :]}
        return {**change, "text": text}
