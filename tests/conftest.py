"""What every test gets: one event loop kind, no keys and no traces of the person running it, steady hypothesis."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.isolation import isolate

# A deadline would be a wall-clock assertion on a shared machine. In CI the examples are the same each time, so a red
# build is red for its change; on a developer's machine they differ, and find something new now and then.
settings.register_profile("developer", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "developer")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def isolated_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, no configuration and no trace file of the person who runs the tests."""
    isolate(monkeypatch, tmp_path)
