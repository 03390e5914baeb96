"""`list_files`: what is in the notebook's folder."""

from __future__ import annotations

from fnmatch import fnmatch
from itertools import islice

from jupyter_tools.builtin_tools.folder import Folder
from jupyter_tools.errors import ConfigurationError
from jupyter_tools.tools.decorator import tool
from jupyter_tools.tools.tool import ToolExample

MAX_FILES = 300


@tool(examples=[ToolExample(request="Which CSV files are there?", arguments={"pattern": "*.csv", "recursive": True})])
def list_files(folder: str = ".", pattern: str = "*", recursive: bool = False) -> str:
    """List the files in the notebook's folder, with their sizes in bytes.

    Args:
        folder: A folder in it, or "." for the notebook's folder itself.
        pattern: Which names, such as *.csv.
        recursive: True to list what is in the folders below as well.
    """
    return files_text(Folder(), folder, pattern, recursive=recursive)


def files_text(inside: Folder, folder: str = ".", pattern: str = "*", *, recursive: bool = False) -> str:
    """What `list_files` tells of a folder in `inside`.

    Raises:
        ConfigurationError: If there is no such folder in it.
    """
    below = inside.path(folder)
    if not below.is_dir():
        raise ConfigurationError(f"There is no folder {folder[:120]!r} in the notebook's folder.")
    found = (path for path in inside.files(below, recursive=recursive) if fnmatch(path.name, pattern or "*"))
    paths = list(islice(found, MAX_FILES + 1))
    lines = [
        f"{inside.name(path)}/" if path.is_dir() else f"{inside.name(path)}  {path.stat().st_size}" for path in paths
    ]
    if len(paths) > MAX_FILES:
        lines[MAX_FILES:] = [f"... more than {MAX_FILES}: name a folder or a pattern"]
    return "\n".join(lines) or "There are no such files."
