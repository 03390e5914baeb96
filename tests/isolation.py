"""An environment without what the person who runs the tests has set."""

import os
from pathlib import Path

import pytest

KEY_ENDINGS = ("_API_KEY", "_BASE_URL", "_API_TOKEN")
KEPT = "JUPYTER_TOOLS_MODELS"  # weights are fetched once for all tests


def isolate(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """No keys and settings, and files of this package and of IPython in `folder` alone."""
    for name in filter(_is_personal, tuple(os.environ)):
        patch.delenv(name)
    patch.setenv("JUPYTER_TOOLS_TRACES", str(folder / "traces.db"))
    patch.setenv("JUPYTER_TOOLS_KEYS", str(folder / "keys"))
    patch.setenv("IPYTHONDIR", str(folder / "ipython"))


def without_home(patch: pytest.MonkeyPatch) -> None:
    """As for the user of a container that has a number and no name: nothing says where their home is."""
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "JUPYTER_TOOLS_MODELS", "JUPYTER_TOOLS_KEYS"):
        patch.delenv(name, raising=False)
    patch.setattr("pwd.getpwuid", {}.__getitem__)


def _is_personal(name: str) -> bool:
    return name.endswith(KEY_ENDINGS) or (name.startswith("JUPYTER_TOOLS_") and name != KEPT)
