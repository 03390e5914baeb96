"""The commands about runs that go on: list, stop, wait for them, and say something to them."""

from __future__ import annotations

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.notebook.cell_errors import CellInterrupted
from jupyter_tools.notebook.command_table import CommandLine
from jupyter_tools.notebook.runs import Run
from jupyter_tools.notebook.tables import Table
from jupyter_tools.shortening import one_line

_SHOWN = 80  # characters of a prompt
_NONE = "No run is going on."
_POLL_S = 0.1  # on Windows a wait without a timeout cannot be interrupted


def runs(line: CommandLine) -> Table:
    """List the runs that go on and the last ones that ended."""
    return Table(columns=("run", "state", "model", "prompt", "seconds"), rows=[_row(run) for run in line.session.runs])


def _row(run: Run) -> tuple[str, ...]:
    state = "running in the background" if run.background and run.state == "running" else run.state
    return run.name, state, run.cell_run.view.model, one_line(run.cell_run.prompt, _SHOWN), f"{run.seconds:.1f}"


def stop(line: CommandLine) -> str:
    """Stop a run, or all."""
    stopped = _meant(line)
    for run in stopped:
        run.cell_run.stop()
    return f"Stopping {_names(stopped)}." if stopped else _NONE


def wait(line: CommandLine) -> Table | str:
    """Wait until a run has ended, or all; an interrupt ends the waiting and not the runs."""
    awaited = _meant(line) if line.text else line.session.runs.going_on
    try:
        for run in awaited:
            while not run.over.wait(_POLL_S):
                pass
    except KeyboardInterrupt:
        raise CellInterrupted("Interrupted. The runs go on;  %agent stop  stops them.") from None
    return Table(columns=("run", "state"), rows=[(run.name, run.state) for run in awaited]) if awaited else _NONE


def _meant(line: CommandLine) -> list[Run]:
    if line.text == "all":
        return line.session.runs.going_on
    found, rest = line.session.runs.named(f"#{line.text}" if line.text.isdecimal() else line.text)
    if rest:
        raise ConfigurationError(f"{rest!r} names no run. Write its number, as in  %agent stop 2, or all.")
    return found


def steer(line: CommandLine) -> str:
    """Say something that the run hears at its next turn."""
    said_to = _say(line, "steer")
    return f"Said to {_names(said_to)}. It is heard after this turn." if said_to else _NONE


def follow_up(line: CommandLine) -> str:
    """Say something that the run hears when it has answered."""
    said_to = _say(line, "follow_up")
    return f"Said to {_names(said_to)}. It is heard after the answer." if said_to else _NONE


def _say(line: CommandLine, how: str) -> list[Run]:
    found, text = line.session.runs.named(line.text)
    if not text:
        command = how.replace("_", "-")
        raise ConfigurationError(f"Write what to say:  %agent {command} Look at the second table instead.")
    for run in found:
        getattr(run.cell_run.agent, how)(text)
    return found


def _names(runs: list[Run]) -> str:
    return ", ".join(run.name for run in runs)
