"""`whole_file`: a file is replaced at once, so that nobody ever reads half of one and a failure leaves the old one."""

from __future__ import annotations

import secrets
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Generator[Path]:
    """The name of a draft beside `path`, to be written inside; it takes the place of `path` if nothing fails.

    Each draft has a name of its own: processes and threads that write the same file at once do not meet.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
