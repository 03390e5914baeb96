"""A button that is heard while a cell runs, also one that does not await.

JupyterLab sends what widgets say to a subshell, a thread that the kernel has for it. ipykernel 7.4 brings it back to
the main thread, which is busy, because its own comm has noted who opened it; this comm does not note that.
"""

from __future__ import annotations

from typing import Any

import ipywidgets
from comm.base_comm import BaseComm
from ipykernel.kernelbase import Kernel

_PROTOCOL = "2.1.0"  # of the widgets' messages


class HeardComm(BaseComm):
    """A channel between a widget and its page that any of the kernel's threads may serve."""

    def publish_msg(
        self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **keys: Any
    ) -> None:
        """Send a message to the page."""
        kernel: Any = Kernel.instance()
        content = {"data": data or {}, "comm_id": self.comm_id, **keys}
        kernel.session.send(
            kernel.iopub_socket,
            msg_type,
            content,
            metadata=metadata or {},
            parent=kernel.get_parent(),
            ident=self.topic,
            buffers=buffers,
        )


class HeardButton(ipywidgets.Button):
    """A button whose handlers are called at once, in a thread of the kernel."""

    def open(self) -> None:
        """Tell the page of it."""
        if self.comm is None:
            state = {"state": self.get_state(), "buffer_paths": []}
            self.comm = HeardComm(target_name="jupyter.widget", data=state, metadata={"version": _PROTOCOL})
