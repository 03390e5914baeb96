"""The widget that shows a run while it goes on. State is here, drawing in `frontend/`, the bundle in `assets/`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from jupyter_tools.json_types import JsonObject
from jupyter_tools.notebook.deltas import DeltaWriter
from jupyter_tools.notebook.page_approver import PageApprover
from jupyter_tools.notebook.view import RunView

_ASSETS = Path(__file__).parent / "assets"
_NOTHING = "export default { render() {} }"  # what a closed widget leaves in notebooks that keep widget states
_FIRST_SYNC_S = 0.25
_BETWEEN_S = 0.095  # the page's work grows with the number of messages, not with their size


class RunWidget(anywidget.AnyWidget):
    """Streams a `RunView` to the page.

    Args:
        stop: Called when the person presses Stop, in whatever thread the kernel handles messages.
        steer: Called with what the person says meanwhile, in such a thread, too. None: the page says that it must wait.
        approver: Has the questions that the page asks, and takes the answers.
        hears: False where the kernel cannot take messages from the page while the cell runs. A view that is made late
            can then not ask for what it missed, so everything is sent again, at intervals that double.
    """

    _esm = (_ASSETS / "run.js").read_text(encoding="utf-8")
    _css = "".join((_ASSETS / name).read_text(encoding="utf-8") for name in ("run.css", "live.css"))

    steerable = traitlets.Bool(default_value=True).tag(sync=True)

    def __init__(
        self,
        stop: Callable[[], Any],
        *,
        hears: bool = True,
        steer: Callable[[str], Any] | None = None,
        approver: PageApprover | None = None,
    ) -> None:
        super().__init__(steerable=steer is not None)
        self._stop = stop
        self._steer = steer
        self._approver = approver
        self._asked: JsonObject | None = None
        self._writer = DeltaWriter()
        self._sync_wanted = threading.Event()
        self._hears = hears
        self._started = time.monotonic()
        self._sent_at = 0.0
        self._next_sync_s = _FIRST_SYNC_S
        self.on_msg(self._heard)

    def update(self, view: RunView) -> None:
        """Send what is new, ten times a second at most. Only the cell's thread calls this."""
        now = time.monotonic()
        if now - self._sent_at < _BETWEEN_S:
            return
        everything = self._sync_is_due(now)
        message = self._writer.sync(view, now * 1000) if everything else self._writer.delta(view, now * 1000)
        if message is not None:
            self.send(message)
            self._sent_at = now
        self._ask(again=everything)

    def _ask(self, *, again: bool) -> None:
        question = self._approver.question if self._approver is not None else None
        if question is not self._asked or (again and question is not None):
            self._asked = question
            self.send({"kind": "ask", "question": question})

    def _sync_is_due(self, now: float) -> bool:
        if self._sync_wanted.is_set():
            self._sync_wanted.clear()
            return True
        if self._hears or now - self._started < self._next_sync_s:
            return False
        self._next_sync_s *= 2
        return True

    def _heard(self, _widget: Any, content: Any, _buffers: Any) -> None:
        match content:
            case {"kind": "stop"}:
                self._stop()
            case {"kind": "sync"}:
                self._sync_wanted.set()
            case {"kind": "steer", "text": str(text)} if self._steer is not None and text.strip():
                self._steer(text)
            case {"kind": "answer"} if self._approver is not None:
                self._approver.answer(content)
            case _:  # a page of another version says something we do not know
                pass

    def finish(self) -> None:
        """Close the widget; nothing of it is worth keeping."""
        with self.hold_sync():
            self._esm, self._css = _NOTHING, ""
        self.close()
