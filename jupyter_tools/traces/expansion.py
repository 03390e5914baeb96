"""Columns of dicts taken apart: `args` into `args.city`, `args.day`."""

from __future__ import annotations

from typing import Any

from jupyter_tools.errors import UnknownNameError
from jupyter_tools.traces.columns import CONTENT_NAMES
from jupyter_tools.traces.steps import Frame

_DTYPES = (({bool}, "boolean"), ({str}, "string"), ({int}, "Int64"), ({int, float}, "Float64"))
MAX_COLUMNS = 500  # a dict with data for keys is not meant to be taken apart


def expanded(frame: Frame, names: str | tuple[str, ...]) -> Frame:
    """The frame with a column for each key of the dicts in the columns `names`, numbers typed as such.

    Raises:
        UnknownNameError: If a name is none of a column with values.
    """
    import pandas as pd  # heavy, and there already

    wanted = (names,) if isinstance(names, str) else tuple(names)
    new: dict[str, Frame] = {}
    for name in wanted:
        if name not in CONTENT_NAMES or name not in frame.columns:
            raise UnknownNameError("column to expand", name, [known for known in CONTENT_NAMES if known in frame])
        new |= {f"{name}.{key}": _typed(values, frame.index) for key, values in _taken_apart(frame[name]).items()}
    return pd.concat([frame, pd.DataFrame(new)], axis=1) if new else frame


def _taken_apart(column: Frame) -> dict[str, list[Any]]:
    dicts = [value if isinstance(value, dict) else {} for value in column]
    keys = list(dict.fromkeys(key for value in dicts for key in value if isinstance(key, str)))[:MAX_COLUMNS]
    return {key: [value.get(key) for value in dicts] for key in keys}


def _typed(values: list[Any], index: Any) -> Frame:
    import pandas as pd

    kinds = {type(value) for value in values if value is not None}
    column = pd.Series(values, index=index, dtype="object")
    if kinds == {int} and not all(value is None or -(2**63) <= value < 2**63 for value in values):
        return column
    dtype = next((dtype for those, dtype in _DTYPES if kinds and kinds <= those), "object")
    return column.astype(dtype)
