"""`%agent step`: a run of `%%agent --step` goes on by a turn, or is looked at, changed, forked, ended."""

from __future__ import annotations

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.notebook.command_table import CommandLine
from jupyter_tools.notebook.stepping import StepOutcome, Stepping

_NONE = "No run goes on step by step. Begin one in a cell with  %%agent --step"
_WORDS = ("end", "fork", "next", "prompt", "result", "show", "stop")


def step(line: CommandLine) -> StepOutcome:
    """The next turn; or what its first word says.

    - `%agent step`: send what is shown, and come to the next turn.
    - `%agent step show`: show it again.
    - `%agent step result [N] TEXT`: let the model read TEXT in place of the Nth result of the last turn.
    - `%agent step prompt TEXT`: let it read TEXT in place of what was said last.
    - `%agent step fork N`: begin again from before turn N, as another run.
    - `%agent step end`: go on without waiting. `%agent step stop`: stop here.
    """
    stepping = line.session.stepping
    if stepping is None:
        raise ConfigurationError(_NONE)
    word, _, rest = line.text.partition(" ")
    match word:
        case "" | "next" | "end":
            return stepping.go_on(to_the_end=word == "end")
        case "stop":
            return stepping.stop()
        case "show":
            return stepping.shown()
        case "prompt" | "result":
            return _edited(stepping, word, rest.strip())
        case "fork":
            line.session.stepping = stepping.fork(_turn(rest, stepping))
            return line.session.stepping.go_on()
        case _:
            raise UnknownNameError("command of %agent step", word, _WORDS)


def _edited(stepping: Stepping, what: str, text: str) -> StepOutcome:
    if not text:
        raise ConfigurationError(f"Write what the model is to read:  %agent step {what} It is 7.")
    if what == "prompt":
        stepping.stepper.edit_prompt(text)
        return stepping.shown()
    first, _, rest = text.partition(" ")
    if stepping.stepper.results > 1 and first.isdecimal() and rest:
        stepping.stepper.edit_result(rest.strip(), int(first))
    else:
        stepping.stepper.edit_result(text)
    return stepping.shown()


def _turn(text: str, stepping: Stepping) -> int:
    if not text.strip().isdecimal():
        turns = ", ".join(map(str, stepping.stepper.turns))
        raise ConfigurationError(f"%agent step fork takes the number of a turn: {turns}.")
    return int(text)
