"""Pictures that tools return: PNG and JPEG bytes, and objects that can draw themselves (Pillow, matplotlib, ...)."""

from __future__ import annotations

import base64
import io
import sys
from typing import Any, cast

from jupyter_tools.messages import ImageContent

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
_METHODS = (("_repr_png_", "image/png"), ("_repr_jpeg_", "image/jpeg"))
_PLAIN = (str, int, float, dict, list, tuple, type(None))  # never pictures, and asked about most often


def image_of(value: Any) -> ImageContent | None:
    """The picture that `value` is or can draw, or None."""
    if isinstance(value, (*_PLAIN, type)):
        return None
    if isinstance(value, bytes | bytearray):
        return _from_bytes(bytes(value))
    return _from_figure(value) or _from_methods(value)


def _from_bytes(data: bytes) -> ImageContent | None:
    for signature, mime_type in _SIGNATURES:
        if data.startswith(signature):
            return _image(data, mime_type)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _image(data, "image/webp")
    return None


def _from_figure(value: Any) -> ImageContent | None:
    """A matplotlib figure, or the figure of the axes that `DataFrame.plot` returns."""
    if not type(value).__module__.startswith(("matplotlib.", "seaborn.")):
        return None
    figure = getattr(value, "figure", None) or value
    save = getattr(figure, "savefig", None)
    if save is None:
        return None
    buffer = io.BytesIO()
    save(buffer, format="png", bbox_inches="tight")
    _take_from_notebook(figure)
    return _image(buffer.getvalue(), "image/png")


def _take_from_notebook(figure: Any) -> None:
    """A notebook shows each figure that is open when a cell ends: below the answer it would stand a second time."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None and "inline" in pyplot.get_backend():
        pyplot.close(figure)


def _from_methods(value: Any) -> ImageContent | None:
    for name, mime_type in _METHODS:
        draw = getattr(value, name, None)
        drawn = draw() if callable(draw) else None
        if isinstance(drawn, tuple):  # (data, metadata), as IPython allows
            drawn = cast("tuple[Any, ...]", drawn)[0]
        if isinstance(drawn, bytes):
            return _image(drawn, mime_type)
        if isinstance(drawn, str):  # base64 already
            return ImageContent(data=drawn, mime_type=mime_type)
    return None


def _image(data: bytes, mime_type: str) -> ImageContent:
    return ImageContent(data=base64.b64encode(data).decode(), mime_type=mime_type)
