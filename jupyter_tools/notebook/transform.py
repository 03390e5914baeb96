"""What cells become before IPython reads them: `%%agent` and `%%experiment` await, questions stay questions.

A cell magic's coroutine is not awaited by IPython, and a magic that blocks keeps the kernel from handling the page's
buttons. So a cell that starts with `%%agent` is rewritten, before IPython looks for magics, into `await ...`. Where
a cell cannot await (in a function, under `%%capture`, in a terminal) the magic itself runs and blocks.

A line that ends with a question mark asks IPython for help. One that says something to a model or a tool does not.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_CELL = re.compile(r"%%(?P<magic>agent|experiment)(?:[ \t]+(?P<line>.*))?\s*")
_QUESTION = re.compile(r"(?P<indent>[ \t]*)%(?P<magic>agent(?=[ \t]+\S+[ \t])|tool)[ \t]+(?P<line>[^\s?].*\?)\s*")
_REGISTRY = "await get_ipython().magics_manager.registry"
CALL = f"{_REGISTRY}['AgentMagics'].agent_cell"
_CALLS = {"agent": CALL, "experiment": f"{_REGISTRY}['ExperimentMagics'].experiment_cell"}

Transformer = Callable[[list[str]], list[str]]


def rewrite_cell(lines: list[str]) -> list[str]:
    """The lines of a cell, rewritten if it is an `%%agent` or `%%experiment` cell. All else, help too, stays as it is.

    IPython has already taken blank lines and indentation off the front.
    """
    match = _CELL.fullmatch(lines[0]) if lines else None
    if match is None:
        return lines
    return [f"{_CALLS[match['magic']]}({(match['line'] or '').rstrip()!r}, {''.join(lines[1:])!r})\n"]


def keep_questions(lines: list[str]) -> list[str]:
    """The lines of a cell; `%agent steer Why?` and `%tool NAME?` are no questions to IPython, `%agent?` is."""
    return [_QUESTION.sub(_call_of, line) if line.rstrip().endswith("?") else line for line in lines]


def _call_of(match: re.Match[str]) -> str:
    return f"{match['indent']}get_ipython().run_line_magic({match['magic']!r}, {match['line']!r})\n"


def transformer(shell: InteractiveShell) -> Transformer:
    """The input transformer of one kernel: rewrites wherever the shell will be able to await."""

    def rewrite_where_awaited(lines: list[str]) -> list[str]:
        return rewrite_cell(lines) if can_await(shell) else lines

    return rewrite_where_awaited


def can_await(shell: InteractiveShell) -> bool:
    """True if code given to the shell now may await on asyncio's loop.

    False under `%autoawait off` or trio, and for code that a running cell hands back to the shell (`%%capture`,
    `%%time`): the shell would have to start the loop that is already running.
    """
    runner, _ = shell.loop_runner_map["asyncio"]
    return bool(shell.autoawait) and shell.loop_runner is runner and not _inside_a_cell(shell)


def _inside_a_cell(shell: InteractiveShell) -> bool:
    running = shell.run_code.__func__.__code__  # pyright: ignore[reportFunctionMemberAccess]
    frame = sys._getframe()
    while frame is not None:
        if frame.f_code is running:
            return True
        frame = frame.f_back
    return False
