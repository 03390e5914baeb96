"""What the tools that use a notebook's variables share: its shell, and a call made in the main thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from IPython.core.getipython import get_ipython

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.main_thread import main_thread
from jupyter_tools.tools.attempt import attempt_in_thread

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

T = TypeVar("T")


def shell_for(tool_name: str) -> InteractiveShell:
    """The notebook's shell.

    Raises:
        ConfigurationError: If this is no notebook.
    """
    shell = get_ipython()
    if shell is None:
        raise ConfigurationError(f"{tool_name} works in a notebook or in IPython: there are no variables here.")
    return shell


async def in_main_thread(call: Callable[[], T]) -> T:
    """What `call` gives, made in the main thread, where the notebook's cells run. What it raises is raised here."""
    value, error = await main_thread().run(partial(attempt_in_thread, call, _as_it_is))
    if error is not None:
        raise error
    return value  # pyright: ignore[reportReturnType]  # without an error there is a value


def _as_it_is(value: Any) -> Any:
    return value


def variable(shell: InteractiveShell, name: str) -> Any:
    """A variable of the notebook.

    Raises:
        UnknownNameError: If there is none of that name.
    """
    name = name.strip()
    if name not in shell.user_ns:
        raise UnknownNameError("variable", name[:80], variable_names(shell))
    return shell.user_ns[name]


def variable_names(shell: InteractiveShell) -> list[str]:
    """The names of the variables that the person has made, sorted."""
    return sorted(name for name in list(shell.user_ns) if not name.startswith("_") and name not in shell.user_ns_hidden)
