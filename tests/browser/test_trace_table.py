"""`%traces` in JupyterLab: the living table on the page, the static one in the file."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import Lab, NotebookPage, browser_page
from tests.source_tree import ROOT

pytestmark = pytest.mark.browser

MANY = 100_000
CELLS = [
    f"import sys; sys.path.insert(0, {str(ROOT)!r})\n%load_ext jupyter_tools\n"
    "from tests.browser.trace_runs import many, weather",
    "%%agent -m scripted:travel --tools weather\nWhat shall I wear in Moscow, Paris and Atlantis?",
    "%traces",
    f"many({MANY})\n%traces --all",
    "import time\ntime.sleep(4)",
]
AGENT, TRACES, LARGE, BUSY = 1, 2, 3, 4
SCROLL = """async (scroller) => {
  for (let step = 0; step <= 60; step++) {
    scroller.scrollTop = step * 40000;
    await new Promise((done) => requestAnimationFrame(done));
  }
  return scroller.querySelectorAll(".jt-body .jt-row").length;
}"""


@pytest.fixture(scope="module")
def lab(lab: Lab) -> Lab:
    lab.write("traces.ipynb", CELLS)
    return lab


@pytest.fixture(scope="module")
def notebook(lab: Lab) -> Iterator[NotebookPage]:
    with browser_page() as page:
        notebook = NotebookPage(page, lab, "traces.ipynb")
        for number in (0, AGENT, TRACES):
            notebook.run(number)
            notebook.finish(number)
        yield notebook


@pytest.fixture(scope="module")
def table(notebook: NotebookPage) -> Locator:
    table = notebook.output(TRACES).locator(".jt-table")
    expect(table.locator(".jt-told")).to_have_text("8 spans")
    return table


def rows(table: Locator) -> Locator:
    return table.locator(".jt-body .jt-row")


def test_the_living_table_takes_the_place_of_the_static_one(notebook: NotebookPage, table: Locator) -> None:
    expect(rows(table)).to_have_count(8)
    expect(notebook.output(TRACES).locator("table")).to_be_hidden()


def test_a_click_shows_input_output_and_the_place_in_the_run(table: Locator) -> None:
    calls = rows(table).filter(has=table.page.get_by_role("gridcell", name="tool", exact=True))
    calls.filter(has_text="Москва").click()
    detail = table.locator(".jt-detail")
    expect(detail.locator("pre").first).to_contain_text('"city": "Москва"')
    expect(detail).to_contain_text("Москва: 7 °C")
    expect(detail.locator(".jt-lines .jt-bar")).to_have_count(8)
    expect(detail.locator(".jt-chosen")).to_have_count(1)


def test_columns_sort_and_say_so(table: Locator) -> None:
    table.get_by_role("button", name="duration").click()
    expect(rows(table).first).to_contain_text("agent")
    expect(table.get_by_role("columnheader", name="duration")).to_have_attribute("aria-sort", "descending")
    table.get_by_role("button", name="duration").click()
    expect(rows(table).first).to_contain_text("Москва")
    table.get_by_role("button", name="duration").click()
    expect(table.get_by_role("columnheader", name="duration")).to_have_attribute("aria-sort", "none")


def test_a_search_and_filters_leave_what_fits(table: Locator) -> None:
    table.get_by_label("Search in the spans").fill("atlantis")
    table.get_by_label("Status").select_option("failed")
    expect(table.locator(".jt-told")).to_have_text("1 span")
    expect(rows(table)).to_contain_text(["there is no city Atlantis"])
    table.get_by_label("Status").select_option("")
    table.get_by_label("Search in the spans").fill("")
    expect(table.locator(".jt-told")).to_have_text("8 spans")


def test_arrow_keys_walk_through_the_rows(table: Locator, notebook: NotebookPage) -> None:
    table.locator(".jt-scroller").focus()
    for key in ("Home", "ArrowDown", "ArrowDown", "ArrowUp"):
        notebook.page.keyboard.press(key)
    expect(rows(table).nth(1)).to_have_attribute("aria-selected", "true")
    expect(table.locator(".jt-detail strong")).to_contain_text("turn 2")
    expect(notebook.cell(TRACES)).to_contain_class("jp-mod-active")  # the notebook did not walk along


def test_what_a_tool_wrote_stays_text(notebook: NotebookPage, table: Locator) -> None:
    rows(table).filter(has_text="there is no city Atlantis").filter(has_text="weather").first.click()
    expect(table.locator(".jt-detail")).to_contain_text("<script>window.hacked=2</script>")
    assert notebook.page.evaluate("window.hacked") is None


def test_a_hundred_thousand_rows_are_a_few_elements(notebook: NotebookPage) -> None:
    notebook.run(LARGE)
    notebook.finish(LARGE)
    table = notebook.output(LARGE).locator(".jt-table")
    expect(table.locator(".jt-told")).to_have_text(f"{MANY + 8:,} spans", timeout=20_000)
    assert table.locator(".jt-scroller").evaluate(SCROLL) < 60
    expect(table.locator(".jt-empty")).to_have_count(0)
    table.get_by_label("Search in the spans").fill("value 99999")
    expect(table.locator(".jt-told")).to_have_text("1 span", timeout=20_000)
    expect(rows(table)).to_have_count(1)


def test_a_busy_kernel_is_said_to_be_busy_and_answers_later(notebook: NotebookPage, table: Locator) -> None:
    notebook.run(BUSY)
    table.get_by_role("button", name="Refresh").click()
    expect(table.locator(".jt-told")).to_have_text("8 spans", timeout=10_000)
    notebook.finish(BUSY)


def test_the_file_has_a_static_table_and_no_widget(notebook: NotebookPage, lab: Lab) -> None:
    notebook.save()
    saved = lab.read("traces.ipynb")
    [output] = saved.cells[TRACES].outputs
    assert set(output.data) == {"text/html", "text/plain"}
    assert "Atlantis" in output.data["text/html"]
    assert "<script" not in output.data["text/html"]
    assert "widgets" not in saved.metadata


def test_after_a_reload_the_table_lives_again(notebook: NotebookPage, page_errors: list[str]) -> None:
    notebook.page.reload()
    table = notebook.output(TRACES).locator(".jt-table")
    expect(table.locator(".jt-told")).to_have_text("8 spans", timeout=20_000)
    assert page_errors == []


@pytest.fixture
def page_errors(notebook: NotebookPage) -> list[str]:
    errors: list[str] = []
    page: Page = notebook.page
    page.on("pageerror", lambda error: errors.append(str(error)))
    return errors
