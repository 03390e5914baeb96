"""`record` and `replay`: runs into a file, and out of it again without a model.

    with record("demo.jsonl"):
        agent.run_sync("What is 2 + 2?")
    with replay("demo.jsonl") as tape:
        agent.run_sync("What is 2 + 2?")     # the same answer, no model, no key
    tape.drift                               # what tools gave differently, if they ran

Both hold for every run that begins meanwhile, in any thread. An agent that was made with a tape of its own keeps to it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

from jupyter_tools.agent.run_recorder import RunRecorder
from jupyter_tools.agent.run_replay import Drift, RunReplay
from jupyter_tools.errors import ConfigurationError
from jupyter_tools.events import AgentEvent
from jupyter_tools.providers.base import Provider
from jupyter_tools.providers.replay import AnswerBook, ReplayProvider
from jupyter_tools.recordings.entries import NOWHERE, AskedFrom
from jupyter_tools.recordings.file import RecordingFile
from jupyter_tools.redaction import redact
from jupyter_tools.tools.tool import AgentTool

ToolsMode = Literal["recorded", "live"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What a run is connected to.

    Attributes:
        provider: Who answers.
        tools: What the model may call.
        listener: Hears every event of the run, or None.
        source: Where the answers come from if not from a model, for the traces.
        asked_from: Where the run was asked from.
        settings: The hash of its options, instructions and tools.
    """

    provider: Provider
    tools: tuple[AgentTool, ...]
    listener: Callable[[AgentEvent], None] | None = None
    source: str = ""
    asked_from: AskedFrom = NOWHERE
    settings: str = ""


class Tape(Protocol):
    """Something that is put between a run and the world: a recording in the making, or one that answers."""

    path: Path

    def wired(self, wiring: Wiring, steer: Callable[[str], None]) -> Wiring:
        """The connections of one run. `steer` says something to it."""
        ...

    def close(self) -> None:
        """No more runs begin."""
        ...


class Recording:
    """Runs are written into a file; see `record`.

    Attributes:
        path: The file.
        drift: Nothing, so that a test may ask for it while it is recorded, too.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.drift: list[Drift] = []
        self._file = RecordingFile(self.path, redact)

    def wired(self, wiring: Wiring, steer: Callable[[str], None]) -> Wiring:
        """The same connections, and somebody who writes down what comes over them."""
        del steer
        recorder = RunRecorder(self._file, wiring.asked_from, wiring.settings)
        return replace(wiring, listener=recorder.record)

    def close(self) -> None:
        """What was recorded again takes the place of what it was before."""
        self._file.close()


class Replay:
    """Runs are answered from a file; see `replay`.

    Attributes:
        path: The file.
        drift: What tools gave differently from the recording, oldest first.
    """

    def __init__(self, path: str | Path, *, fast: bool = False, tools: ToolsMode = "recorded") -> None:
        if tools not in ("recorded", "live"):
            raise ConfigurationError(f"tools is {tools!r}: write 'recorded' or 'live'.")
        self.path = Path(path)
        self.drift: list[Drift] = []
        self._book = AnswerBook(self.path, redact)
        self._fast, self._live = fast, tools == "live"

    @property
    def answers(self) -> int:
        """How many answers of models the recording holds."""
        return self._book.answers

    @property
    def played(self) -> int:
        """How many of them were given at least once."""
        return self._book.played

    def wired(self, wiring: Wiring, steer: Callable[[str], None]) -> Wiring:
        """Answers from the recording, and its tools' results unless tools are live."""
        provider = ReplayProvider(
            self._book,
            wiring.provider.name,
            fast=self._fast,
            place=wiring.asked_from.place,
            settings=wiring.settings,
        )
        run = RunReplay(provider, steer, self.drift, fast=self._fast, live=self._live)
        tools = wiring.tools if self._live else tuple(map(run.stand_in, wiring.tools))
        return replace(wiring, provider=provider, tools=tools, listener=run.listen, source=str(self.path))

    def close(self) -> None:
        """Nothing is held."""


# --- the tape of the process ---
_tapes: list[Tape] = []


def current_tape() -> Tape | None:
    """The tape that runs are connected to now."""
    return _tapes[-1] if _tapes else None


def insert(tape: Tape) -> None:
    """Connect the runs that begin from now on to `tape`, until it is ejected."""
    _tapes.append(tape)


def eject(tape: Tape) -> None:
    """Runs are connected to what was there before. No error if the tape is not in."""
    if tape in _tapes:
        _tapes.remove(tape)
    tape.close()


@contextmanager
def record(path: str | Path) -> Generator[Recording]:
    """Write what models and tools give in the runs that begin meanwhile into a file.

    What is in the file already stays; a run that begins as one in it does, in the same cell, takes its place, and so
    does a cell that is run again meanwhile. Keys and the like are taken out, as in the traces.

    Args:
        path: The file, JSON Lines.

    Raises:
        RecordingError: If the file cannot be written, or is something else.
    """
    tape = Recording(path)
    insert(tape)
    try:
        yield tape
    finally:
        eject(tape)


@contextmanager
def replay(path: str | Path, *, fast: bool = False, tools: ToolsMode = "recorded") -> Generator[Replay]:
    """Answer the runs that begin meanwhile from a file that `record` made.

    Args:
        path: The file.
        fast: Without the waits of the recording.
        tools: "recorded": tools do not run, and give what they gave then. "live": they run, and what they give
            differently is told on the page and kept in `drift`.

    Raises:
        RecordingError: If the file cannot be read. A run whose prompt is not in it raises one, too.
    """
    tape = Replay(path, fast=fast, tools=tools)
    insert(tape)
    try:
        yield tape
    finally:
        eject(tape)
