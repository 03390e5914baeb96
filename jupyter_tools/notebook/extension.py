"""`%load_ext jupyter_tools`: registers the magics. Whatever is heavy is imported at the first cell that needs it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from jupyter_tools.main_thread import main_thread
from jupyter_tools.notebook.completion import matcher
from jupyter_tools.notebook.experiment_magics import ExperimentMagics
from jupyter_tools.notebook.magics import AgentMagics
from jupyter_tools.notebook.trace_magics import TraceMagics
from jupyter_tools.notebook.transform import keep_questions, transformer
from jupyter_tools.progress import ProgressView, ViewMaker, show_with
from jupyter_tools.tools.decorator import tool
from jupyter_tools.traces import traces

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


_MAGICS = (AgentMagics, ExperimentMagics, TraceMagics)  # `@magics_class`, in modules that are imported in no time


def load(shell: InteractiveShell) -> None:
    """Make our magics known, `%agent`, `%tool`, `%experiment`, `%traces`; put `tool` and `traces` into the notebook.

    A variable of the notebook that has one of these names is left alone. Loading again keeps the conversation.
    """
    if "AgentMagics" in shell.magics_manager.registry:
        return
    shell.register_magics(*_MAGICS)
    shell.input_transformers_cleanup.append(keep_questions)
    if getattr(shell, "kernel", None) is not None:  # in a terminal Ctrl-C would miss a coroutine: there we block
        shell.magics_manager.registry[AgentMagics.__name__].begin_imports()
        shell.input_transformers_cleanup.append(transformer(shell))
        main_thread().listens_in(_loop())
    show_with(_views(shell))
    if shell.Completer is not None:
        shell.Completer.custom_matchers.append(matcher(shell))
    offered = {"tool": tool, "traces": traces}
    shell.push({name: value for name, value in offered.items() if name not in shell.user_ns}, interactive=False)


def _loop() -> asyncio.AbstractEventLoop | None:
    """The kernel's own event loop, in which it waits for requests."""
    with suppress(RuntimeError):
        return asyncio.get_running_loop()
    return None


def _views(shell: InteractiveShell) -> ViewMaker:
    """What makes the views of this shell's experiments. Its module is imported at the first."""

    def make(name: str, stop: Callable[[], None]) -> ProgressView:
        from jupyter_tools.notebook.experiment_view import view_in

        return view_in(shell, name, stop)

    return make


def unload(shell: InteractiveShell) -> None:
    """Take back what `load` did, but for the notebook's variables."""
    shell.input_transformers_cleanup[:] = [
        item for item in shell.input_transformers_cleanup if item.__module__ != transformer.__module__
    ]
    show_with(None)
    if shell.Completer is not None:
        shell.Completer.custom_matchers[:] = [
            item for item in shell.Completer.custom_matchers if item.__module__ != matcher.__module__
        ]
    for magics in _MAGICS:
        shell.magics_manager.registry.pop(magics.__name__, None)
        for kind, names in magics.magics.items():
            for name in names:
                shell.magics_manager.magics[kind].pop(name, None)
