"""`ExperimentCell`: an experiment in the loop's thread, while its cell waits, shows how far it is and can stop it."""

from __future__ import annotations

import asyncio
import concurrent.futures
import signal
import uuid
from typing import TYPE_CHECKING, Any, Protocol

from jupyter_tools.errors import JupyterToolsError
from jupyter_tools.experiments.experiment import Experiment
from jupyter_tools.experiments.progress import Progress, TextView
from jupyter_tools.loop_thread import LoopFuture, loop_thread
from jupyter_tools.notebook.cell_errors import CellError, CellInterrupted
from jupyter_tools.notebook.cell_run import HEARTBEAT_S, first_interrupt, interrupts_are
from jupyter_tools.notebook.display import WIDGET_VIEW, kernel_is
from jupyter_tools.notebook.sanitise import text_html

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_STOP_S = 2.0  # what cells on their way need to end
_DRAW_EVERY = 4  # heartbeats
_BLOCKS = 30


class View(Protocol):
    """Shows how far an experiment is. Called in the cell's thread."""

    def open(self, progress: Progress) -> None:
        """It begins."""
        ...

    def update(self, progress: Progress) -> None:
        """It goes on."""
        ...

    def close(self, progress: Progress) -> None:
        """It is over."""
        ...


class ExperimentCell:
    """An experiment in a cell.

    Args:
        experiment: The experiment, agreed to.
        shell: The kernel's shell.
        output: The variable that takes the frame; None to show it.
    """

    def __init__(self, experiment: Experiment, shell: InteractiveShell, output: str | None) -> None:
        self._experiment = experiment
        self._shell = shell
        self._output = output
        self._interrupted = False

    async def wait(self) -> Any:
        """Run and wait in a cell that awaits. The frame, if no variable takes it.

        Raises:
            CellError: If it cannot go on.
            CellInterrupted: If the kernel was interrupted. What is done is kept.
        """
        view, future = self._start(hears=kernel_is(7, 1))
        try:
            while not future.done():
                for _ in range(_DRAW_EVERY):
                    await asyncio.sleep(HEARTBEAT_S)
                view.update(self._experiment.progress)
        except (asyncio.CancelledError, KeyboardInterrupt):
            self._interrupted = True
        return self._finish(view, future)

    def block(self) -> Any:
        """Run and wait where nothing can be awaited. As `wait`."""
        with interrupts_are(first_interrupt):
            view, future = self._start(hears=False)
            try:
                while not future.done():
                    concurrent.futures.wait([future], timeout=HEARTBEAT_S * _DRAW_EVERY)
                    view.update(self._experiment.progress)
            except KeyboardInterrupt:
                self._interrupted = True
            return self._finish(view, future)

    def _start(self, *, hears: bool) -> tuple[View, LoopFuture[Any]]:
        on_page = getattr(self._shell, "kernel", None) is not None
        view = PageView(self._experiment, hears=hears) if on_page else TextView(self._experiment.name)
        view.open(self._experiment.progress)
        return view, loop_thread().submit(self._experiment.run())

    def _finish(self, view: View, future: LoopFuture[Any]) -> Any:
        with interrupts_are(signal.SIG_IGN):  # impatient people press twice
            if self._interrupted:
                self._experiment.stop()
                concurrent.futures.wait([future], timeout=_STOP_S)
            view.close(self._experiment.progress)
            if self._output is not None:
                self._shell.user_ns[self._output] = self._experiment.frame()
        if self._interrupted:
            raise CellInterrupted(self._experiment.interrupted_text)
        try:
            frame = future.result()
        except JupyterToolsError as error:
            raise CellError(str(error)) from error
        return frame if self._output is None else None


class PageView:
    """A line with a bar of characters and, while the page can be heard, a button; what stays is the line.

    Args:
        experiment: What the button stops.
        hears: True if the kernel hears the page while the cell runs.
    """

    def __init__(self, experiment: Experiment, *, hears: bool) -> None:
        self._experiment = experiment
        self._hears = hears
        self._display_id = uuid.uuid4().hex
        self._widgets: list[Any] = []
        self._line: Any = None

    def open(self, progress: Progress) -> None:
        """Put it on the page."""
        from IPython.display import display

        if not self._hears:
            display(self._static(progress), raw=True, display_id=self._display_id)
            return
        import ipywidgets

        self._line = ipywidgets.HTML(self._html(progress))
        button = ipywidgets.Button(description="Stop", icon="stop", tooltip="Stop; what is done is kept")
        button.on_click(lambda _: self._experiment.stop())
        box = ipywidgets.HBox([button, self._line])
        self._widgets = [box, button, self._line]
        view = {"version_major": 2, "version_minor": 0, "model_id": box.model_id}
        display({WIDGET_VIEW: view, "text/plain": progress.text}, raw=True, display_id=self._display_id)

    def update(self, progress: Progress) -> None:
        """Show how far it is."""
        if self._line is not None:
            self._line.value = self._html(progress)
        else:
            self._show(progress)

    def close(self, progress: Progress) -> None:
        """Leave the line: no widget, so that it can be read in a saved notebook."""
        self._show(progress)
        for widget in self._widgets:
            widget.close()

    def _show(self, progress: Progress) -> None:
        from IPython.display import update_display

        update_display(self._static(progress), raw=True, display_id=self._display_id)

    def _static(self, progress: Progress) -> dict[str, str]:
        return {"text/html": self._html(progress), "text/plain": f"{self._experiment.name}: {progress.text}"}

    def _html(self, progress: Progress) -> str:
        full = round(_BLOCKS * progress.done / progress.total)
        bar = f'<code style="background: none; color: #3b82d6">{"█" * full}{"░" * (_BLOCKS - full)}</code>'
        return f"<div><b>{text_html(self._experiment.name)}</b> {bar} {text_html(progress.text)}</div>"
