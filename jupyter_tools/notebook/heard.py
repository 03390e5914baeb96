"""Widgets that are heard while a cell runs, also one that does not await.

JupyterLab sends what widgets say to a subshell, a thread that the kernel has for it. ipykernel 7.4 brings it to the
loop instead that its last message to the page came from: the main thread, which is busy with a cell, or, for a message
from a thread without a cell, a subshell that is gone since the page was reloaded. Its comm notes which; this makes it
forget.
"""

from __future__ import annotations

from typing import Any

import ipywidgets


class HeardWidget(ipywidgets.Widget):
    """A widget whose handlers are called at once, in whatever thread of the kernel the page asks for."""

    def open(self) -> None:
        """Tell the page of it."""
        super().open()
        self._forget_loop()

    def _send(self, msg: Any, buffers: Any = None) -> None:
        super()._send(msg, buffers)
        self._forget_loop()

    def _forget_loop(self) -> None:
        if self.comm is not None:
            vars(self.comm).pop("_reply_subshell_id", None)


class HeardButton(HeardWidget, ipywidgets.Button):
    """A button whose handlers are called at once."""
