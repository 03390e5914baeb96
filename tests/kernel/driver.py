"""Drives a real kernel as a front end does: requests are queued without waiting, outputs are kept per cell."""

import contextlib
import json
import os
import queue
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
DEADLINE_S = 60.0


@dataclass
class Cell:
    """A cell that was sent: its reply and its outputs as a notebook would keep them."""

    id: str
    reply: dict[str, Any] | None = None
    idle: bool = False
    outputs: list[dict[str, Any]] = field(default_factory=list)

    @property
    def done(self) -> bool:
        return self.idle and self.reply is not None

    @property
    def status(self) -> str:
        return self.reply["status"] if self.reply else "waiting"

    @property
    def error(self) -> str:
        return "\n".join(self.reply.get("traceback", [])) if self.reply else ""

    def shown(self, kind: str) -> str:
        """The outputs of one MIME type, joined; streams count as plain text."""
        texts = [str(output["data"][kind]) for output in self.outputs if kind in output.get("data", {})]
        streams = [output["text"] for output in self.outputs if "text" in output and kind == "text/plain"]
        return "\n".join(streams + texts)

    @property
    def text(self) -> str:
        return self.shown("text/plain")


class Kernel:
    """A kernel and the cells that were sent to it.

    Attributes:
        iopub_bytes: What it published so far, as JSON text.
        iopub_messages: In how many messages.
        said: What widgets said to their pages.
    """

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self._manager = manager
        self._client = client
        self._cells: dict[str, Cell] = {}
        self.iopub_bytes = 0
        self.iopub_messages = 0
        self.said: list[dict[str, Any]] = []

    def send(self, code: str, cell_id: str | None = None, *, person: bool = False, page: bool = True) -> Cell:
        """Queue a cell and return at once. With a `person`, somebody could answer questions.

        Without a `page`, the front end is a terminal.
        """
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": person,
            "stop_on_error": True,
        }
        metadata = {"cellId": cell_id} if cell_id else {"deletedCells": []} if page else {}
        message = self._client.session.msg("execute_request", content, metadata=metadata)
        self._client.shell_channel.send(message)
        cell = self._cells[message["header"]["msg_id"]] = Cell(message["header"]["msg_id"])
        return cell

    def run(self, code: str, cell_id: str | None = None) -> Cell:
        """Send a cell and wait until it is done."""
        cell = self.send(code, cell_id)
        self.wait([cell])
        return cell

    def ok(self, code: str) -> Cell:
        """Run a cell that must work."""
        cell = self.run(code)
        assert cell.status == "ok", cell.error
        return cell

    def run_all(self, codes: list[str]) -> list[Cell]:
        """Run All: queue all the cells, then wait."""
        cells = [self.send(code) for code in codes]
        self.wait(cells)
        return cells

    def wait(self, cells: list[Cell]) -> None:
        self.until(lambda: all(cell.done for cell in cells))

    def until(self, reached: Any, deadline_s: float = DEADLINE_S) -> None:
        """Take messages until `reached()`."""
        end = time.monotonic() + deadline_s
        while not reached():
            assert time.monotonic() < end, f"not reached in {deadline_s} s: {self._cells}"
            self._take_one()

    def interrupt(self) -> None:
        self._manager.interrupt_kernel()

    def complete(self, code: str) -> tuple[list[str], int, int]:
        """What Tab offers at the end of `code`: the texts, and the part they would replace."""
        content = self._client.complete(code, len(code), reply=True, timeout=DEADLINE_S)["content"]
        return content["matches"], content["cursor_start"], content["cursor_end"]

    def shut_down(self) -> None:
        """Ask the kernel to end, and wait until it has."""
        self._manager.shutdown_kernel(now=False)

    def kill(self) -> None:
        """What a full memory does to a kernel."""
        self._manager.signal_kernel(signal.SIGKILL)
        self._manager.shutdown_kernel(now=True)

    def say(self, comm_id: str, content: dict[str, Any]) -> None:
        """A custom message from a widget's page, in a subshell if there are any, as JupyterLab sends it."""
        data = {"method": "custom", "content": content}
        message = self._client.session.msg("comm_msg", {"comm_id": comm_id, "data": data})
        message["header"]["subshell_id"] = self.subshell
        self._client.shell_channel.send(message)

    @cached_property
    def subshell(self) -> str | None:
        """A subshell of the kernel, None before ipykernel 7."""
        request = self._client.session.msg("create_subshell_request", {})
        self._client.control_channel.send(request)
        with contextlib.suppress(queue.Empty):
            return self._client.get_control_msg(timeout=1)["content"].get("subshell_id")
        return None

    def _take_one(self) -> None:
        with contextlib.suppress(queue.Empty):
            self._take_output(self._client.get_iopub_msg(timeout=0.02))
        with contextlib.suppress(queue.Empty):
            reply = self._client.get_shell_msg(timeout=0.001)
            if (cell := self._cells.get(reply["parent_header"].get("msg_id", ""))) is not None:
                cell.reply = reply["content"]

    def _take_output(self, message: dict[str, Any]) -> None:
        self.iopub_messages += 1
        self.iopub_bytes += len(json.dumps(message["content"]))
        content, kind = message["content"], message["msg_type"]
        cell = self._cells.get(message["parent_header"].get("msg_id", ""))
        if kind == "comm_msg" and "content" in content["data"]:
            self.said.append(content["data"]["content"])
        if kind == "update_display_data":
            self._update(content)
        elif cell is None:
            return
        elif kind == "status":
            cell.idle = content["execution_state"] == "idle"
        elif kind in ("display_data", "execute_result", "stream", "error"):
            cell.outputs.append(content)

    def _update(self, content: dict[str, Any]) -> None:
        wanted = content["transient"]["display_id"]
        for cell in self._cells.values():
            for output in cell.outputs:
                if output.get("transient", {}).get("display_id") == wanted:
                    output["data"], output["metadata"] = content["data"], content["metadata"]


def begin(kernel: Kernel, code: str) -> Cell:
    """Send a slow cell and wait until it shows something and is well under way."""
    cell = kernel.send(code)
    kernel.until(lambda: cell.outputs)
    end = time.monotonic() + 0.6
    kernel.until(lambda: time.monotonic() > end)
    return cell


@contextlib.contextmanager
def running_kernel(python: str, folder: Path) -> Iterator[Kernel]:
    """A kernel of the environment of `python`, with `folder` for its files and its traces."""
    own = {"IPYTHONDIR": str(folder / "ipython"), "JUPYTER_TOOLS_TRACES": str(folder / "traces.sqlite")}
    spec = folder / "kernels" / "tested"
    spec.mkdir(parents=True, exist_ok=True)
    arguments = [python, "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": arguments, "display_name": "tested", "language": "python"}))
    specs = KernelSpecManager(kernel_dirs=[str(folder / "kernels")])
    manager = KernelManager(kernel_name="tested", kernel_spec_manager=specs)
    manager.connection_file = str(folder / "connection.json")
    manager.start_kernel(cwd=str(folder), env={**os.environ, **own})
    client = manager.blocking_client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=DEADLINE_S)
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
