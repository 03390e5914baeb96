"""A kernel that ends in the middle of a run: what the page has of the run stays."""

import os
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab, NotebookPage, browser_page

pytestmark = pytest.mark.browser

SETUP = """%load_ext jupyter_tools
import os
from jupyter_tools.providers.scripted import call, pause, register_script, thinking

@tool
def half(n: int) -> float:
    "Half of a number."
    return n / 2

words = [part for number in range(900) for part in (f"word{number} ", pause(0.05))]
register_script("slow", [[thinking("Halve it."), call("half", {"n": 3})], ["It is **1.5**, $x$.\\n\\n", *words]])
print(os.getpid())
"""


@pytest.fixture
def page(lab: Lab) -> Iterator[NotebookPage]:
    lab.write("run.ipynb", [SETUP, "%%agent -m scripted:slow --tools half --new\nTalk."])
    with browser_page() as browser:
        notebook = NotebookPage(browser, lab, "run.ipynb")
        notebook.run(0)
        notebook.finish(0)
        notebook.run(1)
        expect(notebook.output(1)).to_contain_text("word9")
        notebook.save()
        yield notebook


def kill(page: NotebookPage) -> None:
    os.kill(int(page.output(0).inner_text()), signal.SIGKILL)


def restart(page: NotebookPage) -> None:
    page.page.locator("[data-command='notebook:restart-kernel'], [title^='Restart the kernel']").first.click()


@pytest.mark.parametrize("end", [kill, restart])
def test_what_the_page_has_of_the_run_stays(page: NotebookPage, lab: Lab, end):
    end(page)
    expect(page.output(1)).to_contain_text("Interrupted", timeout=15_000)
    expect(page.output(1)).to_contain_text("word9")
    expect(page.output(1).locator("button, textarea, .jt-spinner")).to_have_count(0)
    page.save()
    [output] = lab.read("run.ipynb").cells[1].outputs
    assert set(output.data) == {"text/html", "text/plain"}
    assert "\n\n" not in output.data["text/html"]
    again = NotebookPage(page.page, lab, "run.ipynb")
    for text in ("half(n=3)", "Halve it.", "It is 1.5", "word9", "the kernel ended here"):
        expect(again.output(1)).to_contain_text(text)
    expect(again.output(1).locator(".jt-math mjx-container")).to_have_count(1)
