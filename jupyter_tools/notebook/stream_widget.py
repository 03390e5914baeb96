"""The widget that shows a run while it goes on. State is here, drawing in `frontend/`, the bundle in `assets/`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget

from jupyter_tools.notebook.deltas import DeltaWriter
from jupyter_tools.notebook.view import RunView

_ASSETS = Path(__file__).parent / "assets"
_NOTHING = "export default { render() {} }"  # what a closed widget leaves in notebooks that keep widget states
_FIRST_SYNC_S = 0.25
_BETWEEN_S = 0.095  # every second heartbeat: the page's work grows with the number of messages, not with their size


class RunWidget(anywidget.AnyWidget):
    """Streams a `RunView` to the page.

    Args:
        stop: Called when the person presses Stop, in whatever thread the kernel handles messages.
        hears: False where the kernel cannot take messages from the page while the cell runs. A view that is made late
            can then not ask for what it missed, so everything is sent again, at intervals that double.
    """

    _esm = (_ASSETS / "run.js").read_text(encoding="utf-8")
    _css = "".join((_ASSETS / name).read_text(encoding="utf-8") for name in ("run.css", "live.css"))

    def __init__(self, stop: Callable[[], Any], *, hears: bool = True) -> None:
        super().__init__()
        self._stop = stop
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
        message = self._writer.sync(view) if self._sync_is_due(now) else self._writer.delta(view)
        if message is not None:
            self.send(message)
            self._sent_at = now

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
            case _:  # a page of another version says something we do not know
                pass

    def finish(self) -> None:
        """Close the widget; nothing of it is worth keeping."""
        with self.hold_sync():
            self._esm, self._css = _NOTHING, ""
        self.close()
