"""What every test gets: one event loop kind, no keys and no traces of the person running it, steady hypothesis."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A deadline would be a wall-clock assertion on a shared machine. In CI the examples are the same each time, so a red
# build is red for its change; on a developer's machine they differ, and find something new now and then.
settings.register_profile("developer", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "developer")

KEY_ENDINGS = ("_API_KEY", "_BASE_URL", "_API_TOKEN")
KEPT = "JUPYTER_TOOLS_MODELS"  # weights are fetched once for all tests


def is_personal(name: str) -> bool:
    return name.endswith(KEY_ENDINGS) or (name.startswith("JUPYTER_TOOLS_") and name != KEPT)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def isolated_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, no configuration and no trace file of the person who runs the tests."""
    for name in filter(is_personal, tuple(os.environ)):
        monkeypatch.delenv(name)
    monkeypatch.setenv("JUPYTER_TOOLS_TRACES", str(tmp_path / "traces.db"))
    monkeypatch.setenv("JUPYTER_TOOLS_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
