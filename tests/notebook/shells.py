"""Shells of this process that leave no history: its file would be gone before they are."""

from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


def shell_without_history(**options: Any) -> InteractiveShell:
    """A shell of its own."""
    return InteractiveShell(config=_CONFIG, **options)


def global_shell() -> InteractiveShell:
    """The shell that `get_ipython` finds, until `InteractiveShell.clear_instance()`."""
    return InteractiveShell.instance(config=_CONFIG)


_CONFIG = Config({"HistoryAccessor": {"enabled": False}})
