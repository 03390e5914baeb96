"""Where a run shows: on a notebook's page, or in a terminal."""

from __future__ import annotations

import re
import sys
import uuid
from collections.abc import Callable
from dataclasses import asdict
from importlib import metadata
from io import StringIO
from typing import TYPE_CHECKING, Any, Literal, TextIO, TypeAlias

from jupyter_tools.agent.agent import Agent
from jupyter_tools.digests import digest
from jupyter_tools.messages import text_of
from jupyter_tools.notebook.cell_request import comes_from_a_page, origin_of, somebody_is_there
from jupyter_tools.notebook.cell_run import LiveDisplay
from jupyter_tools.notebook.page_approver import PageApprover
from jupyter_tools.notebook.parts import Part, ReasoningPart, TextPart, ToolPart
from jupyter_tools.notebook.sources import sources_text
from jupyter_tools.notebook.static import mimebundle, part_text
from jupyter_tools.notebook.view import RunView
from jupyter_tools.tools.approval import Approver, ConsoleApprover

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # a model could steer the terminal with them
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
_UNFINISHED = "This run was going on when the notebook was saved. %agent last shows what came of it."


Waiting: TypeAlias = Literal["await", "block", "leave"]  # what a cell does while its run goes on


def is_page(shell: InteractiveShell) -> bool:
    """True if what is shown goes to a page; False in a terminal, also one that talks to a kernel (`jupyter console`).

    Such a terminal knows neither widgets nor updates. It says nothing of itself but that a person is there; pages add
    what they know of their cell, and programs that run notebooks have nobody to ask.
    """
    if getattr(shell, "kernel", None) is None:
        return False
    return comes_from_a_page(shell) or not somebody_is_there(shell)


def display_for(shell: InteractiveShell, agent: Agent, approver: Approver | None, waiting: Waiting) -> LiveDisplay:
    """The display that fits the shell: a kernel has a page, anything else is a terminal."""
    if not is_page(shell):
        return TerminalDisplay(sys.stdout) if waiting != "leave" else LateDisplay()
    return PageDisplay(
        agent.abort,
        hears=_is_free(waiting, 7, 4),
        steer=agent.steer if _is_free(waiting, 7, 1) else None,
        approver=approver if isinstance(approver, PageApprover) else None,
        cell_id=origin_of(shell).cell_id,
        read=somebody_is_there(shell),
    )


def approver_for(shell: InteractiveShell, waiting: Waiting) -> Approver | None:
    """Who asks a person before a tool runs: the page, if it can answer while the run goes on, else `input`.

    None where nobody is there to ask, as when a program runs the notebook.
    """
    if not is_page(shell):
        return ConsoleApprover() if waiting != "leave" else None  # the terminal's line belongs to what is typed next
    if not somebody_is_there(shell):
        return None
    return PageApprover() if _is_free(waiting, 7, 1) else ConsoleApprover()


def _is_free(waiting: Waiting, *version: int) -> bool:
    """True if the kernel can hear the page while the run goes on: after the cell always, within it since `version`."""
    return waiting == "leave" or (waiting == "await" and kernel_is(*version))


def kernel_is(*version: int) -> bool:
    """True if the kernel is of this version or a later one.

    From 7.1, JupyterLab's messages are handled while a cell awaits, in a thread of their own; from 7.4, any page's.
    """
    major, minor = metadata.version("ipykernel").split(".")[:2]
    return (int(major), int(minor)) >= version


