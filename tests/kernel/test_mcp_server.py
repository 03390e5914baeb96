"""MCP servers of a real kernel: used from cells, and gone when the kernel is."""

import shlex
import time

import psutil
import pytest

from tests.kernel.driver import Kernel
from tests.servers.reference_mcp import npm_server

pytestmark = pytest.mark.kernel


@pytest.fixture
def kernel(fresh_kernel: Kernel) -> Kernel:
    fresh_kernel.ok("%load_ext jupyter_tools\nfrom jupyter_tools.providers.scripted import call, register_script")
    fresh_kernel.ok(f"%agent mcp add everything {shlex.join(npm_server('everything'))}")
    return fresh_kernel


def servers(kernel: Kernel) -> list[psutil.Process]:
    pid = int(kernel.ok("__import__('os').getpid()").text)
    return [
        child for child in psutil.Process(pid).children(recursive=True) if "server-everything" in str(child.cmdline())
    ]


def gone(processes: list[psutil.Process], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end and any(process.is_running() for process in processes):
        time.sleep(0.05)
    return not any(process.is_running() for process in processes)


def test_a_cell_uses_its_tools_by_a_pattern_and_keeps_their_pictures(kernel: Kernel):
    kernel.ok("register_script('looks', [[call('everything_get-tiny-image', {})], ['Nice.']])")
    cell = kernel.ok("%%agent -m scripted:looks --tools everything_* --approve never\nLook.")
    assert "Nice." in cell.text
    assert "data:image/png;base64," in cell.shown("text/html")
    assert "Echo: hi" in kernel.ok("%tool everything_echo hi").text


def test_a_server_is_stopped_when_the_kernel_shuts_down(kernel: Kernel):
    processes = servers(kernel)
    assert len(processes) == 1
    kernel._manager.shutdown_kernel(now=False)
    assert gone(processes, 1)


def test_a_server_ends_when_the_kernel_is_killed(kernel: Kernel):
    processes = servers(kernel)
    kernel._manager.shutdown_kernel(now=True)
    assert gone(processes, 3)
