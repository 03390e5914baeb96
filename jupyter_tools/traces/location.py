"""`default_store`: where a kernel's traces go if nobody says otherwise."""

from __future__ import annotations

import os
import threading
import warnings
from pathlib import Path

from jupyter_tools.traces.database import MEMORY, UnwritableError
from jupyter_tools.traces.store import TraceStore

SETTING = "JUPYTER_TOOLS_TRACES"
CONTENT_SETTING = "JUPYTER_TOOLS_TRACES_CONTENT"
_NO = frozenset({"0", "false", "no", "off"})
_default: tuple[tuple[str | None, bool], TraceStore] | None = None
_default_lock = threading.Lock()


def default_store() -> TraceStore:
    """This kernel's store: the file that JUPYTER_TOOLS_TRACES names, or `.jupyter_tools/traces.db` where it works.

    In a folder that cannot be written to, the spans stay in memory, with one warning. JUPYTER_TOOLS_TRACES_CONTENT=0
    keeps only the shapes of what is said, see `TraceStore`.

    Raises:
        TraceStoreError: If the file is damaged, another program's or of a newer version.
    """
    global _default  # noqa: PLW0603  # the one per process
    path = os.environ.get(SETTING) or None
    content = os.environ.get(CONTENT_SETTING, "").strip().lower() not in _NO
    setting = path, content
    with _default_lock:
        if _default is None or _default[0] != setting:
            store = _open_default(path or Path(".jupyter_tools", "traces.db"), content)
            if _default is not None:
                _default[1].close()
            _default = (setting, store)
        return _default[1]


def _open_default(path: str | Path, content: bool) -> TraceStore:
    try:
        return TraceStore(path, content=content)
    except UnwritableError as error:
        warnings.warn(f"{error} They are kept in memory until the kernel ends.", stacklevel=3)
        return TraceStore(MEMORY, content=content)
