"""`%agent stop`, `%agent steer`, `%agent follow-up`: a word to the run that goes on."""

from __future__ import annotations

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.notebook.command_table import CommandLine


def stop(line: CommandLine) -> str:
    """Stop the run."""
    return line.session.stop()


def steer(line: CommandLine) -> str:
    """Say something that the run hears at its next turn."""
    return line.session.tell(_said(line, "steer"))


def follow_up(line: CommandLine) -> str:
    """Say something that the run hears when it has answered."""
    return line.session.tell(_said(line, "follow-up"), later=True)


def _said(line: CommandLine, command: str) -> str:
    if not line.text:
        raise ConfigurationError(f"Write what to say:  %agent {command} Look at the second table instead.")
    return line.text
