"""`inspect_variable` and `describe_dataframe`: what is in the notebook, in a few thousand characters for a model.

They change nothing. What looks like a key or a password is blotted out.
"""

from __future__ import annotations

import inspect
import reprlib
from functools import partial
from typing import TYPE_CHECKING, Any

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.notebook.frame_summary import summary_of
from jupyter_tools.notebook.kernel_call import in_main_thread, shell_for, variable, variable_names
from jupyter_tools.redaction import redact
from jupyter_tools.tools.decorator import tool
from jupyter_tools.tools.results import shorten
from jupyter_tools.tools.signatures import signature_of
from jupyter_tools.tools.tool import ToolExample

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

MAX_TEXT = 8000  # characters of an answer
_MAX_VARIABLES = 100
_MAX_DOCUMENTATION = 1500


@tool(examples=[ToolExample(request="What is in the variable results?", arguments={"name": "results"})])
async def inspect_variable(name: str = "") -> str:
    """Tell what a variable of the notebook holds: its type, size and value; of a function what it takes.

    Args:
        name: The variable's name. Left out, all variables are listed.
    """
    shell = shell_for("inspect_variable")
    call = partial(_one, shell, name) if name.strip() else partial(_all, shell)
    return shorten(redact(await in_main_thread(call)), MAX_TEXT)


@tool(examples=[ToolExample(request="What columns does the table df have?", arguments={"name": "df"})])
async def describe_dataframe(name: str, rows: int = 5) -> str:
    """Describe a DataFrame of the notebook: its shape, columns with types and missing values, first rows, statistics.

    Args:
        name: The name of the variable that holds it.
        rows: How many of its first rows to show, 0 to 50.
    """
    shell = shell_for("describe_dataframe")
    return shorten(redact(await in_main_thread(partial(_described, shell, name, rows))), 2 * MAX_TEXT)


def _described(shell: InteractiveShell, name: str, rows: int) -> str:
    value = variable(shell, name)
    if type(value).__module__.partition(".")[0] != "pandas" or type(value).__name__ not in ("DataFrame", "Series"):
        raise ConfigurationError(f"{name} is no DataFrame but {_type(value)}. inspect_variable tells what it holds.")
    frame = value if type(value).__name__ == "DataFrame" else value.to_frame()
    return summary_of(frame, name.strip(), rows=min(max(rows, 0), 50))


def _all(shell: InteractiveShell) -> str:
    names = [name for name in variable_names(shell) if not inspect.ismodule(shell.user_ns[name])]
    lines = [f"{name}: {_type(shell.user_ns[name])}" for name in names[:_MAX_VARIABLES]]
    more = [f"... and {len(names) - _MAX_VARIABLES} more"] if len(names) > _MAX_VARIABLES else []
    return "\n".join([*lines, *more]) or "The notebook has no variables yet."


def _one(shell: InteractiveShell, name: str) -> str:
    value = variable(shell, name)
    if callable(value) and not isinstance(value, type) and hasattr(value, "__name__"):
        return f"{name}: {_type(value)}\n{_callable(value)}"
    return f"{name}: {_type(value)}\n{name} = {_value(value)}"


def _type(value: Any) -> str:
    """Type, and size if there is one: "list, 3 items", "numpy.ndarray, shape (2, 3), float64"."""
    kind = type(value)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    facts = [name]
    shape, dtype = getattr(value, "shape", None), getattr(value, "dtype", None)
    if isinstance(shape, tuple):
        facts.append(f"shape {shape}")
    elif isinstance(value, str | bytes):
        facts.append(f"length {len(value):,}")
    elif isinstance(value, dict | list | tuple | set | frozenset):
        facts.append(f"{len(value):,} items")
    return ", ".join([*facts, *([str(dtype)] if dtype is not None and isinstance(shape, tuple) else [])])


def _value(value: Any) -> str:
    """What the value looks like, however large it is."""
    short = reprlib.Repr()
    short.maxlist = short.maxtuple = short.maxset = short.maxfrozenset = short.maxdict = short.maxdeque = 30
    short.maxstring, short.maxother, short.maxlong, short.maxlevel = 2000, 4000, 200, 4
    return short.repr(value)


def _callable(value: Any) -> str:
    try:
        signature = str(signature_of(value))
    except (ValueError, TypeError):
        signature = "(...)"
    documentation = inspect.getdoc(value) or "It has no docstring."
    return f"{value.__name__}{signature}\n{shorten(documentation, _MAX_DOCUMENTATION)}"
