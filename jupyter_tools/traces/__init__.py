"""Traces: every run, turn, model call and tool call as a row, in SQLite beside the notebook and in a DataFrame.

`from jupyter_tools import traces; traces()`: the package answers like the `traces` in it, since both have one name.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from jupyter_tools.traces.columns import COLUMNS, Column, columns_markdown
from jupyter_tools.traces.frame import Traces, traces

if TYPE_CHECKING:
    from jupyter_tools.redaction import add_redaction, redact
    from jupyter_tools.traces.location import default_store
    from jupyter_tools.traces.record import TraceRecorder
    from jupyter_tools.traces.retention import prune
    from jupyter_tools.traces.store import TraceStore

_HOMES = {  # what is first used by a run, or by whoever asks: %load_ext must not wait for it
    "TraceRecorder": "jupyter_tools.traces.record",
    "TraceStore": "jupyter_tools.traces.store",
    "add_redaction": "jupyter_tools.redaction",
    "default_store": "jupyter_tools.traces.location",
    "prune": "jupyter_tools.traces.retention",
    "redact": "jupyter_tools.redaction",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(_HOMES[name]), name)
    return value


tools, models, runs = traces.tools, traces.models, traces.runs


class _CallablePackage(ModuleType):
    __call__ = staticmethod(traces.__call__)


__doc__ = f"{__doc__}\n{Traces.__doc__}"
sys.modules[__name__].__class__ = _CallablePackage

__all__ = [
    "COLUMNS",
    "Column",
    "TraceRecorder",
    "TraceStore",
    "Traces",
    "add_redaction",
    "columns_markdown",
    "default_store",
    "prune",
    "redact",
    "traces",
]
