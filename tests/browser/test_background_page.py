"""Runs behind their cells, and Tab, in JupyterLab."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.lab import NotebookPage, browser_page, running_lab

pytestmark = pytest.mark.browser

SETUP = """%load_ext jupyter_tools
from jupyter_tools.providers.scripted import call, pause, register_script
slow = [part for number in range(300) for part in (f"word{number} ", pause(0.02))]
register_script("slow", [slow])
register_script("turns", [["One. ", pause(2)], ["Two."]])
register_script("asks", [[call("erase", {"path": "a.txt"})], ["Done."]])

@tool(requires_approval=True)
def erase(path: str) -> str:
    "Erases a file, or would."
    return f"erased {path}"
"""
CELLS = [
    SETUP,
    "%%agent -m scripted:slow --background\nTalk.",
    "%%agent -m scripted:asks -t erase --background --new --conversation files\nErase it.",
    "%agent runs",
    "print('later')",
    "%agent ",
    "%%agent -m scripted:slow --background --new\nTalk.",
    "import time\ntime.sleep(6)",
]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NotebookPage]:
    with running_lab(tmp_path_factory.mktemp("lab")) as lab, browser_page() as browser:
        lab.write("background.ipynb", CELLS)
        notebook = NotebookPage(browser, lab, "background.ipynb")
        notebook.run(0)
        notebook.finish(0)
        yield notebook


def test_two_runs_go_on_behind_their_cells_each_in_its_own_output(page: NotebookPage):
    for number in (1, 2, 3, 4):
        page.run(number)
        page.finish(number)
    expect(page.output(4)).to_have_text("later")
    expect(page.output(3)).to_contain_text("running in the background")
    expect(page.output(1)).to_contain_text("word40", timeout=10_000)
    expect(page.output(2)).to_contain_text("erase")
    page.output(2).get_by_role("button", name="Run").click()
    expect(page.output(2)).to_contain_text("Done.", timeout=10_000)
    page.output(1).get_by_role("button", name="Stop").click()
    expect(page.output(1)).to_contain_text("stopped", timeout=5_000)
    expect(page.output(1).locator(".jp-RenderedHTML, .jt-run").first).to_contain_text("word40")


def test_tab_offers_the_commands(page: NotebookPage):
    page.cell(5).locator(".cm-content").click()
    page.page.keyboard.press("End")
    page.page.keyboard.press("Tab")
    menu = page.page.locator(".jp-Completer")
    expect(menu).to_be_visible(timeout=10_000)
    expect(menu).to_contain_text("conversations")
    expect(menu).to_contain_text("history")


def test_a_run_behind_a_cell_that_works_can_be_stopped_at_once(page: NotebookPage):
    page.run(6)
    page.finish(6)
    expect(page.output(6)).to_contain_text("word3", timeout=10_000)
    page.run(7)
    page.output(6).get_by_role("button", name="Stop").click()
    expect(page.output(6).locator(".jt-status")).to_contain_text("stopped", timeout=2_000)
    page.finish(7)
