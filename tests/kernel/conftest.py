"""Kernels for the tests of this folder, each in an environment of its own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kernel.driver import Kernel, running_kernel
from tests.kernel.environments import KERNELS, python_with_kernel

SETUP = """
%load_ext jupyter_tools
from jupyter_tools.providers.scripted import call, error, pause, register_script, thinking
register_script("short", [["Hello."]])
register_script("slow", [[part for number in range(400) for part in (f"word{number} ", pause(0.02))]])
register_script("broken", [["Half of ", error(status=500, message="the server fell over.")]])
"""


@pytest.fixture(params=[name for name in KERNELS if name])
def kernel(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kernel]:
    """A kernel with the magics loaded and three scripted models: once for each release of ipykernel."""
    env = {**os.environ, "IPYTHONDIR": str(tmp_path / "ipython"), "JUPYTER_PLATFORM_DIRS": "1"}
    with running_kernel(python_with_kernel(request.param), tmp_path, env) as kernel:
        kernel.ok(SETUP)
        yield kernel
