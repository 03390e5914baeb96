from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.notebook.deltas import DeltaWriter
from jupyter_tools.notebook.view import RunView
from tests.notebook.run_events import answer, ended, started, viewed, whole_run


class Page:
    """What the page's JavaScript does with messages, in Python."""

    def __init__(self) -> None:
        self.seq: int | None = None
        self.parts: list[dict[str, Any]] = []
        self.status = ""

    def receive(self, message: dict[str, Any]) -> bool:
        """False if it needs a sync."""
        if message["kind"] == "delta" and (self.seq is None or message["seq"] != self.seq + 1):
            self.seq = None
            return False
        self.seq, self.status = message["seq"], message["status"]
        for change in message["changes"]:
            self._apply(change)
        del self.parts[message["count"] :]
        return True

    def _apply(self, change: dict[str, Any]) -> None:
        if change["part"] == len(self.parts):
            self.parts.append({"text": ""})
        part = self.parts[change["part"]]
        part.update(change.get("facts", {}))
        part["text"] = change.get("text", part["text"]) + change.get("more", "")


def drawn(view: RunView) -> list[dict[str, Any]]:
    return [{**part.facts(), "text": part.text} for part in view.parts]


def test_nothing_new_is_no_message():
    writer, view = DeltaWriter(), viewed(started())
    assert writer.delta(view) is not None
    assert writer.delta(view) is None


def test_growing_text_is_sent_once():
    writer, view = DeltaWriter(), RunView()
    sent = []
    for event in answer("Hello ", "world", "!"):
        view.add(event)
        sent.append(writer.delta(view))
    changes = [change for message in sent if message for change in message["changes"]]
    assert [change.get("text", change.get("more")) for change in changes] == ["Hello ", "world", "!"]


@given(st.lists(st.sampled_from(["send", "skip", "lose", "sync"]), min_size=40, max_size=40))
def test_a_page_shows_the_same_as_the_kernel_whatever_is_lost_on_the_way(fates: list[str]):
    writer, view, page = DeltaWriter(), RunView(), Page()
    for event, fate in zip(whole_run(), fates, strict=False):
        view.add(event)
        if fate == "sync":
            page.receive(writer.sync(view))
        elif fate != "skip" and (message := writer.delta(view)) is not None and fate == "send":
            page.receive(message)
    last = writer.delta(view)
    if last is None or not page.receive(last):
        page.receive(writer.sync(view))
    assert page.parts == drawn(view)
    assert page.status == view.status


def test_a_part_that_changed_its_text_is_sent_whole():
    writer, view = DeltaWriter(), viewed(answer("streamed")[:-1])
    writer.delta(view)
    for event in [*answer("kept")[-1:], *ended()]:
        view.add(event)
    message = writer.delta(view)
    assert message is not None
    assert message["changes"] == [{"part": 0, "text": "kept"}]
