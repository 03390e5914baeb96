"""The synchronous door in real kernels, where the main thread has a loop that is running already."""

import time

import pytest

from tests.kernel.driver import Kernel

pytestmark = pytest.mark.kernel
DOOR = """
from jupyter_tools import OfflineSearch, iter_run_tools, use_search_backend
use_search_backend(OfflineSearch(["Bees dance."]))
chunks = iter_run_tools("scripted", "{model}", [{{"role": "user", "content": "Do bees dance?"}}], web_search=True)
"""


def test_the_synchronous_door_works_in_a_cell(kernel: Kernel):
    cell = kernel.ok(DOOR.format(model="short") + "print([type(chunk).__name__ for chunk in chunks][-2:], sep='')")
    assert cell.text.strip() == "['Sources', 'FinishReason']"


def test_an_interrupt_ends_it_and_the_next_cell_works(kernel: Kernel):
    cell = kernel.send(DOOR.format(model="slow") + "for chunk in chunks: print(chunk, flush=True)")
    kernel.until(lambda: "word3" in cell.text)
    pressed = time.monotonic()
    kernel.interrupt()
    kernel.until(lambda: cell.done)
    assert time.monotonic() - pressed < 2
    assert cell.status == "error"
    assert kernel.ok("print('next')").text.strip() == "next"
