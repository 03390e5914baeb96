"""JupyterLab in a real Chromium, watched while a scripted model answers: what `bench_page` measures with."""

import contextlib
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import CDPSession, Page

from tests.browser.lab import NotebookPage, browser_page, running_lab

SCRIPTS = Path(__file__).with_name("page_scripts.py").read_text(encoding="utf-8")
LONG_S = 120
_SETTLED_S = 2
WATCH = """([text, pause]) => {
  window.pressed = window.seen = null;
  window.longest = 0;
  window.watch?.disconnect();
  window.watch = new PerformanceObserver((list) => {
    for (const task of list.getEntries()) {
      window.longest = Math.max(window.longest, task.duration);
    }
  });
  window.watch.observe({ entryTypes: ["longtask"] });
  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey) window.pressed ??= Date.now();
  }, { capture: true });
  const shown = () => [...document.querySelectorAll(".jt-run")].some((node) => node.textContent.includes(text));
  const look = () => {
    if (shown()) window.seen = Date.now();
    else setTimeout(look, pause);
  };
  look();
}"""


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What the page saw of a cell, in seconds.

    Attributes:
        pressed: When the keys that run the cell were pressed, since 1970.
        seen: When the awaited text was there.
        main_thread: How long the page's main thread was busy from then to then.
        longest_task: The longest piece of that, and of putting what stays in its place.
    """

    pressed: float
    seen: float
    main_thread: float
    longest_task: float


class WatchedNotebook:
    """A notebook open in JupyterLab, with the benches' scripts loaded."""

    def __init__(self, notebook: NotebookPage) -> None:
        self.notebook = notebook
        self.page: Page = notebook.page
        self._session: CDPSession = self.page.context.new_cdp_session(self.page)
        self._session.send("Performance.enable")
        notebook.run(0)
        notebook.finish(0)

    def run_until(self, cell: int, text: str, look_every_s: float = 0.1) -> Watched:
        """Run a cell until its answer holds `text`."""
        self.page.evaluate(WATCH, [text, look_every_s * 1000])
        before = self._busy_s()
        self.notebook.run(cell)
        self.page.wait_for_function("() => window.seen", timeout=LONG_S * 1000, polling=200)
        busy = self._busy_s() - before
        self.notebook.finish(cell, LONG_S)
        self.page.wait_for_timeout(_SETTLED_S * 1000)  # long tasks are told late
        pressed, seen, longest = self.page.evaluate("() => [window.pressed, window.seen, window.longest]")
        return Watched(pressed=pressed / 1000, seen=seen / 1000, main_thread=busy, longest_task=longest / 1000)

    def printed(self, cell: int, name: str) -> float:
        """The figure that a finished cell printed after `name`."""
        self.notebook.finish(cell, LONG_S)
        found = re.search(rf"{name} ([\d.]+)", self.notebook.output(cell).inner_text())
        assert found is not None, f"cell {cell} printed no {name}"
        return float(found[1])

    def stop(self, cell: int) -> float:
        """Press Stop in a cell; the seconds until it is over."""
        pressed = time.monotonic()
        self.notebook.output(cell).locator("button.jt-stop").click()
        self.notebook.finish(cell)
        return time.monotonic() - pressed

    def _busy_s(self) -> float:
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")


@contextlib.contextmanager
def watched_notebook(*cells: str) -> Iterator[WatchedNotebook]:
    """A new server, page and kernel; cell 0 loads the scripts, the `cells` follow."""
    with tempfile.TemporaryDirectory() as folder, running_lab(Path(folder) / "lab") as lab, browser_page() as page:
        lab.write("bench.ipynb", [SCRIPTS, *cells])
        yield WatchedNotebook(NotebookPage(page, lab, "bench.ipynb"))
