"""The quickstart notebook as a reader of the README meets it: JupyterLab, Run All, the answer on the page."""

import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import NotebookPage, browser_page, running_lab
from tests.source_tree import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.local_model]

NOTEBOOK = "01_quickstart.ipynb"
SCREENSHOTS = ROOT / os.environ.get("TEST_RESULTS", "test-results")
ANSWER_MS = 300_000
LOAD, ASK = 1, 3  # cells, counted from 0
STARTED, RAN = re.compile(r"\[[*\d]+\]"), re.compile(r"\[\d+\]")  # what stands beside a cell


@pytest.fixture
def page() -> Iterator[Page]:
    with browser_page() as plain:
        browser = plain.context.browser
        assert browser is not None
        yield browser.new_page(viewport={"width": 1280, "height": 1400}, device_scale_factor=1.4)


def test_the_quickstart_notebook_answers_in_the_browser(page: Page, tmp_path: Path) -> None:
    with running_lab(tmp_path) as lab:
        shutil.copy(ROOT / "notebooks" / NOTEBOOK, lab.folder)
        notebook = NotebookPage(page, lab, NOTEBOOK)
        run_all(notebook)
        expect(notebook.cell(ASK).locator(".jp-InputPrompt")).to_contain_text(RAN, timeout=ANSWER_MS)
        answer = notebook.output(ASK).locator(".jt-run")
        expect(answer).to_contain_text("435")
        expect(answer).to_contain_text("math_eval(")
        expect(answer).to_contain_text("time_now(")
        screenshot(page, notebook.cell(LOAD), notebook.cell(ASK))
        expect(page.locator(".jp-OutputArea-output[data-mime-type*=stderr]")).to_have_count(0)


def run_all(notebook: NotebookPage) -> None:
    """Run All; again if some cells did not start: JupyterLab drops those that it meets before their kernel is there."""
    page, prompt = notebook.page, notebook.cell(ASK).locator(".jp-InputPrompt")
    for _ in range(3):
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        with contextlib.suppress(AssertionError):
            expect(prompt).to_contain_text(STARTED, timeout=10_000)
            return
    raise AssertionError("Run All did not run the cell that asks")


def screenshot(page: Page, first: Locator, last: Locator) -> None:
    """Keep a picture of the cells from `first` to `last`."""
    SCREENSHOTS.mkdir(exist_ok=True)
    first.scroll_into_view_if_needed()
    top, bottom = first.bounding_box(), last.bounding_box()
    assert top is not None
    assert bottom is not None
    height = bottom["y"] + bottom["height"] - top["y"]
    clip = {"x": top["x"], "y": top["y"], "width": top["width"], "height": height}
    page.screenshot(path=SCREENSHOTS / "quickstart.png", clip=clip)
