"""Where a person's keys, weights and files are kept: the folder that a variable names, or one in their home."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from jupyter_tools.errors import ConfigurationError


def own_folder(variable: str, default: Callable[[], str]) -> Path:
    """The folder that the environment variable names, or the default one.

    Args:
        variable: The variable's name.
        default: Makes the default; it may begin with `~`, and raises RuntimeError where there is no home.

    Raises:
        ConfigurationError: If the person has no home, such as a container's user without a name.
    """
    try:
        return Path(os.environ.get(variable, "").strip() or default()).expanduser()
    except RuntimeError as error:
        raise ConfigurationError(
            f"There is no home folder here. Set HOME, or {variable} to a folder you may write to."
        ) from error
