"""Runs behind their cells, in real kernels."""

import json
import time
from pathlib import Path

import pytest

from jupyter_tools.traces import TraceStore
from tests.kernel.conftest import SETUP
from tests.kernel.driver import WIDGET_VIEW, Kernel, begin, running_kernel
from tests.kernel.environments import python_with_kernel

pytestmark = pytest.mark.kernel
BEHIND = "%%agent -m scripted:turns -t nap --background --new --conversation "


def rows(kernel: Kernel) -> list[str]:
    """The lines of `%agent runs`, the newest last."""
    return kernel.ok("%agent runs").text.splitlines()[1:]


def test_the_cell_returns_at_once_and_the_answer_stays_in_its_own_output(kernel: Kernel):
    cell = kernel.run(f"{BEHIND}alone -o behind\nTalk.", cell_id="behind")
    assert cell.status == "ok"
    assert WIDGET_VIEW in json.dumps(cell.outputs)
    assert "running in the background" in rows(kernel)[-1]
    later = kernel.ok("print('later')")
    assert kernel.ok("%agent wait").text.splitlines()[-1].endswith("done")
    kernel.until(lambda: WIDGET_VIEW not in json.dumps(cell.outputs))
    [output] = cell.outputs
    assert set(output["data"]) == {"text/html", "text/markdown", "text/plain"}
    assert "Two." in output["data"]["text/plain"]
    assert later.text.strip() == "later"
    assert kernel.ok("print(behind.stop_reason)").text.strip() == "stop"
    assert "Two." in kernel.ok("%agent history alone").text


def test_run_all_with_several_keeps_their_order_and_loses_no_cell(kernel: Kernel):
    names = ["one", "two", "three"]
    cells = kernel.run_all(
        [*(f"{BEHIND}{name}\nTalk of {name}." for name in names), "%%agent -m scripted:short --new\nHi.", "%agent wait"]
    )
    assert [cell.status for cell in cells] == ["ok"] * 5
    kernel.until(lambda: all(WIDGET_VIEW not in json.dumps(cell.outputs) for cell in cells))
    assert all("Two." in cell.text for cell in cells[:3])
    assert "Hello." in cells[3].text
    assert cells[4].text.count("done") == 3
    for name in names:
        assert f"Talk of {name}." in kernel.ok(f"%agent history {name}").text


def test_two_in_one_conversation_have_their_turns_in_the_order_of_their_cells(kernel: Kernel):
    codes = [
        "%%agent -m scripted:turns -t nap --background --new\nFirst.",
        "%%agent -m scripted:short --background\nSecond.",
        "%agent wait",
    ]
    kernel.run_all(codes)
    history = kernel.ok("%agent history").text
    assert history.index("First.") < history.index("Two.") < history.index("Second.") < history.index("Hello.")


def test_a_run_is_stopped_from_another_cell_and_its_text_stays(kernel: Kernel):
    cell = kernel.run("%%agent -m scripted:slow --background --new\nTalk.")
    kernel.ok("import time; time.sleep(0.5)")
    assert "Stopping #" in kernel.ok("%agent stop").text
    kernel.ok("%agent wait")
    kernel.until(lambda: WIDGET_VIEW not in json.dumps(cell.outputs))
    assert "word3" in cell.text
    assert "stopped" in cell.text
    assert "stopped" in rows(kernel)[-1]


def test_an_interrupt_while_another_cell_waits_for_it_leaves_it_alone(kernel: Kernel):
    kernel.run(f"{BEHIND}alone\nTalk.")
    waiting = begin(kernel, "print('waiting', flush=True)\nget_ipython().run_line_magic('agent', 'wait')")
    kernel.interrupt()
    kernel.wait([waiting])
    assert waiting.error == "Interrupted. The runs go on;  %agent stop  stops them."
    assert kernel.ok("%agent wait").text.splitlines()[-1].endswith("done")


def test_a_kernel_that_ends_with_runs_going_on_ends_cleanly_and_its_traces_say_stopped(tmp_path: Path):
    with running_kernel(python_with_kernel("current"), tmp_path) as kernel:
        kernel.ok(SETUP)
        kernel.run("%%agent -m scripted:slow --background\nTalk.")
        kernel.run("%%agent -m scripted:hangs -t hang --background\nTalk.")
        kernel.ok("import time; time.sleep(0.5)")
        asked = time.monotonic()
        kernel.shut_down()
        assert time.monotonic() - asked < 4
    store = TraceStore(tmp_path / "traces.sqlite")
    with store.reading() as connection:
        found = connection.execute("SELECT status, output FROM spans WHERE kind = 'agent' ORDER BY seq").fetchall()
    store.close()
    assert [status for status, _ in found] == ["stopped", "stopped"]


def test_steering_is_heard_by_the_run_that_is_named(kernel: Kernel):
    kernel.run(f"{BEHIND}one\nTalk.")
    kernel.run(f"{BEHIND}two\nTalk.")
    names = [row.split()[0] for row in rows(kernel)[-2:]]
    unnamed = kernel.run("%agent steer Be brief.")
    assert unnamed.error == f"Say which run. Going on: {', '.join(names)}."
    assert f"Said to {names[1]}." in kernel.ok(f"%agent steer {names[1]} Be brief.").text
    kernel.ok("%agent wait")
    assert "Be brief." not in kernel.ok("%agent history one").text
    assert "Be brief." in kernel.ok("%agent history two").text
