from io import StringIO
from typing import Any

import pytest

from jupyter_tools.digests import digest
from jupyter_tools.notebook.display import PageDisplay, TerminalDisplay
from jupyter_tools.notebook.static import run_text
from jupyter_tools.notebook.view import RunView
from tests.notebook.run_events import answer, ended, viewed, whole_run


def test_a_terminal_shows_reasoning_and_tool_calls_on_lines_of_their_own(cell):
    lines = cell("-m scripted:asks --tools math_eval").splitlines()
    assert lines[0].startswith("[Thought for ")
    assert lines[1].startswith('[math_eval(expression="2+2") -> 4')
    assert lines[2] == "It is 4."


def test_however_often_a_terminal_is_updated_the_text_is_the_same():
    at_once, step_by_step = StringIO(), StringIO()
    display, view = TerminalDisplay(step_by_step), RunView()
    for at_ms, event in enumerate(whole_run()):
        view.add(event, at_ms * 1000.0)
        display.update(view)
    display.close(view, "")
    TerminalDisplay(at_once).close(view, "")
    assert step_by_step.getvalue() == at_once.getvalue()
    assert at_once.getvalue().endswith("It is **435**.\n\nscripted:demo · 5 tokens · 3.2 s\n")


def test_a_model_cannot_steer_the_terminal():
    out = StringIO()
    TerminalDisplay(out).close(viewed(answer("\x1b]0;title\x07", "\x1b[2Jhi\tthere\r\n")), "")
    assert out.getvalue().startswith("]0;title[2Jhi\tthere\n")


def test_a_terminal_loses_nothing_where_marks_of_sources_change_and_lists_them():
    out, view = StringIO(), RunView()
    display = TerminalDisplay(out)
    for event in answer("So [[1]](a b.md). ", "The ", "end."):
        view.add(event)
        display.update(view)
    display.close(view, "")
    assert out.getvalue().startswith("So [[1]](a b.md). The end.\n\nSources:\n[1] a b.md\n\n")
    assert view.answer == "So [1]. The end."


class Shown:
    """What IPython was asked to show."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.displays: list[tuple[dict[str, Any], dict[str, Any]]] = []
        for name in ("display", "update_display"):
            monkeypatch.setattr(f"IPython.display.{name}", self.take)

    def take(self, bundle: dict[str, Any], **options: Any) -> None:
        self.displays.append((bundle, options))


def test_a_page_shows_a_widget_and_in_its_place_what_stays(monkeypatch: pytest.MonkeyPatch):
    shown = Shown(monkeypatch)
    display, view = PageDisplay(lambda: None, hears=True), viewed(whole_run())
    display.open()
    display.update(view)
    display.close(view, "")
    (live, opened), (kept, closed) = shown.displays
    assert "application/vnd.jupyter.widget-view+json" in live
    assert set(kept) == {"text/html", "text/markdown", "text/plain"}
    assert kept["text/plain"] == run_text(view)
    assert opened["display_id"] == closed["display_id"]
    cited = closed["metadata"]["jupyter_tools"]
    assert cited | {"provider": "scripted", "model": "demo", "run_id": "r1", "stop_reason": "stop"} == cited
    assert cited["prompt_hash"] == digest("hi")
    assert cited["usage"]["output_tokens"] == 5


def test_a_run_that_failed_leaves_its_traceback_folded(monkeypatch: pytest.MonkeyPatch):
    shown = Shown(monkeypatch)
    PageDisplay(lambda: None, hears=True).close(viewed(ended("error", "It broke.")), "Traceback ...")
    [(kept, _)] = shown.displays
    assert "<details><summary>Details</summary><pre>Traceback ...</pre></details>" in kept["text/html"]


def test_only_where_a_page_reads_it_the_widget_waits_until_it_has_what_stays(monkeypatch: pytest.MonkeyPatch):
    Shown(monkeypatch)
    done: list[str] = []
    for name in ("leave", "finish"):
        monkeypatch.setattr(
            f"jupyter_tools.notebook.stream_widget.RunWidget.{name}", lambda *_, name=name: done.append(name)
        )
    for read in (True, False):
        PageDisplay(lambda: None, hears=True, read=read).close(viewed(whole_run()), "")
    assert done == ["leave", "finish"]
