"""What a run costs on the page: in a real kernel, JupyterLab and Chromium. Takes ten minutes."""

import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from tests.bench.measure import bench
from tests.bench.notebook_pages import LONG_S, SCRIPTS, watched_notebook
from tests.kernel.driver import WIDGET_VIEW, Kernel, running_kernel

AGENT, ALONE, BY_HAND = (f"await {who}_cpu('long')" for who in ("agent", "alone", "by_hand"))
TURNS = 3  # the kernel's CPU time is a median of so many, each beside what the provider alone took right after
FIRST = "%%agent -m scripted:first --new\nHi."
ENDLESS = "%%agent -m scripted:endless --new\nTalk."
UNPACED = "%%agent -m scripted:unpaced --new\nTalk."


@cache
def long_answer() -> Mapping[str, float]:
    """20,000 tokens at 500 a second, watched."""
    with watched_notebook(FIRST, *[AGENT, ALONE] * TURNS) as page:
        page.run_until(1, "Bye")  # the first run of a kernel imports what it needs
        page.notebook.finish(1)
        seen = page.run_until(2, "THE-END")
        over = page.printed(2, "OVER")
        for cell in range(3, 2 * TURNS + 2):
            page.notebook.run(cell)
            page.notebook.finish(cell, LONG_S)
        taken = [page.printed(cell, "CPU") for cell in range(2, 2 * TURNS + 2)]
    return {
        "late": max(0.0, seen.seen - over),
        "main thread": seen.main_thread,
        "longest task": seen.longest_task * 1000,
        "kernel": statistics.median(a - b for a, b in zip(taken[::2], taken[1::2], strict=True)),
    }


@cache
def by_hand() -> float:
    """What the usual way takes of the kernel for the same. No page looks: it would be busy for minutes."""
    with tempfile.TemporaryDirectory() as folder, running_kernel(sys.executable, Path(folder)) as kernel:
        kernel.ok(SCRIPTS)
        return cpu_of(kernel, BY_HAND) - cpu_of(kernel, ALONE)


def cpu_of(kernel: Kernel, code: str) -> float:
    return float(kernel.ok(code).text.split("CPU ")[1].split()[0])


@bench("page: last of 20,000 tokens at 500/s visible after the end", unit="s", at_most=0.5, rounds=1)
def last_token() -> float:
    return long_answer()["late"]


@bench("page: main thread for them", unit="s", at_most=6, rounds=1)
def main_thread() -> float:
    return long_answer()["main thread"]


@bench("page: longest task of them", unit="ms", at_most=100, rounds=1)
def longest_task() -> float:
    return long_answer()["longest task"]


@bench(
    "page: kernel CPU for them beyond the provider's",
    unit="s",
    floor=by_hand,
    floor_name="the whole text shown anew 30 times a second",
    at_most=0.6,
    at_floor=1.4,
    rounds=1,
)
def kernel_cpu() -> float:
    return long_answer()["kernel"]


@bench("page: first cell to first visible character", unit="s", at_most=0.3, rounds=2)
def first_character() -> float:
    with watched_notebook(FIRST) as page:
        page.page.wait_for_timeout(1000)  # a person who writes the cell
        seen = page.run_until(1, "Hello.", look_every_s=0.005)
    return seen.seen - seen.pressed


@bench("page: Stop to the cell's end", unit="s", at_most=0.3, rounds=1)
def stop() -> float:
    with watched_notebook(*[ENDLESS] * 4) as page:
        times: list[float] = []
        for cell in range(1, 5):
            page.notebook.run(cell)
            page.notebook.output(cell).get_by_text("A heading").first.wait_for()
            times.append(page.stop(cell))
    return statistics.median(times)


@cache
def kernel_figures() -> Mapping[str, float]:
    """What needs no page: the extension's time, what an answer sends, an interrupt."""
    with tempfile.TemporaryDirectory() as folder, running_kernel(sys.executable, Path(folder)) as kernel:
        kernel.ok(
            "import time; started = time.perf_counter()\n%load_ext jupyter_tools\ntook = time.perf_counter() - started"
        )
        loaded = float(kernel.ok("print(took)").text)
        kernel.ok(SCRIPTS)
        kernel.ok(FIRST)
        messages, size = kernel.iopub_messages, kernel.iopub_bytes
        kernel.ok(UNPACED)
        sent = {"messages": kernel.iopub_messages - messages, "kB": (kernel.iopub_bytes - size) / 1000}
        return {"load": loaded * 1000, **sent, "interrupt": statistics.median(interrupted(kernel) for _ in range(5))}


def interrupted(kernel: Kernel) -> float:
    cell = kernel.send(ENDLESS)
    kernel.until(lambda: any(WIDGET_VIEW in str(output) for output in cell.outputs))
    time.sleep(0.5)
    pressed = time.monotonic()
    kernel.interrupt()
    kernel.until(lambda: cell.done)
    return time.monotonic() - pressed


@bench("page: %load_ext in a running kernel", unit="ms", at_most=100, rounds=1)
def load_ext() -> float:
    return kernel_figures()["load"]


@bench("page: messages for a 10,000-token answer", unit="messages", at_most=100, rounds=1)
def messages() -> float:
    return kernel_figures()["messages"]


@bench("page: bytes for it, what stays included", unit="kB", at_most=400, rounds=1)
def kilobytes() -> float:
    return kernel_figures()["kB"]


@bench("page: interrupt to idle, text kept", unit="s", at_most=0.3, rounds=1)
def interrupt() -> float:
    return kernel_figures()["interrupt"]
