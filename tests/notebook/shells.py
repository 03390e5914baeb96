"""Shells of this process that leave no history: its file would be gone before they are."""

import atexit
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


@contextmanager
def shell_without_history(**options: Any) -> Iterator[InteractiveShell]:
    """A shell of its own."""
    shell = InteractiveShell(config=_CONFIG, **options)
    yield shell
    _let_go(shell)


@contextmanager
def global_shell() -> Iterator[InteractiveShell]:
    """The shell that `get_ipython` finds."""
    shell = InteractiveShell.instance(config=_CONFIG)
    yield shell
    InteractiveShell.clear_instance()
    _let_go(shell)


def _let_go(shell: InteractiveShell) -> None:
    """Else each shell lives as long as the process, as `__main__`, and collects garbage at its end: minutes in all."""
    shell.restore_sys_module_state()
    atexit.unregister(shell.atexit_operations)


_CONFIG = Config({"HistoryAccessor": {"enabled": False}})
