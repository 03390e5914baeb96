"""The notebook that a kernel belongs to, as a file: where it is, and the ids of its cells."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_CELL_ID = re.compile(r"[\w-]{1,64}", re.ASCII)  # what the notebook format allows


def notebooks_of(shell: InteractiveShell) -> list[Path]:
    """The notebook that the kernel belongs to, where the front end says which; else those of the folder."""
    for named in (os.environ.get("JPY_SESSION_NAME"), shell.user_ns.get("__vsc_ipynb_file__")):
        if named and str(named).endswith(".ipynb") and Path(named).is_file():
            return [Path(named)]
    return sorted(Path().glob("*.ipynb"))


def cell_ids_of(notebook: Path) -> list[str]:
    """The ids of a notebook's cells as it was saved last; none if it cannot be read."""
    try:
        ids = [str(cell.get("id") or "") for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []
    return [id for id in ids if _CELL_ID.fullmatch(id)]
