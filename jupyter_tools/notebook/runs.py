"""`Runs`: the runs of a kernel that go on, in a cell or behind it, and the last ones that ended."""

from __future__ import annotations

import atexit
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_tools.errors import ConfigurationError

if TYPE_CHECKING:
    from jupyter_tools.notebook.cell_run import CellRun
    from jupyter_tools.notebook.conversation import Conversation, Turn

_REMEMBERED = 50
_GOODBYE_S = 1.0  # what runs get to end well when the kernel ends
_STATES = {"aborted": "stopped", "error": "failed", "limit": "ended by a limit", "max_turns": "ended by a limit"}
_NAME = re.compile(r"#\d+")


@dataclass(slots=True, eq=False, kw_only=True)
class Run:
    """One run of an `%%agent` cell.

    Attributes:
        number: Its name in this kernel: #1 is the first.
        cell_run: The run itself.
        conversation: Where its turn belongs.
        turn: Its turn.
        background: True if its cell did not wait for it.
        over: Set once it has ended, and its turn with it.
    """

    number: int
    cell_run: CellRun
    conversation: Conversation
    turn: Turn
    background: bool = False
    over: threading.Event = field(default_factory=threading.Event)
    started: float = field(default_factory=time.monotonic)
    seconds_taken: float | None = None

    @property
    def name(self) -> str:
        """What is written for it, such as "#3"."""
        return f"#{self.number}"

    @property
    def seconds(self) -> float:
        """How long it took, or takes until now."""
        return time.monotonic() - self.started if self.seconds_taken is None else self.seconds_taken

    @property
    def state(self) -> str:
        """In a word."""
        if not self.over.is_set():
            return self.cell_run.view.waiting or "running"
        return _STATES.get(self.cell_run.view.stop_reason or "", "done")

    def end(self) -> None:
        """It is over: its turn has what was said. A run that could not be stopped in time leaves nothing."""
        agent = self.cell_run.agent
        said = [] if agent.running else agent.messages[self.cell_run.seen :]
        self.conversation.end(self.turn, said)
        if agent.tape is not None:
            agent.tape.close()
        self.seconds_taken = self.seconds
        self.over.set()


class Runs:
    """The runs of a kernel, oldest first. Safe to use from any thread."""

    def __init__(self) -> None:
        self._runs: list[Run] = []
        self._count = 0
        self._at_exit: Callable[[], None] | None = None

    def __iter__(self) -> Iterator[Run]:
        return iter(list(self._runs))

    @property
    def going_on(self) -> list[Run]:
        """Those that have not ended."""
        return [run for run in self if not run.over.is_set()]

    def begin(self, cell_run: CellRun, conversation: Conversation, turn: Turn, *, background: bool) -> Run:
        """A run begins. Runs whose turns have been taken back are stopped: nobody will read them."""
        self._count += 1
        run = Run(number=self._count, cell_run=cell_run, conversation=conversation, turn=turn, background=background)
        for other in self.going_on:
            if other.turn not in other.conversation:
                other.cell_run.stop()
        ended = [other for other in self._runs if other.over.is_set()]
        for other in ended[: max(0, len(self._runs) - _REMEMBERED)]:
            self._runs.remove(other)
        self._runs.append(run)
        if background and self._at_exit is None:
            self._at_exit = atexit.register(self.close)
        return run

    def named(self, text: str) -> tuple[list[Run], str]:
        """The run that `text` begins with, such as "#3 ...", and the rest of the text; without one, the only run.

        Raises:
            ConfigurationError: If there is no such run, or none is named and there is more than one.
        """
        word, _, rest = text.partition(" ")
        going_on = self.going_on
        those = f" Going on: {', '.join(run.name for run in going_on)}." if going_on else ""
        if not _NAME.fullmatch(word):
            if len(going_on) > 1:
                raise ConfigurationError(f"Say which run.{those}")
            return going_on, text
        found = [run for run in going_on if run.name == word]
        if not found:
            raise ConfigurationError(f"No run {word} is going on.{those}")
        return found, rest.strip()

    def close(self) -> None:
        """Stop what goes on and let it end well, but not for long."""
        going_on = self.going_on
        for run in going_on:
            run.cell_run.stop()
        deadline = time.monotonic() + _GOODBYE_S
        for run in going_on:
            run.over.wait(max(0.0, deadline - time.monotonic()))
