"""`read_file`: the text of a file in the notebook's folder."""

from __future__ import annotations

from jupyter_tools.builtin_tools.bucket_text import MAX_FILE_BYTES
from jupyter_tools.builtin_tools.folder import Folder, content_here
from jupyter_tools.errors import ConfigurationError
from jupyter_tools.retrieval.file_text import KNOWN_ENDINGS, decoded, file_text
from jupyter_tools.tools.decorator import tool
from jupyter_tools.tools.tool import ToolExample

MAX_CHARACTERS = 40_000
MAX_LINES = 2000


@tool(examples=[ToolExample(request="What does notes.md say?", arguments={"path": "notes.md"})])
def read_file(path: str, first_line: int = 1, max_lines: int = 500) -> str:
    """Read a text file, a notebook or a PDF in the notebook's folder.

    Args:
        path: The file, relative to the notebook's folder, as list_files names it.
        first_line: The line to begin with, from 1.
        max_lines: How many lines at most, up to 2000.
    """
    return text_of_file(Folder(), path, first_line, max_lines)


def text_of_file(folder: Folder, path: str, first_line: int = 1, max_lines: int = 500) -> str:
    """What `read_file` tells of a file in `folder`.

    Raises:
        ConfigurationError: If there is no such file in the folder, or it cannot be read as text.
    """
    lines = _text(folder, path).splitlines()
    begin = max(first_line, 1) - 1
    wanted = lines[begin : begin + min(max(max_lines, 1), MAX_LINES)]
    if not wanted:
        return f"[{path}: {len(lines):,} lines; there is none from line {begin + 1:,} on]"
    text = "\n".join(wanted)
    cut = "; cut here" if len(text) > MAX_CHARACTERS else ""
    where = f"[{path}: lines {begin + 1:,} to {begin + len(wanted):,} of {len(lines):,}{cut}]"
    return f"{where}\n{text[:MAX_CHARACTERS]}"


def _text(folder: Folder, name: str) -> str:
    path = folder.path(name)
    if path.is_dir():
        raise ConfigurationError(f"{name[:120]!r} is a folder. list_files tells what is in it.")
    if not path.is_file():
        raise ConfigurationError(
            f"There is no file {name[:120]!r} in the notebook's folder. list_files tells what is there."
        )
    try:
        data = content_here(path, MAX_FILE_BYTES)
    except ConfigurationError as error:
        raise ConfigurationError(f"{name[:120]!r} is not read: {error}") from error
    if len(data) > MAX_FILE_BYTES:
        raise ConfigurationError(f"{name[:120]!r} has more than {MAX_FILE_BYTES // 1_000_000} MB and is not read.")
    if path.suffix.lower() in KNOWN_ENDINGS:
        return file_text(path.name, data)
    if b"\0" in data[:4096]:
        raise ConfigurationError(f"{name[:120]!r} holds binary data, not text.")
    return decoded(data)
