"""`%agent attach`, `%agent detach`: files that the model reads with every prompt."""

from __future__ import annotations

from jupyter_tools.builtin_tools.bucket_markers import marker
from jupyter_tools.errors import ConfigurationError
from jupyter_tools.notebook.command_table import CommandLine
from jupyter_tools.notebook.options import split_words
from jupyter_tools.notebook.tables import Table


def attach(line: CommandLine) -> Table:
    """Attach files; without any, list what is attached."""
    for file in split_words(line.text):
        line.session.attachments.add(file)
    return _table(line)


def detach(line: CommandLine) -> Table:
    """Detach files, by name or id, or all."""
    files = split_words(line.text)
    if not files:
        raise ConfigurationError("Write which file:  %agent detach NAME  or  %agent detach all")
    for file in files:
        line.session.attachments.remove(file)
    return _table(line)


def _table(line: CommandLine) -> Table:
    rows = [
        (item.name, f"{len(item.text):,} characters, about {item.tokens:,} tokens", marker(item.id))
        for item in line.session.attachments
    ]
    return Table(columns=("read with every prompt", "size", "in one prompt only"), rows=rows)
