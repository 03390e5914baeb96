"""Kernels for the tests of this folder, each in an environment of its own."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from nbformat import NotebookNode

from tests.kernel import notebooks
from tests.kernel.driver import Kernel, running_kernel
from tests.kernel.environments import KERNELS, python_with_kernel

SETUP = """
%load_ext jupyter_tools
from jupyter_tools.providers.scripted import call, error, pause, register_script, thinking
register_script("short", [["Hello."]])
register_script("slow", [[part for number in range(400) for part in (f"word{number} ", pause(0.02))]])
register_script("hangs", [["Let me see. ", call("hang", {"seconds": 5})], ["Done."]])
register_script("broken", [["Half of ", error(status=500, message="the server fell over.")]])
register_script("asks", [[call("erase", {"path": "a.txt"})], ["Done."]])
register_script("turns", [["One. ", call("nap", {})], ["Two."]])

@tool(requires_approval=True)
def erase(path: str) -> str:
    "Erases a file, or would."
    return f"erased {path}"

def nap() -> str:
    "Sleeps a little."
    import time
    time.sleep(1.2)
    return "rested"

def hang(seconds: int) -> int:
    "Does not come back in time."
    import time
    time.sleep(seconds)
    return seconds
"""


@pytest.fixture(params=list(KERNELS), scope="module")
def kernel(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """A kernel with the magics loaded and a few scripted models: one for each release of ipykernel.

    The tests of a module share it: that it works after an interrupt is a part of what they show.
    """
    with running_kernel(python_with_kernel(request.param), tmp_path_factory.mktemp("kernel")) as kernel:
        kernel.ok(SETUP)
        yield kernel


@pytest.fixture
def fresh_kernel(tmp_path: Path) -> Iterator[Kernel]:
    """A kernel of the current environment in which nothing was loaded."""
    with running_kernel(python_with_kernel("current"), tmp_path) as kernel:
        yield kernel


@pytest.fixture(scope="session")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], NotebookNode]:
    """Gives a shipped notebook after Run All. Each is run once, whoever asks."""

    @cache
    def run_once(name: str) -> NotebookNode:
        notebook = notebooks.read(name)
        notebooks.run(notebook, tmp_path_factory.mktemp("notebook"))
        return notebook

    return run_once
