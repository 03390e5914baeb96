"""`%agent record` and `%agent replay`: the notebook's runs into a file, and out of it again."""

from __future__ import annotations

from jupyter_tools.agent.tape import Recording, Replay, current_tape, eject, insert
from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.notebook.command_table import CommandLine
from jupyter_tools.notebook.options import split_words
from jupyter_tools.notebook.tables import Table

_OFF = ("off", "stop")
_REPLAY_OPTIONS = ("--fast", "--live")


def record(line: CommandLine) -> Table | str:
    """Write the runs of the cells to come into a file."""
    file, options = _read(line, "record")
    if options:
        raise ConfigurationError(f"%agent record takes the name of a file, and not {options[0]}.")
    if file is None:
        return _state()
    if file in _OFF:
        return _off()
    tape = Recording(file)
    _change_to(tape)
    return f"Recording into {file}. Write  %agent record off  when it is done."


def replay(line: CommandLine) -> Table | str:
    """Answer the cells to come from a file."""
    file, options = _read(line, "replay")
    for option in options:
        if option not in _REPLAY_OPTIONS:
            raise UnknownNameError("option of %agent replay", option, _REPLAY_OPTIONS)
    if file is None:
        return _state()
    if file in _OFF:
        return _off()
    tape = Replay(file, fast="--fast" in options, tools="live" if "--live" in options else "recorded")
    _change_to(tape)
    tools = "Tools run." if "--live" in options else "Tools give what they gave then."
    answers = "1 answer" if tape.answers == 1 else f"{tape.answers} answers"
    return f"Answering from {file}, {answers}. {tools} Write  %agent replay off  for a model again."


def _read(line: CommandLine, command: str) -> tuple[str | None, list[str]]:
    words = split_words(line.text)
    options = [word for word in words if word.startswith("-")]
    files = [word for word in words if not word.startswith("-")]
    if len(files) > 1:
        raise ConfigurationError(
            f'%agent {command} takes one file; put quotes around a name with spaces: "{line.text}"'
        )
    if options and not files:
        raise ConfigurationError(f"Which file? Write  %agent {command} demo.jsonl {' '.join(options)}")
    return (files[0] if files else None), options


def _change_to(tape: Recording | Replay) -> None:
    before = current_tape()
    if before is not None:
        eject(before)
    insert(tape)


def _off() -> str:
    tape = current_tape()
    if tape is None:
        return "No recording is going on, and none is being played."
    eject(tape)
    return f"Recorded: {tape.path}." if isinstance(tape, Recording) else "A model answers again."


def _state() -> Table | str:
    match current_tape():
        case Recording() as tape:
            return f"Recording into {tape.path}."
        case Replay() as tape:
            rows = [("answering from", str(tape.path)), ("answers", f"{tape.played} of {tape.answers} were played")]
            rows += [("drift", str(drift)) for drift in tape.drift]
            return Table(columns=("replay", ""), rows=rows)
        case _:
            return "No recording is going on, and none is being played. Write  %agent record demo.jsonl"
