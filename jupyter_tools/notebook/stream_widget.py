"""The widget that shows a run while it goes on. State is here, drawing in `frontend/`, the bundle in `assets/`."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import traitlets

from jupyter_tools.json_types import JsonObject
from jupyter_tools.notebook.deltas import DeltaWriter
from jupyter_tools.notebook.heard import HeardWidget
from jupyter_tools.notebook.page_approver import PageApprover
from jupyter_tools.notebook.view import RunView

_ASSETS = Path(__file__).parent / "assets"
_NOTHING = "export default { render() {} }"  # what a closed widget leaves in notebooks that keep widget states
_FIRST_SYNC_S = 0.25
_BETWEEN_S = 0.095  # the page's work grows with the number of messages, not with their size
_MOST_KEPT = 20


class RunWidget(HeardWidget, anywidget.AnyWidget):
    """Streams a `RunView` to the page.

    A page that was reloaded gets no output of the cell any more, but it meets the widget again. So the widget lives on
    until a page says that it has what stays; one that came late puts that into the notebook itself.

    Args:
        stop: Called when the person presses Stop, in whatever thread the kernel handles messages.
        steer: Called with what the person says meanwhile, in such a thread, too. None: the page says that it must wait.
        approver: Has the questions that the page asks, and takes the answers.
        hears: False where the kernel cannot take messages from the page while the cell runs. A view that is made late
            can then not ask for what it missed, so everything is sent again, at intervals that double.
        cell_id: The cell whose output it is, if the page said so.
    """

    _esm = (_ASSETS / "run.js").read_text(encoding="utf-8")
    _css = "".join((_ASSETS / name).read_text(encoding="utf-8") for name in ("run.css", "live.css"))

    steerable = traitlets.Bool(default_value=True).tag(sync=True)
    # empty until it is on the page: who finds it set comes late
    place = traitlets.Dict(default_value={}).tag(sync=True)

    _left: ClassVar[deque[RunWidget]] = deque()

    def __init__(
        self,
        stop: Callable[[], Any],
        *,
        hears: bool = True,
        steer: Callable[[str], Any] | None = None,
        approver: PageApprover | None = None,
        cell_id: str | None = None,
    ) -> None:
        super().__init__(steerable=steer is not None)
        self._stop = stop
        self._steer = steer
        self._approver = approver
        self._cell_id = cell_id
        self._asked: JsonObject | None = None
        self._kept: JsonObject | None = None
        self._late = False
        self._writer = DeltaWriter()
        self._sync_wanted = threading.Event()
        self._hears = hears
        self._started = time.monotonic()
        self._sent_at = 0.0
        self._next_sync_s = _FIRST_SYNC_S
        self.on_msg(self._heard)

    def shown(self) -> None:
        """It is on the page: a page that meets it from now on is another one."""
        self.place = {"cell_id": self._cell_id, "model_id": self.model_id}

    def update(self, view: RunView, *, last: bool = False) -> None:
        """Send what is new, ten times a second at most; the last of it at once. Only the cell's thread calls this."""
        now = time.monotonic()
        if now - self._sent_at < _BETWEEN_S and not last:
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
            case {"kind": "late"}:
                self._welcome()
            case {"kind": "settled"} if self._kept is not None:
                self.finish()
            case {"kind": "steer", "text": str(text)} if self._steer is not None and text.strip():
                self._steer(text)
            case {"kind": "answer"} if self._approver is not None:
                self._approver.answer(content)
            case _:  # a page of another version says something we do not know
                pass

    def _welcome(self) -> None:
        self._late = True
        if self._kept is not None:
            self.send(self._kept)

    def leave(self, output: JsonObject) -> None:
        """The run is over, and `output` stays of it: close once a page has it, be it one that is opened later."""
        self._kept = {"kind": "kept", "output": output}
        self._left.append(self)
        if len(self._left) > _MOST_KEPT:
            self._left[0].finish()
        self.send(self._kept if self._late else {"kind": "over"})

    def finish(self) -> None:
        """Close the widget; nothing of it is worth keeping."""
        if self in self._left:
            self._left.remove(self)
        with self.hold_sync():
            self._esm, self._css = _NOTHING, ""
        self.close()
