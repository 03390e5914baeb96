"""What a kernel knows of the request that runs the current cell. A terminal's shell knows nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_tools.notebook.conversation import Origin

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def comes_from_a_page(shell: InteractiveShell) -> bool:
    """True if the request says something of its cell, as pages do and terminals do not."""
    return bool(_request(shell).get("metadata"))


def somebody_is_there(shell: InteractiveShell) -> bool:
    """False where a program runs the notebook: it says that nobody can be asked."""
    return bool((_request(shell).get("content") or {}).get("allow_stdin"))


def origin_of(shell: InteractiveShell) -> Origin:
    """The cell that runs now and the request that runs it, where the front end says so."""
    request = _request(shell)
    metadata, header = request.get("metadata") or {}, request.get("header") or {}
    return Origin(cell_id=metadata.get("cellId"), execution=header.get("msg_id"))


def _request(shell: InteractiveShell) -> dict[str, Any]:
    request: Any = getattr(shell, "parent_header", None)  # a kernel's shell keeps the whole request under this name
    return request if isinstance(request, dict) else {}
