import base64

import pytest

from jupyter_tools.messages import ImageContent
from jupyter_tools.tools.images import image_of

PNG = b"\x89PNG\r\n\x1a\nrest"


class Png:
    def _repr_png_(self):
        return PNG


class PngWithMetadata:
    def _repr_png_(self):
        return base64.b64encode(PNG).decode(), {"width": 1}


class Jpeg:
    def _repr_png_(self):
        return None

    def _repr_jpeg_(self):
        return b"\xff\xd8\xffrest"


@pytest.mark.parametrize(
    ("value", "mime_type"),
    [
        (PNG, "image/png"),
        (bytearray(PNG), "image/png"),
        (b"\xff\xd8\xffrest", "image/jpeg"),
        (b"GIF89arest", "image/gif"),
        (b"RIFF1234WEBPrest", "image/webp"),
        (Png(), "image/png"),
        (PngWithMetadata(), "image/png"),
        (Jpeg(), "image/jpeg"),
    ],
)
def test_pictures_are_recognised(value, mime_type):
    image = image_of(value)
    assert isinstance(image, ImageContent)
    assert image.mime_type == mime_type
    assert base64.b64decode(image.data).endswith(b"rest")


@pytest.mark.parametrize("value", [b"no picture", "text", 5, None, [PNG], {"a": 1}, Png, object()])
def test_other_things_are_not(value):
    assert image_of(value) is None


def test_a_pillow_image_is_drawn():
    pillow = pytest.importorskip("PIL.Image")
    image = image_of(pillow.new("RGB", (2, 2), "red"))
    assert base64.b64decode(image.data).startswith(b"\x89PNG")


def test_a_matplotlib_figure_and_its_axes_are_drawn():
    figures = pytest.importorskip("matplotlib.figure")
    figure = figures.Figure()
    axes = figure.subplots()
    for value in (figure, axes):
        assert base64.b64decode(image_of(value).data).startswith(b"\x89PNG")


def test_a_figure_is_not_shown_a_second_time_when_the_cell_ends(monkeypatch: pytest.MonkeyPatch):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    figure = pyplot.figure()
    monkeypatch.setattr(pyplot, "get_backend", lambda: "module://matplotlib_inline.backend_inline")
    assert image_of(figure) is not None
    assert not pyplot.fignum_exists(figure.number)
