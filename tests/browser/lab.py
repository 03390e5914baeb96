"""A JupyterLab server on a folder, and a page of it in Chromium."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
from playwright.sync_api import Locator, Page, TimeoutError, sync_playwright

from tests.browser.chromium import NONE_FOUND, find_chromium

_QUIET = ("gpu", "quic", "background-networking", "component-update", "sync")
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--no-first-run", *(f"--disable-{name}" for name in _QUIET)]
START_S = 30
DARK = "JupyterLab Dark"
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
    "notebook-extension/tracker": {"windowingMode": "none"},  # all cells are on the page
}


class Lab:
    """A running server.

    Attributes:
        url: Its address.
        folder: The folder it shows.
    """

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder

    def write(self, name: str, cells: list[str]) -> None:
        """Write a notebook of code cells."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, self.folder / name)

    def read(self, name: str) -> nbformat.NotebookNode:
        """The notebook as it is on the disk."""
        return nbformat.read(self.folder / name, as_version=4)


@contextlib.contextmanager
def running_lab(folder: Path, *, theme: str = "JupyterLab Light") -> Iterator[Lab]:
    """JupyterLab on `folder`, with settings of its own and no token, on a free port of this machine."""
    home, shown = folder / "home", folder / "shown"
    shown.mkdir(parents=True)
    for plugin, setting in {**SETTINGS, "apputils-extension/themes": {"theme": theme}}.items():
        _write_setting(home / "settings" / "@jupyterlab" / f"{plugin}.jupyterlab-settings", setting)
    port = _free_port()
    with (folder / "lab.log").open("w") as log:
        process = subprocess.Popen(_command(port, shown), env=_environment(home), stdout=log, stderr=log)
        try:
            lab = Lab(f"http://127.0.0.1:{port}", shown)
            _wait_until_up(lab.url, process, folder / "lab.log")
            yield lab
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _command(port: int, folder: Path) -> list[str]:
    options = [
        *("--no-browser", "--allow-root", f"--port={port}", "--ip=127.0.0.1"),
        *("--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True", f"--ServerApp.root_dir={folder}"),
        *("--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"),
    ]
    return [sys.executable, "-m", "jupyterlab", *options]


def _environment(home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(home),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
    }


def _write_setting(path: Path, setting: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(setting))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_up(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{url}/api", timeout=1).read()
            return
        time.sleep(0.05)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


@contextlib.contextmanager
def browser_page() -> Iterator[Page]:
    """An empty page of a headless Chromium."""
    program = find_chromium()
    if program is None:
        raise RuntimeError(NONE_FOUND)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=CHROMIUM_ARGUMENTS)
        try:
            yield browser.new_context(viewport={"width": 1100, "height": 900}).new_page()
        finally:
            browser.close()


class NotebookPage:
    """A notebook open in JupyterLab."""

    def __init__(self, page: Page, lab: Lab, name: str) -> None:
        self.page = page
        page.goto(f"{lab.url}/lab/tree/{name}?reset", wait_until="domcontentloaded")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=START_S * 1000)
        # a dialog that comes late swallows clicks
        page.add_locator_handler(page.locator(".jp-Dialog"), self._accept, no_wait_after=True)
        self.wait_until_idle()

    def _accept(self, dialog: Locator) -> None:
        """Accept the uppermost dialog. One that is not ready for it yet is met again at the page's next action."""
        with contextlib.suppress(TimeoutError):
            dialog.last.locator("button.jp-mod-accept").click(timeout=1000)

    def wait_until_idle(self) -> None:
        """Until the kernel has nothing to do."""
        idle = "() => document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle'"
        self.page.wait_for_function(idle, timeout=START_S * 1000)

    def cell(self, number: int) -> Locator:
        """A cell, counted from 0."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(number)

    def output(self, number: int) -> Locator:
        """What a cell shows."""
        return self.cell(number).locator(".jp-Cell-outputArea")

    def run(self, number: int) -> None:
        """Run a cell, without waiting for it. A page that is still settling ignores the keys: then again."""
        before = self._prompt(number)
        for _ in range(5):
            self.cell(number).locator(".jp-InputPrompt").click()
            self.page.keyboard.press("Control+Enter")
            with contextlib.suppress(TimeoutError):
                self._wait_for_prompt(number, f"text !== {json.dumps(before)}", timeout_s=2)
                return
        raise RuntimeError(f"cell {number} does not run")

    def finish(self, number: int, timeout_s: float = START_S) -> None:
        """Wait until a cell that was run has its number."""
        self._wait_for_prompt(number, "/\\d/.test(text)", timeout_s=timeout_s)

    def _prompt(self, number: int) -> str:
        return self.cell(number).locator(".jp-InputPrompt").inner_text()

    def _wait_for_prompt(self, number: int, condition: str, timeout_s: float) -> None:
        prompts = "document.querySelectorAll('.jp-Notebook .jp-Cell .jp-InputPrompt')"
        script = f"() => {{ const text = {prompts}[{number}].innerText; return {condition} }}"
        self.page.wait_for_function(script, timeout=timeout_s * 1000)

    def save(self) -> None:
        """Write the notebook to the disk."""
        self.page.keyboard.press("Control+s")
        self.page.wait_for_function("() => !document.querySelector('.jp-mod-dirty')", timeout=START_S * 1000)
