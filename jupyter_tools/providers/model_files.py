"""Where the weights are on this machine."""

from __future__ import annotations

import os
from pathlib import Path

from jupyter_tools.errors import ModelFileError
from jupyter_tools.providers.model_catalogue import ModelEntry, model_entry

MODELS_VARIABLE = "JUPYTER_TOOLS_MODELS"


def models_folder() -> Path:
    """Where weights are kept: `JUPYTER_TOOLS_MODELS`, or a folder of the user's cache."""
    chosen = os.environ.get(MODELS_VARIABLE, "").strip()
    if chosen:
        return Path(chosen).expanduser()
    import platformdirs

    return Path(platformdirs.user_cache_dir("jupyter_tools", appauthor=False)) / "models"


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
        raise ModelFileError(f"There is no model file {name!r} in {Path.cwd()}.")
    return path
