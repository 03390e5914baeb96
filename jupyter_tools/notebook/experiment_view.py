"""`PageView`: how far an experiment is, on a notebook's page: a bar, a line of words, and a button that stops it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jupyter_tools.notebook.display import WIDGET_VIEW, is_page, kernel_is
from jupyter_tools.notebook.sanitise import text_html
from jupyter_tools.progress import Progress, ProgressView, TextView

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_BLOCKS = 20


def view_in(shell: InteractiveShell, name: str, stop: Callable[[], None]) -> ProgressView:
    """What fits the shell: a page has a bar with a button, a terminal a bar of text."""
    return PageView(name, stop, hears=kernel_is(7, 1)) if is_page(shell) else TextView(name)


class PageView:
    """A line with a bar of characters and, while the page can be heard, a button; what stays is the line.

    Args:
        name: The experiment's name.
        stop: Called by the button, in one of the kernel's threads.
        hears: True if the kernel hears the page while a cell runs.
    """

    def __init__(self, name: str, stop: Callable[[], None], *, hears: bool) -> None:
        self._name = name
        self._stop = stop
        self._hears = hears
        self._display_id = uuid.uuid4().hex
        self._widgets: list[Any] = []
        self._line: Any = None

    def open(self, progress: Progress) -> None:
        """Put it on the page."""
        from IPython.display import display

        if not self._hears:
            display(self._static(progress, _expected_html(progress)), raw=True, display_id=self._display_id)
            return
        import ipywidgets

        from jupyter_tools.notebook.heard import HeardButton

        self._line = ipywidgets.HTML(self._html(progress) + _expected_html(progress))
        button = HeardButton(description="Stop", icon="stop", tooltip="Stop; what is done is kept")
        button.layout.width = "auto"
        button.on_click(lambda _: self._stop())
        box = ipywidgets.HBox([button, self._line])
        self._widgets = [box, button, self._line]
        view = {"version_major": 2, "version_minor": 0, "model_id": box.model_id}
        display({WIDGET_VIEW: view, "text/plain": progress.text}, raw=True, display_id=self._display_id)

    def update(self, progress: Progress) -> None:
        """Show how far it is."""
        if self._line is not None:
            self._line.value = self._html(progress) + _expected_html(progress)
        else:
            self._show(progress, _expected_html(progress))

    def close(self, progress: Progress) -> None:
        """Leave the line: no widget, so that it can be read in a saved notebook."""
        self._show(progress)
        for widget in self._widgets:
            widget.close()

    def _show(self, progress: Progress, below: str = "") -> None:
        from IPython.display import update_display

        update_display(self._static(progress, below), raw=True, display_id=self._display_id)

    def _static(self, progress: Progress, below: str = "") -> dict[str, str]:
        return {"text/html": self._html(progress) + below, "text/plain": f"{self._name}: {progress.text}"}

    def _html(self, progress: Progress) -> str:
        full = round(_BLOCKS * progress.done / progress.total)
        bar = f'<code style="background: none; color: #3b82d6">{"█" * full}{"░" * (_BLOCKS - full)}</code>'
        return f"<div><b>{text_html(self._name)}</b> {bar} {text_html(progress.text)}</div>"


def _expected_html(progress: Progress) -> str:
    """What it will take, while it runs; what stays says what it has taken."""
    return f'<div style="opacity: 0.7">{text_html(progress.expected)}</div>' if progress.expected else ""