class PageDisplay:
    """A widget while the run goes on; at its end plain HTML, Markdown and text in the widget's place.

    Args:
        stop: Called when the person presses Stop.
        hears: True if the kernel hears the page while the run goes on.
        steer: Called with what the person says meanwhile. None: the page says that it must wait.
        approver: Has the questions for the page.
        cell_id: The cell that the output belongs to.
        read: True if a page is there that can say that it has what stays. Programs that run notebooks never do.
    """

    def __init__(
        self,
        stop: Callable[[], Any],
        *,
        hears: bool,
        steer: Callable[[str], Any] | None = None,
        approver: PageApprover | None = None,
        cell_id: str | None = None,
        read: bool = False,
    ) -> None:
        from jupyter_tools.notebook.stream_widget import RunWidget

        self._widget = RunWidget(stop, hears=hears, steer=steer, approver=approver, cell_id=cell_id)
        self._read = read
        self._display_id = uuid.uuid4().hex

    def open(self) -> None:
        """Put the widget on the page."""
        from IPython.display import display

        view = {"version_major": 2, "version_minor": 0, "model_id": self._widget.model_id}
        display({WIDGET_VIEW: view, "text/plain": _UNFINISHED}, raw=True, display_id=self._display_id)
        self._widget.shown()

    def update(self, view: RunView) -> None:
        """Show what is new."""
        self._widget.update(view)

    def close(self, view: RunView, trouble: str) -> None:
        """Leave what stays: no widget, no script."""
        from IPython.display import update_display

        kept = {"jupyter_tools": provenance(view)}
        bundle = mimebundle(view, trouble)
        self._widget.update(view, last=True)  # what a screen reader says at the end is the end of the text
        update_display(bundle, metadata=kept, raw=True, display_id=self._display_id)
        if self._read:
            self._widget.leave({"output_type": "display_data", "data": bundle, "metadata": kept})
        else:
            self._widget.finish()


def provenance(view: RunView) -> dict[str, Any]:
    """What a paper needs to cite an answer: who answered what, with which tools and settings, and what it took."""
    prompt = text_of(view.prompt.content) if view.prompt is not None else ""
    return {
        **view.info,
        "run_id": view.run_id,
        "prompt_hash": digest(prompt),
        "turns": len(view.turns),
        "usage": asdict(view.usage),
        "stop_reason": view.stop_reason,
    }


class TerminalDisplay:
    """Text that streams to a terminal. Reasoning and tool calls take a line each, once they are complete."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._part = 0
        self._written = 0

    def open(self) -> None:
        """Nothing: the first text makes its own room."""

    def update(self, view: RunView) -> None:
        """Write what is new."""
        while self._part < len(view.parts):
            part = view.parts[self._part]
            self._write(part)
            if self._part == len(view.parts) - 1 or not _complete(part):
                break
            self._out.write("\n\n" if isinstance(part, TextPart) else "\n")
            self._part, self._written = self._part + 1, 0
        self._out.flush()

    def _write(self, part: Part) -> None:
        if isinstance(part, TextPart):
            text = (part.said or part.text)[self._written :]  # not what is changed in it when it is there already
        else:  # on one line, once: what is known better later does not change it
            text = part_text(part) if _complete(part) and not self._written else ""
        self._out.write(_CONTROLS.sub("", text))
        self._written += len(text)

    def close(self, view: RunView, trouble: str) -> None:
        """Write the rest, the sources and the status line."""
        self.update(view)
        sources = sources_text(view.sources)
        listed = f"\n\n{_CONTROLS.sub('', sources)}" if sources else ""
        self._out.write(f"{listed}\n\n{trouble}{view.status}\n")
        self._out.flush()


class LateDisplay:
    """A run behind the prompt of a terminal: it says everything at once, when it is over."""

    def open(self) -> None:
        """Nothing yet."""

    def update(self, view: RunView) -> None:
        """Nothing yet."""

    def close(self, view: RunView, trouble: str) -> None:
        """Write it all, wherever the terminal's text goes by now."""
        text = StringIO()
        TerminalDisplay(text).close(view, trouble)
        sys.stdout.write(f"\n{text.getvalue()}")
        sys.stdout.flush()


def _complete(part: Part) -> bool:
    match part:
        case ReasoningPart():
            return part.done
        case ToolPart():
            return part.finished
        case _:
            return True
