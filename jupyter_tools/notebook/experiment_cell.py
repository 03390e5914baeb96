"""`ExperimentCell`: an experiment in the loop's thread, while its cell waits, shows how far it is and can stop it."""

from __future__ import annotations

import asyncio
import concurrent.futures
import signal
from typing import TYPE_CHECKING, Any

from jupyter_tools.errors import JupyterToolsError
from jupyter_tools.experiments.experiment import Experiment
from jupyter_tools.loop_thread import LoopFuture, loop_thread
from jupyter_tools.main_thread import main_thread
from jupyter_tools.notebook.cell_errors import CellError, CellInterrupted
from jupyter_tools.notebook.cell_run import HEARTBEAT_S, first_interrupt, interrupts_are
from jupyter_tools.notebook.experiment_view import view_in
from jupyter_tools.progress import ProgressView

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_STOP_S = 2.0  # what cells on their way need to end
_DRAW_EVERY = 4  # heartbeats


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
        view, future = self._start()
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
            view, future = self._start()
            try:
                while not future.done():
                    main_thread().wait(future, HEARTBEAT_S * _DRAW_EVERY)
                    view.update(self._experiment.progress)
            except KeyboardInterrupt:
                self._interrupted = True
            return self._finish(view, future)

    def _start(self) -> tuple[ProgressView, LoopFuture[Any]]:
        view = view_in(self._shell, self._experiment.name, self._experiment.stop)
        view.open(self._experiment.progress)
        return view, loop_thread().submit(self._experiment.run())

    def _finish(self, view: ProgressView, future: LoopFuture[Any]) -> Any:
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
