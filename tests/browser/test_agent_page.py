"""An agent's cell in JupyterLab: it streams, it can be stopped, and it stays."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.lab import DARK, Lab, NotebookPage, browser_page, running_lab

pytestmark = pytest.mark.browser
SCREENSHOTS = Path(os.environ.get("TEST_RESULTS", "test-results"))
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
SETUP = "%load_ext jupyter_tools\nfrom scripts import erase, slow_square"
STORY = "%%agent -m scripted:story --tools slow_square\nWhat is the square of 12?"
ENDLESS = "%%agent -m scripted:endless --new\nTalk."


@pytest.fixture(scope="module")
def lab(lab: Lab) -> Lab:
    return with_scripts(lab)


@pytest.fixture
def page(request: pytest.FixtureRequest) -> Iterator[Page]:
    with browser_page() as page:
        yield page
        screenshot(page, f"end-of-{request.node.name}")


def with_scripts(lab: Lab) -> Lab:
    shutil.copy(Path(__file__).with_name("scripts.py"), lab.folder)
    return lab


def opened(page: Page, lab: Lab, name: str, cells: list[str]) -> NotebookPage:
    lab.write(name, [SETUP, *cells])
    notebook = NotebookPage(page, lab, name)
    notebook.run(0)
    notebook.finish(0)
    return notebook


def screenshot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def assert_accessible(page: Page) -> None:
    """No fault that axe finds by the rules of WCAG 2.1 AA: contrast, names, roles, keyboard."""
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
    faults = Axe().run(page, context=".jt-run", options=rules).response["violations"]
    assert [(fault["id"], [node["html"][:200] for node in fault["nodes"]]) for fault in faults] == []


def watch(notebook: NotebookPage, theme: str) -> None:
    """Follow the story cell from its first thought to what stays."""
    notebook.run(1)
    output = notebook.output(1)
    thinking = output.locator("details.jt-reasoning[open]")
    expect(thinking).to_contain_text("The person wants")
    expect(thinking.locator("summary")).to_contain_text("Is thinking…")
    screenshot(notebook.page, f"thinking-{theme}")
    expect(output.locator("details.jt-tool .jt-spinner")).to_be_visible(timeout=10_000)
    expect(output.locator("details.jt-reasoning:not([open])")).to_contain_text("Thought for")
    screenshot(notebook.page, f"tool-running-{theme}")
    expect(output.locator("table td").first).to_be_visible(timeout=10_000)
    expect(output.locator("button.jt-stop")).to_be_enabled()
    screenshot(notebook.page, f"streaming-{theme}")
    assert_accessible(notebook.page)
    notebook.finish(1)
    expect(output.locator("button.jt-stop")).to_have_count(0)
    expect(output.locator(".jt-run")).to_contain_text("slow_square(n=12)")
    unfold(notebook.page)
    assert_accessible(notebook.page)
    screenshot(notebook.page, f"finished-{theme}")


def test_the_answer_streams_and_stays_without_a_widget(page: Page, lab: Lab):
    notebook = opened(page, lab, "story.ipynb", [STORY])
    watch(notebook, "light")
    notebook.save()
    [output] = lab.read("story.ipynb").cells[1].outputs
    assert set(output.data) == {"text/html", "text/markdown", "text/plain"}
    assert "The **square** of 12" in output.data["text/markdown"]
    assert "widgets" not in lab.read("story.ipynb").metadata


APPROVED = "%%agent -m scripted:deletes --tools erase --new\nErase the old data."


def approve_and_steer(notebook: NotebookPage, number: int, theme: str) -> None:
    """Change what a tool would do, let it run, and say something meanwhile, with the keyboard alone."""
    notebook.run(number)
    output = notebook.output(number)
    field = output.get_by_label("Arguments of erase, as JSON")
    expect(field).to_be_visible(timeout=10_000)
    assert not notebook.page.evaluate("() => document.activeElement.closest('.jt-run')")
    screenshot(notebook.page, f"approval-{theme}")
    assert_accessible(notebook.page)
    field.fill('{"path": "data/older.csv"}')
    notebook.page.keyboard.press("Tab")
    notebook.page.keyboard.press("Enter")
    say = output.get_by_label("Say something to the model")
    say.fill("Kindly be brief, dd.")
    screenshot(notebook.page, f"steering-{theme}")
    say.press("Enter")
    expect(output.locator(".jt-steering")).to_contain_text("Kindly be brief, dd.", timeout=10_000)
    screenshot(notebook.page, f"steered-{theme}")
    notebook.finish(number)
    expect(output.locator(".jt-run")).to_contain_text('erase(path="data/older.csv")')
    expect(output.locator(".jt-run")).to_contain_text("Kindly be brief, dd.")
    expect(output.locator("textarea")).to_have_count(0)


def test_a_tool_is_approved_and_the_run_steered_while_the_cell_runs(page: Page, lab: Lab):
    approve_and_steer(opened(page, lab, "approve.ipynb", [APPROVED]), 1, "light")


def test_the_dark_theme(page: Page, tmp_path: Path):
    with running_lab(tmp_path, theme=DARK) as dark:
        notebook = opened(page, with_scripts(dark), "dark.ipynb", [STORY, APPROVED])
        watch(notebook, "dark")
        approve_and_steer(notebook, 2, "dark")


def test_stop_acts_while_the_cell_runs_and_the_text_stays(page: Page, lab: Lab):
    notebook = opened(page, lab, "stop.ipynb", [ENDLESS, "print('next')"])
    notebook.run(1)
    output = notebook.output(1)
    expect(output).to_contain_text("on and on", timeout=10_000)
    output.locator("button.jt-stop").click()
    expect(output.locator(".jt-status")).to_contain_text("stopped", timeout=2_000)
    expect(output).to_contain_text("on and on")
    expect(output.locator("button")).to_have_count(0)
    screenshot(page, "stopped")
    notebook.run(2)
    expect(notebook.output(2)).to_contain_text("next")


def unfold(page: Page) -> None:
    page.evaluate("() => document.querySelectorAll('.jt-run details').forEach((node) => { node.open = true; })")
    page.wait_for_timeout(200)


def test_a_page_that_is_opened_again_shows_the_run(page: Page, lab: Lab):
    notebook = opened(page, lab, "again.ipynb", ["%%agent -m scripted:demo --new\nHi."])
    notebook.run(1)
    notebook.finish(1)
    notebook.save()
    reopened = NotebookPage(page, lab, "again.ipynb")
    expect(reopened.output(1)).to_contain_text("I am a script and no model.")
    expect(reopened.output(1)).not_to_contain_text("Error displaying widget")


def test_code_is_approved_on_the_page_and_what_it_draws_stays(page: Page, lab: Lab):
    code = "import matplotlib.pyplot as plt\nprint('drawn')\nplt.plot([1, 4, 9]);"
    script = f"register_script('draws', [[call('run_python', {{'code': {code!r}}})], ['Up.']])"
    setup = f"from jupyter_tools.providers.scripted import call, register_script\n{script}"
    asked = "%%agent -m scripted:draws --tools run_python --new\nPlot the squares."
    notebook = opened(page, lab, "draws.ipynb", [setup, asked])
    notebook.run(1)
    notebook.finish(1)
    notebook.run(2)
    notebook.output(2).get_by_role("button", name="Run", exact=True).click()
    notebook.finish(2)
    notebook.output(2).locator("summary").first.click()
    expect(notebook.output(2).locator("img[src^='data:image/png;base64,']")).to_be_visible()
    expect(notebook.output(2)).to_contain_text("drawn")
