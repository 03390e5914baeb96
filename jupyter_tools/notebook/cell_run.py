"""`CellRun`: one prompt, answered in the loop's thread while a cell waits, draws and can be interrupted."""

from __future__ import annotations

import asyncio
import concurrent.futures
import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

from jupyter_tools.agent.agent import Agent, AgentResult
from jupyter_tools.errors import JupyterToolsError
from jupyter_tools.events import AgentEndEvent, AgentEvent
from jupyter_tools.loop_thread import LoopFuture, loop_thread
from jupyter_tools.main_thread import main_thread
from jupyter_tools.messages import StopReason
from jupyter_tools.notebook.cell_errors import CellError, CellInterrupted
from jupyter_tools.notebook.conversation import NOWHERE, Origin
from jupyter_tools.notebook.view import RunView

HEARTBEAT_S = 0.05  # without it, an interrupt of a cell that awaits is seen only when the run is over
_FIRST_BEATS_S = 0.5  # the first words should show at once; later ones come as often as people can read
_ABORT_S = 0.25  # what a run that obeys the signal needs to end by itself
_CANCEL_S = 0.1


class LiveDisplay(Protocol):
    """Shows a run while it goes on, and what stays of it."""

    def open(self) -> None:
        """Make room on the page."""
        ...

    def update(self, view: RunView) -> None:
        """Show what is new. Called at each heartbeat, so it must be quick."""
        ...

    def close(self, view: RunView, trouble: str) -> None:
        """Leave what stays. `trouble` is a traceback to fold away, or ""."""
        ...


class CellRun:
    """A run and its display. Everything but the agent itself happens in the cell's thread.

    Args:
        agent: Who answers.
        prompt: What the person says.
        display: Where it shows.
        origin: The cell, for the traces and for recordings.

    Attributes:
        agent: Who answers.
        view: What has happened so far.
        prompt: What the person says.
        seen: How many messages the agent knows before the prompt.
        result: How the run ended; None before, and if it did not end by itself.
    """

    def __init__(self, agent: Agent, prompt: str, display: LiveDisplay, origin: Origin = NOWHERE) -> None:
        self.view = RunView(model=str(agent.model))
        self.agent = agent
        self.result: AgentResult | None = None
        self.prompt = prompt
        self.seen = len(agent.messages)
        self._display = display
        self._origin = origin
        self._events: deque[tuple[float, AgentEvent]] = deque()  # the only thing both threads touch
        self._interrupted = self._stop_asked = False
        self._started_at = 0.0

    async def wait(self) -> None:
        """Run and wait in a cell that awaits.

        Raises:
            CellError: If the run failed.
            CellInterrupted: If the kernel was interrupted.
        """
        future = self._start()
        try:
            while not future.done():
                self._draw()
                await asyncio.sleep(self._beat_s())
        except (asyncio.CancelledError, KeyboardInterrupt):
            self._interrupted = True
        self._finish(future)

    def block(self) -> None:
        """Run and wait where nothing can be awaited. Raises as `wait` does."""
        with interrupts_are(first_interrupt):  # a cell that awaits further up would defer them
            future = self._start()
            try:
                while not future.done():
                    self._draw()
                    main_thread().wait(future, self._beat_s())
            except KeyboardInterrupt:
                self._interrupted = True
            self._finish(future)

    def leave(self, then: Callable[[], None]) -> threading.Thread:
        """Run while the cell returns: a thread of its own draws, and calls `then` once the run is over.

        The thread has no context of the cell: what stays is for whoever listens to the kernel by then.
        """
        future = self._start()
        thread = threading.Thread(target=self._watch, args=(future, then), name="jupyter_tools run", daemon=True)
        thread.start()
        return thread

    def _watch(self, future: LoopFuture[AgentResult], then: Callable[[], None]) -> None:
        try:
            while not future.done():
                self._draw()
                concurrent.futures.wait([future], timeout=self._beat_s())
            with suppress(CellError, CellInterrupted):  # the page says it; no cell is there to raise it
                self._finish(future)
        finally:
            then()

    def stop(self) -> None:
        """Stop the run, from any thread; it ends soon, also if it has hardly begun."""
        self._stop_asked = True
        self.agent.abort()

    def _start(self) -> LoopFuture[AgentResult]:
        self._started_at = time.monotonic()
        self._display.open()
        return loop_thread().submit(self._answer())

    async def _answer(self) -> AgentResult:
        stream = self.agent.stream(self.prompt, tags=self._origin.tags, asked_from=self._origin.asked_from, kept=False)
        if self._stop_asked:
            self.agent.abort()
        stream.listen(lambda event: self._events.append((time.monotonic() * 1000, event)))
        try:
            return await stream
        finally:
            await stream.aclose()

    def _beat_s(self) -> float:
        return HEARTBEAT_S / 2 if time.monotonic() - self._started_at < _FIRST_BEATS_S else HEARTBEAT_S * 2

    def _draw(self) -> None:
        self._take_events()
        self._display.update(self.view)

    def _take_events(self) -> None:
        while self._events:
            at_ms, event = self._events.popleft()
            self.view.add(event, at_ms)

    def _finish(self, future: LoopFuture[AgentResult]) -> None:
        with interrupts_are(signal.SIG_IGN):  # impatient people press twice; what stays must be drawn all the same
            if self._interrupted:
                self._stop(future)
            error = _error_of(future)
            self._take_events()
            if self.view.stop_reason is None:
                self._end("aborted" if error is None else "error", _sentence(error) if error else None)
            self._display.close(self.view, _trouble(error))
        self._conclude(future, error)

    def _stop(self, future: LoopFuture[AgentResult]) -> None:
        """Ask, then insist. A tool that hangs in a thread is left behind, so that the cell ends in time."""
        self.agent.abort()
        if concurrent.futures.wait([future], timeout=_ABORT_S).not_done:
            future.cancel()
            concurrent.futures.wait([future], timeout=_CANCEL_S)

    def _conclude(self, future: LoopFuture[AgentResult], error: BaseException | None) -> None:
        if self._interrupted or not future.done() or future.cancelled():
            raise CellInterrupted("Interrupted. What was said until then is kept; the next %%agent goes on from there.")
        if error is not None:
            raise CellError(_sentence(error)) from error
        self.result = future.result()
        if self.result.stop_reason == "error":
            raise CellError(self.result.error_message or "The run failed.")

    def _end(self, stop_reason: StopReason, error_message: str | None) -> None:
        """The end that the run itself did not get to say."""
        end = AgentEndEvent(run_id=self.view.run_id, messages=(), stop_reason=stop_reason, error_message=error_message)
        self.view.add(end)


def first_interrupt(*_: object) -> None:
    """A handler that raises `KeyboardInterrupt` once, so that what it starts is not interrupted as well."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


@contextmanager
def interrupts_are(handler: Callable[..., None] | signal.Handlers) -> Iterator[None]:
    """Let `handler` have the process's interrupts, where that can be said: in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _error_of(future: LoopFuture[AgentResult]) -> BaseException | None:
    return future.exception() if future.done() and not future.cancelled() else None


def _sentence(error: BaseException) -> str:
    if isinstance(error, JupyterToolsError):
        return str(error)
    return f"The run failed with {type(error).__name__}: {error}"


def _trouble(error: BaseException | None) -> str:
    if error is None or isinstance(error, JupyterToolsError):
        return ""
    return "".join(traceback.format_exception(error))
