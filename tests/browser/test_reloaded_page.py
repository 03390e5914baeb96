"""A page that is reloaded, or closed and opened again, while a run goes on, and one beside that which runs it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.lab import START_S, Lab, NotebookPage, browser_page

pytestmark = pytest.mark.browser

SETUP = """%load_ext jupyter_tools
from jupyter_tools.providers.scripted import pause, register_script
for name, words in (("slow", 100), ("short", 30), ("long", 900)):
    register_script(name, [[part for number in range(words) for part in (f"word{number} ", pause(0.1))]])
"""
KEPT = ["text/html", "text/markdown", "text/plain"]


@pytest.fixture
def page(lab: Lab) -> Iterator[NotebookPage]:
    lab.write("run.ipynb", [SETUP, "%%agent -m scripted:slow --new\nTalk."])
    with browser_page() as browser:
        notebook = NotebookPage(browser, lab, "run.ipynb")
        notebook.run(0)
        notebook.finish(0)
        yield notebook


def begin(page: NotebookPage, options: str, *, saved: bool) -> None:
    """Write the cell anew, save it, run it, and save again or not."""
    page.cell(1).locator(".cm-content").fill(f"%%agent --new {options}\nTalk.")
    page.save()
    page.run(1)
    expect(page.output(1)).to_contain_text("word3")
    if saved:
        page.save()


def reload(page: NotebookPage, lab: Lab) -> None:
    page.page.goto(f"{lab.url}/lab/tree/run.ipynb?reset", wait_until="domcontentloaded")
    page.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=START_S * 1000)


def assert_kept(page: NotebookPage, lab: Lab, *, last: int) -> None:
    expect(page.output(1).locator(".jt-status")).to_contain_text("tokens/s ·", timeout=20_000)
    expect(page.output(1)).to_contain_text(f"word{last}")
    expect(page.output(1).locator("button")).to_have_count(0)
    page.save()
    assert [sorted(output.data) for output in lab.read("run.ipynb").cells[1].outputs] == [KEPT]


@pytest.mark.parametrize(("options", "saved"), [("", True), ("", False), ("--background", False)])
def test_a_run_goes_on_in_a_page_that_is_reloaded_and_stays(page: NotebookPage, lab: Lab, options: str, saved: bool):
    begin(page, f"-m scripted:slow {options}", saved=saved)
    reload(page, lab)
    expect(page.output(1).get_by_role("button", name="Stop")).to_be_enabled(timeout=10_000)
    expect(page.output(1)).to_contain_text("word20", timeout=10_000)
    assert_kept(page, lab, last=99)


def test_a_page_that_was_closed_when_the_run_ended_shows_what_stays(page: NotebookPage, lab: Lab):
    begin(page, "-m scripted:short --background", saved=True)
    page.page.goto("about:blank")
    page.page.wait_for_timeout(4_000)
    reload(page, lab)
    assert_kept(page, lab, last=29)


def test_a_reloaded_page_can_stop_the_run(page: NotebookPage, lab: Lab):
    begin(page, "-m scripted:long --background", saved=True)
    for _ in range(2):
        reload(page, lab)
        expect(page.output(1)).to_contain_text("word3", timeout=10_000)
    page.output(1).get_by_role("button", name="Stop").click()
    expect(page.output(1).locator(".jt-status")).to_contain_text("stopped", timeout=5_000)


def stop(page: NotebookPage) -> None:
    page.output(1).get_by_role("button", name="Stop").click()
    assert_stopped(page)


def assert_stopped(page: NotebookPage) -> None:
    expect(page.output(1).locator(".jt-status")).to_contain_text("stopped", timeout=5_000)
    expect(page.output(1).locator("button")).to_have_count(0)
    expect(page.output(1).locator(".jt-run")).to_have_count(1)


def test_another_window_shows_the_run_too_in_place_of_the_last_one_and_can_stop_it(page: NotebookPage, lab: Lab):
    begin(page, "-m scripted:long", saved=False)
    stop(page)
    page.save()
    other = NotebookPage(page.page.context.new_page(), lab, "run.ipynb")
    expect(other.output(1)).to_contain_text("stopped")
    page.page.bring_to_front()
    page.run(1)
    other.page.bring_to_front()  # who looks at another window sees nothing move in this one
    stop(other)
    page.page.bring_to_front()
    assert_stopped(page)


def test_an_answer_that_comes_at_once_stays(page: NotebookPage, lab: Lab):
    page.cell(1).locator(".cm-content").fill("%%agent --new -m scripted:demo\nTalk.")
    page.run(1)
    page.finish(1)
    page.page.wait_for_timeout(1_500)  # until the page would look whether another window runs the cell
    expect(page.output(1)).to_contain_text("I am a script")
    page.save()
    [output] = lab.read("run.ipynb").cells[1].outputs
    assert sorted(output.data) == KEPT
