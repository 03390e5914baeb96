"""How values that JSON does not know are written as JSON and read back: one line of `CODECS` a type.

Types are looked up by name, along the value's base classes, so that none of the libraries is imported to look.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from jupyter_tools.messages import (
    AssistantMessage,
    Message,
    ToolResultMessage,
    content_from_dict,
    content_to_dict,
    from_dict,
    to_dict,
)

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_MAX_CELLS = 1_000_000


class NotStorableError(ValueError):
    """A value of a known type that cannot be stored whole; it is described instead."""


@dataclass(frozen=True, slots=True)
class Codec:
    """How one type is stored.

    Attributes:
        tag: The key that marks it in JSON; None for what is as good as a plain JSON value.
        write: From the value to something simpler: JSON values, or values with codecs of their own.
        read: The inverse of `write`.
        is_plain: Whether `write` gives JSON values, and nothing with a codec of its own, for this value.
    """

    tag: str | None
    write: Callable[[Any], Any]
    read: Callable[[Any], Any] = lambda stored: stored
    is_plain: Callable[[Any], bool] = lambda _: False


def _read_pairs(stored: list[list[Any]]) -> dict[Any, Any]:
    return dict(map(tuple, stored))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _write_array(array: np.ndarray) -> Any:
    if array.dtype.hasobject:
        return {"values": array.tolist()}
    return {"dtype": array.dtype.str, "shape": list(array.shape), "data": _base64(array.tobytes())}


def _read_array(stored: dict[str, Any]) -> np.ndarray:
    import numpy as np  # only who stored an array has it

    if "values" in stored:
        return np.array(stored["values"], dtype=object)
    data = base64.b64decode(stored["data"])
    return np.frombuffer(data, dtype=np.dtype(stored["dtype"])).reshape(stored["shape"]).copy()


def _write_labels(labels: pd.Index) -> dict[str, Any]:
    return {"values": labels.tolist(), "names": list(labels.names), "dtype": str(labels.dtype)}


def _read_labels(stored: dict[str, Any]) -> pd.Index:
    import pandas as pd  # heavy

    names = stored["names"]
    if len(names) > 1:
        return pd.MultiIndex.from_tuples(map(tuple, stored["values"]), names=names)
    return pd.Index(stored["values"], name=names[0], dtype=stored["dtype"])


def _write_dtype(dtype: Any) -> Any:
    if str(dtype) != "category":
        return str(dtype)
    return {"categories": _write_labels(dtype.categories), "ordered": dtype.ordered}


def _read_dtype(stored: Any) -> Any:
    import pandas as pd  # heavy

    if isinstance(stored, str):
        return stored
    return pd.CategoricalDtype(_read_labels(stored["categories"]), ordered=stored["ordered"])


def _write_frame(frame: pd.DataFrame) -> dict[str, Any]:
    if frame.size > _MAX_CELLS:
        raise NotStorableError
    columns = [frame.iloc[:, position] for position in range(frame.shape[1])]
    data = [{"values": column.tolist(), "dtype": _write_dtype(column.dtype)} for column in columns]
    return {"columns": _write_labels(frame.columns), "index": _write_labels(frame.index), "data": data}


def _read_frame(stored: dict[str, Any]) -> pd.DataFrame:
    import pandas as pd  # heavy

    index = _read_labels(stored["index"])
    data = [(column["values"], _read_dtype(column["dtype"])) for column in stored["data"]]
    columns = [pd.Series(values, index=index, dtype=dtype) for values, dtype in data]
    frame = pd.concat(columns, axis=1) if columns else pd.DataFrame(index=index)
    frame.columns = _read_labels(stored["columns"])
    return frame


def _write_series(series: pd.Series) -> dict[str, Any]:
    return _write_frame(series.to_frame("values")) | {"name": series.name}


def _read_series(stored: dict[str, Any]) -> pd.Series:
    return _read_frame(stored).iloc[:, 0].rename(stored["name"])


def _write_image(image: Any) -> str:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return _base64(buffer.getvalue())


def _read_image(stored: str) -> Any:
    from PIL import Image  # pyright: ignore[reportMissingImports]  # only who stored an image has it

    return Image.open(io.BytesIO(base64.b64decode(stored)))


def _is_plain_message(message: Message) -> bool:
    """True unless there may be anything in it: arguments that a model gave, details that a tool gave."""
    if isinstance(message, ToolResultMessage):
        return message.details is None
    return not (isinstance(message, AssistantMessage) and message.calls_tools)


_MESSAGE = Codec("$message", to_dict, from_dict, _is_plain_message)
_CONTENT = Codec("$content", content_to_dict, content_from_dict)
_NOUNS = "jupyter_tools.messages"

CODECS: dict[str, Codec] = {
    "builtins.str": Codec(None, str.__str__),  # subclasses: an enum's member, for one
    "builtins.int": Codec(None, int.__int__),
    "builtins.float": Codec("$float", repr, float),  # nan and inf
    "builtins.complex": Codec("$complex", repr, complex),
    "builtins.bytes": Codec("$bytes", _base64, base64.b64decode),
    "builtins.bytearray": Codec("$bytes", _base64, base64.b64decode),
    "builtins.dict": Codec("$dict", lambda value: [list(pair) for pair in value.items()], _read_pairs),
    "builtins.list": Codec(None, list),
    "builtins.tuple": Codec(None, list),
    "builtins.set": Codec("$set", list, set),
    "builtins.frozenset": Codec("$frozenset", list, frozenset),
    "datetime.datetime": Codec("$datetime", datetime.isoformat, datetime.fromisoformat),
    "datetime.date": Codec("$date", date.isoformat, date.fromisoformat),
    "datetime.time": Codec("$time", time.isoformat, time.fromisoformat),
    "datetime.timedelta": Codec("$timedelta", lambda v: [v.days, v.seconds, v.microseconds], lambda v: timedelta(*v)),
    "decimal.Decimal": Codec("$decimal", str, Decimal),
    "fractions.Fraction": Codec("$fraction", str, Fraction),
    "uuid.UUID": Codec("$uuid", str, UUID),
    "pathlib.PurePath": Codec("$path", str, Path),
    "enum.Enum": Codec(None, lambda member: member.value),
    "numpy.generic": Codec(None, lambda scalar: scalar.item()),
    "numpy.ndarray": Codec("$ndarray", _write_array, _read_array),
    "pandas.DataFrame": Codec("$frame", _write_frame, _read_frame),
    "pandas.Series": Codec("$series", _write_series, _read_series),
    "pandas.NaTType": Codec(None, lambda _: None),
    "pandas.NAType": Codec(None, lambda _: None),
    "PIL.Image": Codec("$image", _write_image, _read_image),
    **{f"{_NOUNS}.{name}Message": _MESSAGE for name in ("System", "User", "Assistant", "ToolResult")},
    **{f"{_NOUNS}.{name}Content": _CONTENT for name in ("Text", "Thinking", "Image", "ToolCall")},
}
READERS = {codec.tag: codec.read for codec in CODECS.values() if codec.tag is not None}


def codec_for(kind: type) -> Codec | None:
    """The codec of the nearest base class that has one."""
    for base in kind.__mro__:
        library = base.__module__.partition(".")[0]
        module = library if library in ("numpy", "pandas", "pathlib", "PIL") else base.__module__
        codec = CODECS.get(f"{module}.{base.__qualname__}")
        if codec is not None:
            return codec
    return None
