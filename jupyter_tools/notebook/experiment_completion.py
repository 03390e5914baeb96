"""What can be written in an `%%experiment` cell: the notebook's data, their columns, scorers.

Only names and the first row are looked at, so that a large frame takes no time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from jupyter_tools.tools.tool import AgentTool

SCORERS = ("contains", "exact", "json_schema", "judge", "numeric", "regex", "tool_calls")
BARE_SCORERS = ("contains", "exact", "numeric", "tool_calls")  # those that need no arguments
_OVER = re.compile(r"--over(?:[ \t]+|=)(?P<name>\w+)")


def data_names(namespace: Mapping[str, Any]) -> list[str]:
    """The notebook's variables that an experiment can run over."""
    return [name for name in _visible(namespace) if columns(namespace[name])]


def client_names(namespace: Mapping[str, Any]) -> list[str]:
    """The notebook's clients of Dask clusters."""
    return [name for name in _visible(namespace) if type(namespace[name]).__module__.startswith("distributed.client")]


def scorer_names(namespace: Mapping[str, Any]) -> Iterator[str]:
    """Ready scorers, those that need arguments with the bracket; then the notebook's own functions."""
    for name in SCORERS:
        yield name if name in BARE_SCORERS else f"{name}("
    for name in _visible(namespace):
        value = namespace[name]
        if callable(value) and getattr(value, "__module__", None) == "__main__" and not isinstance(value, type):
            yield name


def columns_in(cell: str, namespace: Mapping[str, Any]) -> list[str]:
    """The columns of the data that the cell's first line names."""
    match = _OVER.search(cell.partition("\n")[0])
    return columns(namespace.get(match["name"])) if match else []


def columns(data: Any) -> list[str]:
    """The columns of a DataFrame or of dicts; none for anything else."""
    if hasattr(data, "to_dict") and hasattr(data, "columns"):
        return [str(name) for name in data.columns]
    if isinstance(data, list | tuple) and data and isinstance(data[0], Mapping):  # pyright: ignore[reportUnknownArgumentType]
        return [str(name) for name in cast("Mapping[Any, Any]", data[0])]
    return []


def _visible(namespace: Mapping[str, Any]) -> list[str]:
    return [name for name, value in namespace.items() if not name.startswith("_") and not isinstance(value, AgentTool)]
