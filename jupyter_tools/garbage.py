"""`collected_rarely`: where very many objects are made and kept, Python's search for garbage among them finds none."""

from __future__ import annotations

import gc
import threading
from collections.abc import Generator
from contextlib import contextmanager

_YOUNG = 100_000  # new objects between two searches; Python's own number is 700

_lock = threading.Lock()
_inside = 0
_usual: tuple[int, int, int] = (0, 0, 0)


@contextmanager
def collected_rarely() -> Generator[None]:
    """Inside, Python looks for garbage more rarely. Blocks of several threads may overlap."""
    global _inside, _usual  # noqa: PLW0603  # the setting is the process's
    with _lock:
        if not _inside:
            _usual = gc.get_threshold()
            if _usual[0]:  # 0 means that somebody has turned it off
                gc.set_threshold(max(_usual[0], _YOUNG), *_usual[1:])
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside:
                gc.set_threshold(*_usual)
