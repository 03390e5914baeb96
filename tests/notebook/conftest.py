"""A shell of this process with the magics loaded, in which agent cells stream to a terminal."""

from collections.abc import Callable, Iterator

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from jupyter_tools.notebook.extension import load, unload
from jupyter_tools.providers.scripted import call, register_script, thinking
from tests.notebook.shells import global_shell, shell_without_history

AskCell = Callable[..., str]


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    register_script("short", [["Hello ", "**there**."]])
    register_script("asks", [[thinking("Hm."), call("math_eval", {"expression": "2+2"})], ["It is 4."]])
    with shell_without_history() as shell:
        load(shell)
        yield shell
        unload(shell)


@pytest.fixture
def cell(shell: InteractiveShell) -> AskCell:
    """Runs an agent cell and gives what it printed."""

    def run(line: str, text: str = "Hi.") -> str:
        with capture_output() as captured:
            shell.run_cell_magic("agent", line, text)
        return captured.stdout

    return run


@pytest.fixture
def notebook() -> Iterator[InteractiveShell]:
    """The shell of this process: where tools that use a notebook's variables look."""
    with global_shell() as shell:
        load(shell)
        yield shell
        unload(shell)
