"""`%agent history`, `%agent new`: what the model will see."""

from __future__ import annotations

from jupyter_tools.notebook.command_table import CommandLine
from jupyter_tools.notebook.tables import Table


def history(line: CommandLine) -> Table:
    """Show the conversation as the next turn will see it."""
    return line.session.history()


def new(line: CommandLine) -> Table:
    """Forget the conversation."""
    line.session.conversation.clear()
    return line.session.summary()
