"""How a cell ends badly: an exception that IPython shows as one sentence, so that cells queued after it do not run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from IPython.core.error import UsageError

from jupyter_tools.errors import JupyterToolsError


class CellError(Exception):
    """A person's mistake or a failed run. The text says what to do; no traceback is shown."""

    def _render_traceback_(self) -> list[str]:  # IPython's hook
        return [str(self)]


class CellInterrupted(KeyboardInterrupt):
    """The kernel was interrupted. What was said until then stays on the page."""

    def _render_traceback_(self) -> list[str]:  # IPython's hook
        return [str(self)]


@contextmanager
def explained() -> Iterator[None]:
    """Show a person's mistake as its sentence, without a traceback."""
    try:
        yield
    except (JupyterToolsError, UsageError) as error:
        raise CellError(str(error)) from error
