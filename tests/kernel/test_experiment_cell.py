"""`%%experiment` in real kernels: progress, interrupts, a kernel that is killed."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.kernel.driver import WIDGET_VIEW, Kernel, running_kernel
from tests.kernel.environments import python_with_kernel

pytestmark = pytest.mark.kernel

DATA = """
rows = [{"n": n, "expected": str(n)} for n in range(30)]
register_script("says", [lambda request: [request.messages[-1].content[0].text.split()[-1]]])
register_script("paced", [[pause(0.05), "done"]])
"""
LOAD = """
%load_ext jupyter_tools
from jupyter_tools.providers.scripted import pause, register_script
"""


@pytest.fixture(scope="module", autouse=True)
def data(kernel: Kernel) -> None:
    kernel.ok(DATA)


def test_the_frame_is_the_cells_value_and_a_line_stays(kernel: Kernel) -> None:
    cell = kernel.ok("%%experiment --over rows -m scripted:says --score exact -r 2\nSay {{ n }}")
    assert "60 of 60 cells" in cell.text
    assert "score_exact" in cell.shown("text/html")
    assert cell.shown(WIDGET_VIEW) == ""


def test_a_variable_takes_the_frame(kernel: Kernel) -> None:
    kernel.ok("%%experiment --over rows -m scripted:says -p temperature=[0,1] --score exact -o frame\nSay {{ n }}")
    assert "60 1.0" in kernel.ok("print(len(frame), frame.score_exact.mean())").text


def test_an_interrupt_keeps_what_is_done_and_the_next_run_goes_on(kernel: Kernel) -> None:
    cell = kernel.send("%%experiment --over rows -m scripted:paced --at-once 1 -o part\nSay {{ n }}")
    kernel.until(lambda: bool(cell.outputs))
    time.sleep(0.6)
    kernel.interrupt()
    kernel.wait([cell])
    assert cell.status == "error"
    assert "are done and kept" in cell.error
    assert "stopped" in cell.text
    done = int(kernel.ok("print(len(part))").text)
    assert 0 < done < 30
    whole = kernel.ok("%%experiment --over rows -m scripted:paced -o whole\nSay {{ n }}")
    assert f"{done} from the store" in whole.text
    assert "30" in kernel.ok("print(len(whole))").text


def test_the_function_can_be_interrupted_as_well(kernel: Kernel) -> None:
    code = "from jupyter_tools import experiment, last_experiment\n"
    cell = kernel.send(
        f"{code}experiment('Again {{{{ n }}}}', models='scripted:paced', data=rows, concurrency=1, name='again')"
    )
    kernel.until(lambda: bool(cell.outputs))
    time.sleep(0.5)
    kernel.interrupt()
    kernel.wait([cell])
    assert "last_experiment().frame()" in cell.error
    assert "Traceback" not in cell.error
    assert 0 < int(kernel.ok("print(len(last_experiment().frame()))").text) < 30


def test_a_mistake_is_one_sentence(kernel: Kernel) -> None:
    cell = kernel.run("%%experiment --over row -m scripted:says\nSay {{ n }}")
    assert "Did you mean 'rows'" in cell.error
    assert "Traceback" not in cell.error
    assert "Did you mean 'n'" in kernel.run("%%experiment --over rows -m scripted:says\nSay {{ nn }}").error


def test_without_a_person_a_large_experiment_says_how_to_agree(kernel: Kernel) -> None:
    cell = kernel.run("%%experiment --over rows -m scripted:says -r 100\nSay {{ n }}")
    assert "--yes" in cell.error


def test_after_kill_9_the_finished_cells_are_not_asked_again(tmp_path: Path) -> None:
    asked = tmp_path / "asked.txt"
    setup = f"""{LOAD}
import pathlib
rows = [{{"n": n}} for n in range(60)]
def answer(request):
    with open({str(asked)!r}, "a") as file:
        file.write(request.messages[-1].content[0].text + "\\n")
    return [pause(0.03), "done"]
register_script("counts", [answer])
"""
    magic = "%%experiment --over rows -m scripted:counts --at-once 2 -o frame\nSay {{ n }}"
    python = python_with_kernel("current")
    with running_kernel(python, tmp_path / "first") as kernel:
        kernel.ok(setup)
        pid = int(kernel.ok("import os; print(os.getpid())").text)
        kernel.ok(f"os.environ['JUPYTER_TOOLS_TRACES'] = {str(tmp_path / 'shared.db')!r}")
        cell = kernel.send(magic)
        kernel.until(lambda: asked.exists() and len(asked.read_text().splitlines()) >= 25)
        os.kill(pid, signal.SIGKILL)
        assert not cell.done
    before = len(asked.read_text().splitlines())
    with running_kernel(python, tmp_path / "second") as kernel:
        kernel.ok(setup)
        kernel.ok(f"import os; os.environ['JUPYTER_TOOLS_TRACES'] = {str(tmp_path / 'shared.db')!r}")
        kernel.ok(magic)
        kept = int(kernel.ok("print(frame.reused.sum())").text)
        assert "60 60" in kernel.ok("print(len(frame), frame.n.nunique())").text
    again = len(asked.read_text().splitlines()) - before
    assert kept > 0
    assert again == 60 - kept
    assert before - kept <= 2 * (0.4 / 0.03)  # what a killed kernel may lose: less than half a second's work
