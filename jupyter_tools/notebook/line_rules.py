"""What may stand on the line of a cell, and what on a line of its own; said before anything is done."""

from __future__ import annotations

import keyword
from argparse import Namespace

from jupyter_tools.errors import ConfigurationError

_OF_A_LINE = ("models", "login")
_OF_A_CELL = ("background", "output", "record")


def check_cell(arguments: Namespace) -> None:
    """Raise what is wrong with the options of an `%%agent` cell.

    Raises:
        ConfigurationError: If something is.
    """
    if arguments.words:
        raise ConfigurationError(
            f"{arguments.words[0]!r} belongs to no option. The prompt goes on the lines below %%agent, and a value "
            "with spaces in quotes."
        )
    check_output(arguments.output)
    for name in _OF_A_LINE:
        if getattr(arguments, name):
            raise ConfigurationError(f"--{name} belongs on a line of its own:  %agent --{name}")


def check_line(arguments: Namespace) -> None:
    """Raise what is wrong with the options of an `%agent` line.

    Raises:
        ConfigurationError: If something is.
    """
    if arguments.words:
        raise ConfigurationError(f"{arguments.words[0]!r} belongs to no option. A value with spaces goes in quotes.")
    for name in _OF_A_CELL:
        if getattr(arguments, name):
            raise ConfigurationError(f"--{name} belongs to a cell, with the prompt on the lines below %%agent.")


def check_output(name: str | None) -> None:
    """Raise if `-o` was given what cannot be a variable.

    Raises:
        ConfigurationError: If it was.
    """
    if name is not None and (not name.isidentifier() or keyword.iskeyword(name)):
        raise ConfigurationError(f"-o takes the name of a variable, not {name!r}.")
