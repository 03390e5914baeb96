"""Shells of this process that leave no history: its file would be gone before they are."""

import atexit
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


def shell_without_history(**options: Any) -> InteractiveShell:
    """A shell of its own."""
    return _forgotten_at_exit(InteractiveShell(config=_CONFIG, **options))


def global_shell() -> InteractiveShell:
    """The shell that `get_ipython` finds, until `InteractiveShell.clear_instance()`."""
    return _forgotten_at_exit(InteractiveShell.instance(config=_CONFIG))


def _forgotten_at_exit(shell: InteractiveShell) -> InteractiveShell:
    """Each shell collects garbage at the end of the process: minutes, with the shells of all tests."""
    atexit.unregister(shell.atexit_operations)
    return shell


_CONFIG = Config({"HistoryAccessor": {"enabled": False}})
