"""Tools that use the notebook, in real kernels: code runs in the main thread while the cell awaits or blocks."""

import time

import pytest

from tests.kernel.driver import Kernel

pytestmark = pytest.mark.kernel

SETUP = """
import threading
register_script("python", [[call("run_python", {"code": CODE})], ["Done."]])
"""
CODE = (
    "import threading\nseen = threading.current_thread() is threading.main_thread()\nprint('in the main thread:', seen)"
)
SLEEP = "import time\nprint('begun')\nfor _ in range(100): time.sleep(0.1)"
CELL = "%%agent -m scripted:{} --tools run_python,inspect_variable --approve never --new\nGo."


def scripted(kernel: Kernel, name: str, code: str) -> str:
    kernel.ok(f"register_script({name!r}, [[call('run_python', {{'code': {code!r}}})], ['Done.']])")
    return CELL.format(name)


def test_code_runs_in_the_main_thread_while_the_cell_awaits(kernel: Kernel):
    cell = kernel.ok(scripted(kernel, "python", CODE))
    assert "in the main thread: True" in cell.text
    assert kernel.ok("seen").text == "True"


def test_code_runs_in_the_main_thread_while_the_cell_blocks(kernel: Kernel):
    cell = kernel.ok(f"%%capture captured\n{scripted(kernel, 'python', CODE)}")
    assert cell.status == "ok"
    assert kernel.ok("seen").text == "True"
    assert "in the main thread: True" in kernel.ok(f"%tool run_python {CODE.splitlines()[-1]}").text


def test_an_interrupt_ends_the_code_and_the_run_and_keeps_what_was_printed(kernel: Kernel):
    text = scripted(kernel, "sleeps", SLEEP)
    cell, queued = kernel.send(text), kernel.send("print('must not run')")
    end = time.monotonic() + 0.8
    kernel.until(lambda: time.monotonic() > end)
    pressed = time.monotonic()
    kernel.interrupt()
    kernel.until(lambda: cell.done)
    kernel.wait([queued])
    assert time.monotonic() - pressed < 1
    assert cell.error.startswith("Interrupted.")
    assert queued.status == "aborted"
    assert "begun" in kernel.ok("%agent history").text
    assert kernel.ok("1 + 1").text == "2"


def test_the_deadline_ends_code_that_does_not_come_back(kernel: Kernel):
    kernel.ok(
        "from dataclasses import replace\nfrom jupyter_tools.tools.registry import default_registry\n"
        "run_soon = replace(default_registry().get('run_python'), name='run_soon', timeout_s=0.3)"
    )
    kernel.ok(f"register_script('late', [[call('run_soon', {{'code': {SLEEP!r}}})], ['Done.']])")
    cell = kernel.ok("%%agent -m scripted:late --tools run_soon --approve never --new\nGo.")
    assert "timed out" in cell.text
    assert "Done." in cell.text


def test_a_tool_typed_by_hand_is_interrupted_with_one_sentence(kernel: Kernel):
    cell = kernel.send("%tool run_python import time; time.sleep(20)")
    end = time.monotonic() + 0.8
    kernel.until(lambda: time.monotonic() > end)
    kernel.interrupt()
    kernel.wait([cell])
    assert cell.error == "run_python was interrupted."


def test_variables_are_inspected_and_a_run_that_nobody_approves_does_not_touch_them(kernel: Kernel):
    kernel.ok("values = [1, 2, 3]")
    assert "list, 3 items" in kernel.ok("%tool inspect_variable values").text
    cell = kernel.ok(scripted(kernel, "erases", "del values").replace("--approve never", ""))
    assert "denied" in cell.text
    assert kernel.ok("values").text == "[1, 2, 3]"
