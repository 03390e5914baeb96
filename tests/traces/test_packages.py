import platform
import sys
from importlib import metadata

import pytest

from jupyter_tools.traces.packages import package_versions


def test_the_versions_are_those_of_python_and_of_what_is_loaded() -> None:
    versions = package_versions()
    assert versions["python"] == platform.python_version()
    assert versions["jupyter_tools"] == metadata.version("jupyter_tools")


def test_what_is_not_loaded_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "httpx", raising=False)
    assert "httpx" not in package_versions()
