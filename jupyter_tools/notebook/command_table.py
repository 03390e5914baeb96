"""The commands of `%agent`: one row each, here; the function behind a row is imported when the command is given.

A new command is a row in `COMMANDS` and a function `(line: CommandLine) -> Any` in a module of this folder. What it
returns is the cell's value; a person's mistake is an exception from `errors`. Help, completion and documentation are
made from the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from jupyter_tools.errors import ConfigurationError, UnknownNameError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_tools.notebook.session import Session


@dataclass(frozen=True, slots=True)
class CommandLine:
    """What a command is given.

    Attributes:
        shell: The kernel's shell.
        session: The kernel's settings, conversation and runs.
        text: What stands after the command's name, without white space around it.
    """

    shell: InteractiveShell
    session: Session
    text: str


@dataclass(frozen=True, slots=True)
class Command:
    """One row of the table.

    Attributes:
        name: What is typed after `%agent`.
        takes: What follows it, such as "[RUN] TEXT", or "".
        help: What it does, in a few words.
        home: Its function, "module:name" in this folder.
    """

    name: str
    takes: str
    help: str
    home: str

    def __call__(self, line: CommandLine) -> Any:
        """Carry it out.

        Raises:
            ConfigurationError: If it takes nothing and is given something.
        """
        if line.text and not self.takes:
            raise ConfigurationError(f"%agent {self.name} takes nothing more, and not {line.text!r}.")
        module, _, name = self.home.partition(":")
        return getattr(import_module(f"jupyter_tools.notebook.{module}"), name)(line)


COMMANDS = (
    Command(
        "attach", "[FILE ...]", "let the model read files with every prompt, or list them", "attach_commands:attach"
    ),
    Command("conversations", "", "list the conversations", "conversation_commands:conversations"),
    Command("detach", "FILE | all", "let it read a file no more", "attach_commands:detach"),
    Command("follow-up", "[#RUN] TEXT", "say something the run hears after its answer", "run_commands:follow_up"),
    Command("history", "[NAME]", "show what the model will see", "conversation_commands:history"),
    Command("last", "", "show the last run from the traces, also one whose kernel died", "last_run:last"),
    Command("mcp", "[add NAME COMMAND... | remove NAME]", "list, start and stop MCP servers", "mcp_commands:mcp"),
    Command("new", "[NAME]", "start a conversation anew, and go on with it", "conversation_commands:new"),
    Command("record", "FILE | off", "write the runs of the cells to come into a file", "tape_commands:record"),
    Command("replay", "FILE [--fast] [--live] | off", "answer the cells to come from a file", "tape_commands:replay"),
    Command("runs", "", "list the runs that go on and the last ones that ended", "run_commands:runs"),
    Command("steer", "[#RUN] TEXT", "say something the run hears at its next turn", "run_commands:steer"),
    Command(
        "step",
        "[WHAT ...]",
        "go on with a run of --step; or show, result, prompt, fork, end, stop",
        "step_commands:step",
    ),
    Command("stop", "[RUN | all]", "stop the run that goes on", "run_commands:stop"),
    Command("wait", "[RUN | all]", "wait until runs in the background have ended", "run_commands:wait"),
)


def command_of(line: str) -> tuple[Command | None, str]:
    """The command that an `%agent` line gives, and the text after it; None if the line has options or nothing.

    Raises:
        UnknownNameError: If its first word is no command.
    """
    word, _, text = line.strip().partition(" ")
    if not word or word.startswith("-"):
        return None, line.strip()
    known = {command.name: command for command in COMMANDS}
    found = known.get(word.replace("_", "-"))
    if found is None:
        raise UnknownNameError("command of %agent", word, known)
    return found, text.strip()


def commands_text() -> str:
    """The table for people, one command a line."""
    forms = {f"%agent {command.name} {command.takes}".rstrip(): command.help for command in COMMANDS}
    width = max(map(len, forms))
    return "commands:\n" + "\n".join(f"  {form:<{width}}  {text}" for form, text in forms.items())
