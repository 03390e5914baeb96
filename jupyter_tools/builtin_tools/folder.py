"""Paths below one folder: a model names them, and none of them leads out."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from jupyter_tools.errors import ConfigurationError

# each of some platforms only; a pipe must not block
READ_HERE = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
_KEY_FILE = "api_key_"


class Folder:
    """A folder whose files may be read, but for hidden ones, links, and files with keys.

    Args:
        root: The folder, by default the one that the notebook is in.
    """

    def __init__(self, root: str | Path | None = None) -> None:
        self.root = Path(root if root is not None else Path.cwd()).resolve()

    def path(self, text: str) -> Path:
        """The path that `text` names, below the folder.

        Raises:
            ConfigurationError: If it leads out of the folder, by a link or otherwise, or is hidden.
        """
        parts = _parts(text)
        try:
            return self._without_links(parts, text[:120])
        except (OSError, ValueError):  # too long, or of letters that file names cannot have
            raise ConfigurationError(f"{text[:120]!r} is no path that can be read.") from None

    def _without_links(self, parts: list[str], shown: str) -> Path:
        path = self.root
        for part in parts:
            path = path / part
            if path.is_symlink() or _is_junction(path):
                raise ConfigurationError(f"{shown!r} is not read: it is, or lies behind, a link.")
        if path.resolve() != path and not _same_file(path):
            raise ConfigurationError(f"{shown!r} is not read: it leads out of the notebook's folder.")
        return path

    def name(self, path: Path) -> str:
        """How a model names a path of this folder."""
        return path.relative_to(self.root).as_posix()

    def files(self, below: Path, *, recursive: bool) -> Iterator[Path]:
        """Files and folders below a folder, sorted, a folder before what is in it. No links, nothing hidden."""
        with os.scandir(below) as entries:
            here = sorted((entry for entry in entries if _may_be_seen(entry)), key=lambda entry: entry.name)
        for entry in here:
            yield Path(entry.path)
            if recursive and entry.is_dir(follow_symlinks=False):
                yield from self.files(Path(entry.path), recursive=True)


def _parts(text: str) -> list[str]:
    """The names that a path is made of."""
    if "\0" in text:
        raise ConfigurationError("A path holds no NUL characters.")
    windows, posix = PureWindowsPath(text), PurePosixPath(text)
    if windows.drive or windows.root or posix.root or text.startswith("~"):
        raise ConfigurationError(
            f"{text[:120]!r} is not read: name a path below the notebook's folder, as list_files does."
        )
    parts = [part for part in (windows.parts if os.sep == "\\" else posix.parts) if part != "."]
    for part in parts:
        if part == "..":
            raise ConfigurationError(f"{text[:120]!r} is not read: '..' leads out of the notebook's folder.")
        if _is_private(part):
            raise ConfigurationError(f"{text[:120]!r} is not read: it is hidden, or holds a key.")
    return parts


def _is_private(name: str) -> bool:
    return name.startswith((".", _KEY_FILE))


def _may_be_seen(entry: os.DirEntry[str]) -> bool:
    return not (_is_private(entry.name) or entry.is_symlink() or _is_junction(Path(entry.path)))


def _is_junction(path: Path) -> bool:
    ask: Callable[[], bool] | None = getattr(path, "is_junction", None)  # Windows, from Python 3.12
    return ask is not None and ask()


def _same_file(path: Path) -> bool:
    """True if the path only differs from what it resolves to in how it is spelled, as on case-blind file systems."""
    return str(path.resolve()).casefold() == str(path).casefold()


def content_here(path: Path, limit: int) -> bytes:
    """Up to `limit` + 1 bytes of a plain file; what is not one, but a link or a pipe, is refused.

    Raises:
        ConfigurationError: If it cannot be opened, or is no plain file.
    """
    try:
        descriptor = os.open(path, READ_HERE)
    except OSError as error:
        raise ConfigurationError("it cannot be opened, or is a link.") from error
    try:
        if path.is_symlink() or not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ConfigurationError("it is no file, but a link or something else.")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(limit + 1)
    finally:
        os.close(descriptor)
