"""The widget against a comm that goes nowhere: no kernel, no page."""

from typing import Any

import comm
import pytest
from comm.base_comm import BaseComm

from jupyter_tools.notebook.page_approver import PageApprover
from jupyter_tools.notebook.stream_widget import RunWidget
from jupyter_tools.notebook.view import RunView
from tests.notebook.run_events import answer, viewed, whole_run

MAX_BUNDLE = 120_000


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """All that goes over comms."""
    messages: list[dict[str, Any]] = []

    class Comm(BaseComm):
        def publish_msg(self, msg_type: str, data: Any = None, **_: Any) -> None:
            messages.append({"type": msg_type, **(data or {})})

    monkeypatch.setattr(comm, "create_comm", Comm)
    return messages


def custom(sent: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [message["content"] for message in sent if message.get("method") == "custom"]


class Clock:
    """A clock that tests turn by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr("jupyter_tools.notebook.stream_widget.time.monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def test_news_is_sent_at_once_and_then_ten_times_a_second_in_numbered_messages(sent, clock):
    widget, view = RunWidget(lambda: None), RunView()
    for event in answer(*"abcdefgh"):
        view.add(event)
        widget.update(view)
        clock.now += 0.05
    deltas = custom(sent)
    assert [message["seq"] for message in deltas] == [1, 2, 3, 4, 5]
    assert [c.get("text", c.get("more")) for m in deltas for c in m["changes"]] == ["a", "bc", "de", "fg", "h"]


def test_no_news_is_no_message(sent, clock):
    widget, view = RunWidget(lambda: None), viewed(whole_run())
    for _ in range(5):
        widget.update(view)
        clock.now += 1
    assert len(custom(sent)) == 1


def test_a_page_that_asks_gets_everything_at_the_next_beat(sent, clock):
    widget, view = RunWidget(lambda: None), viewed(whole_run())
    widget.update(view)
    widget._handle_custom_msg({"kind": "sync"}, [])
    clock.now += 0.1
    widget.update(view)
    delta, sync = custom(sent)
    assert sync["kind"] == "sync"
    assert sync["changes"] == delta["changes"]


def test_a_kernel_that_cannot_hear_sends_everything_at_intervals_that_double(sent, clock):
    widget, view = RunWidget(lambda: None, hears=False), viewed(whole_run())
    kinds = []
    for step in range(41):
        clock.now = 100 + step / 10
        widget.update(view)
        kinds += [(step, message["kind"]) for message in custom(sent)[len(kinds) :]]
    assert kinds == [(0, "delta"), (3, "sync"), (5, "sync"), (10, "sync"), (20, "sync"), (40, "sync")]


def test_the_pages_stop_button_stops(sent):
    pressed = []
    widget = RunWidget(lambda: pressed.append("stop"))
    widget._handle_custom_msg({"kind": "stop"}, [])
    widget._handle_custom_msg({"kind": "what is this"}, [])
    assert pressed == ["stop"]


def test_what_the_person_says_meanwhile_is_heard(sent):
    heard = []
    widget = RunWidget(lambda: None, steer=heard.append)
    for text in ("Shorter!", "  ", 3):
        widget._handle_custom_msg({"kind": "steer", "text": text}, [])
    assert heard == ["Shorter!"]


def test_a_page_is_told_whether_it_can_steer(sent):
    assert RunWidget(lambda: None, steer=lambda text: None).steerable
    assert not RunWidget(lambda: None).steerable


def test_a_question_is_asked_once_again_on_a_sync_and_taken_back(sent, clock):
    approver = PageApprover()
    widget, view = RunWidget(lambda: None, approver=approver), viewed(whole_run())
    approver.question = {"id": "c1", "tool": "erase", "arguments": {}}
    for step in range(4):
        if step == 2:
            widget._handle_custom_msg({"kind": "sync"}, [])
        clock.now += 1
        widget.update(view)
    approver.question = None
    clock.now += 1
    widget.update(view)
    asked = [message["question"] for message in custom(sent) if message["kind"] == "ask"]
    assert [question and question["id"] for question in asked] == ["c1", "c1", None]


def test_a_finished_widget_is_closed_and_leaves_next_to_nothing(sent):
    RunWidget(lambda: None).finish()
    assert sent[-1]["type"] == "comm_close"
    state: dict[str, Any] = {}
    for message in sent:
        state |= message.get("state", {})
    assert len(state["_esm"]) < 100
    assert state["_css"] == ""


def test_the_bundle_is_small_and_asks_nobody_for_more(sent):
    assert len(RunWidget._esm) <= MAX_BUNDLE
    assert "import(" not in RunWidget._esm
    assert 'from"http' not in RunWidget._esm.replace(" ", "")


# --- what stays, for pages that come late ---
OUTPUT = {"output_type": "display_data", "data": {"text/plain": "It is 4."}, "metadata": {}}


def heard(widget: RunWidget, kind: str) -> None:
    widget._handle_custom_msg({"kind": kind}, [])


def test_a_page_that_was_there_is_told_of_the_end_and_the_widget_closes_when_it_has_settled(sent):
    widget = RunWidget(lambda: None, cell_id="c1")
    widget.shown()
    heard(widget, "settled")  # of what, a page cannot know yet
    widget.leave(OUTPUT)
    assert custom(sent) == [{"kind": "over"}]
    assert sent[-1]["type"] == "comm_msg"
    heard(widget, "settled")
    assert sent[-1]["type"] == "comm_close"


def test_a_page_that_came_late_gets_what_stays(sent):
    widget = RunWidget(lambda: None, cell_id="c1")
    heard(widget, "late")
    widget.leave(OUTPUT)
    assert custom(sent) == [{"kind": "kept", "output": OUTPUT}]


def test_a_page_that_is_opened_after_the_end_gets_what_stays(sent):
    widget = RunWidget(lambda: None, cell_id="c1")
    widget.leave(OUTPUT)
    heard(widget, "late")
    assert custom(sent)[-1] == {"kind": "kept", "output": OUTPUT}


def test_only_a_widget_that_has_been_shown_says_where(sent):
    widget = RunWidget(lambda: None, cell_id="c1")
    assert widget.place == {}
    widget.shown()
    assert widget.place == {"cell_id": "c1", "model_id": widget.model_id}


def test_what_no_page_takes_is_let_go_when_more_has_come(sent):
    widgets = [RunWidget(lambda: None) for _ in range(30)]
    for widget in widgets:
        widget.leave(OUTPUT)
    closed = [message for message in sent if message["type"] == "comm_close"]
    assert len(closed) >= 10
    for widget in widgets:
        widget.finish()
