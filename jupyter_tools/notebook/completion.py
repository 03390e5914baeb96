"""Tab: what can be written on the lines of our magics, and inside `{{ }}` of a prompt.

IPython asks each matcher for every completion, so that a line which is none of ours must cost next to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.completer import CompletionContext
    from IPython.core.interactiveshell import InteractiveShell

_LINE = re.compile(r"\s*(?:[\w.]+\s*=\s*)?%(?P<cell>%?)(?P<magic>\w+)[ \t]+(?P<text>.*)", re.DOTALL)
_PROMPT_CELL = re.compile(r"\s*%%(?P<magic>agent|experiment)\b")
_EXPRESSION = re.compile(r"(?:^|[^\w.])(?P<expression>[^\W\d]\w*(?:\.\w*)*)$")
_MOST = 200

Matcher = Callable[["CompletionContext"], Any]


@dataclass(frozen=True, slots=True)
class Found:
    """What can be written.

    Attributes:
        fragment: What stands before the cursor and would be replaced.
        texts: What could stand there, the likeliest first.
        kind: What these are, for the icon beside them.
    """

    fragment: str
    texts: Iterable[str]
    kind: str


def matcher(shell: InteractiveShell) -> Matcher:
    """The matcher of one kernel, for `shell.Completer.custom_matchers`."""
    from IPython.core.completer import context_matcher

    @context_matcher()
    def jupyter_tools_matcher(context: CompletionContext) -> Any:
        return _result(_found(shell, context))

    return jupyter_tools_matcher


def _result(found: Found | None) -> Any:
    from IPython.core.completer import SimpleCompletion

    if found is None:
        return {"completions": []}
    texts = [text for text in dict.fromkeys(found.texts) if text.startswith(found.fragment)][:_MOST]
    return {
        "completions": [SimpleCompletion(text, type=found.kind) for text in texts],
        "matched_fragment": found.fragment,
        "suppress": bool(texts),
        "ordered": True,
    }


def _found(shell: InteractiveShell, context: CompletionContext) -> Found | None:
    before = context.text_until_cursor
    if "%" in before and (match := _LINE.fullmatch(before)):
        return _on_line(shell, match["magic"], match["text"], is_cell=bool(match["cell"]))
    if "{{" in context.full_text and (match := _PROMPT_CELL.match(context.full_text)):
        columns = _columns(shell, context.full_text) if match["magic"] == "experiment" else []
        return _in_prompt(shell, "\n".join([*context.full_text.split("\n")[: context.cursor_line], before]), columns)
    return None


def _columns(shell: InteractiveShell, cell: str) -> list[str]:
    from jupyter_tools.notebook.experiment_completion import columns_in

    return columns_in(cell, shell.user_ns)


def _on_line(shell: InteractiveShell, magic: str, text: str, *, is_cell: bool) -> Found | None:
    ours = shell.magics_manager.registry.get("AgentMagics")
    function: Any = shell.find_line_magic(magic) or shell.find_cell_magic(magic)
    if ours is None or function is None or not function.__module__.startswith("jupyter_tools."):
        return None
    return ours.completed(magic, text, is_cell=is_cell)


def _in_prompt(shell: InteractiveShell, before: str, columns: list[str]) -> Found | None:
    """Names inside `{{ }}`: the columns of an experiment's data, then the notebook's."""
    _, opened, inside = before.rpartition("{{")
    if not opened or "}}" in inside:
        return None
    if not inside.strip():
        return Found("", columns, "column") if columns else None
    match, completer = _EXPRESSION.search(inside), shell.Completer
    if match is None or completer is None:
        return None
    expression = match["expression"]
    texts = completer.attr_matches(expression) if "." in expression else completer.global_matches(expression)
    return Found(expression, [*columns, *texts], "variable")
