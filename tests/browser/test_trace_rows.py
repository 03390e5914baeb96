"""The script of `%traces` by itself in a real browser: no kernel, and answers that come when the test gives them."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.mounted import BUNDLE

pytestmark = pytest.mark.browser

MOUNT = """async (source) => {
  document.body.innerHTML = '<div id="here"></div>';
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  window.said = [];
  const model = {
    get: (name) => ({ columns: ["kind", "name", "status"], place: "here" })[name],
    send: (message) => window.said.push(message),
    on: (_, receive) => { window.receive = receive; },
    off: () => {},
  };
  (await import(url)).default.initialize({ model });
}"""
SEARCH = "Search in the spans"


class Table:
    """The mounted table, and the kernel that a test plays."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.goto("about:blank")
        page.evaluate(MOUNT, BUNDLE.with_name("traces.js").read_text(encoding="utf-8"))

    def asked(self, kind: str) -> list[Any]:
        """What the page asked for since the last look."""
        return [message for message in self.page.evaluate("() => window.said.splice(0)") if message["kind"] == kind]

    def wait_for_question(self) -> Any:
        self.page.wait_for_function("() => window.said.length")
        [question] = self.asked("rows")
        return question

    def answer(self, question: Any, names: list[str], count: int | None = None) -> None:
        rows = [[int(name[1:]), "tool", name, "ok"] for name in names]
        answer = {"kind": "rows", "request": question["request"], "rows": rows, "count": count or len(rows)}
        self.page.evaluate("(answer) => window.receive(answer)", answer)

    def row(self, name: str) -> Any:
        return self.page.get_by_role("row").filter(has_text=name)


@pytest.fixture
def table(page: Page) -> Table:
    table = Table(page)
    table.answer(table.wait_for_question(), ["s1", "s2", "s3"])
    expect(page.get_by_role("status")).to_have_text("3 spans")
    return table


def test_a_row_that_is_seen_opens_while_another_search_goes_on(table: Table):
    table.page.get_by_label(SEARCH).fill("s")
    question = table.wait_for_question()
    expect(table.page.get_by_role("status")).to_have_text("…")
    table.row("s2").click()
    assert [asked["number"] for asked in table.asked("detail")] == [2]
    table.answer(question, ["s3", "s2"])
    expect(table.row("s2")).to_have_attribute("aria-selected", "true")
    expect(table.row("s3")).to_have_attribute("aria-selected", "false")


def test_keys_walk_on_from_the_chosen_span_where_the_new_order_has_it(table: Table):
    table.row("s1").click()
    table.page.get_by_role("button", name="name").click()
    table.asked("detail")
    table.page.get_by_role("button", name="status").click()
    table.answer(table.wait_for_question(), ["s3", "s1", "s2"])
    expect(table.row("s1")).to_have_attribute("aria-rowindex", "3")
    table.page.get_by_role("grid").press("ArrowDown")
    assert [asked["number"] for asked in table.asked("detail")] == [2]


def test_the_last_of_many_rows_opens_when_its_page_is_here(table: Table):
    table.page.get_by_role("button", name="Refresh").click()
    table.answer(table.wait_for_question(), [f"s{number}" for number in range(200)], count=450)
    expect(table.row("s9").first).to_be_visible()
    table.page.get_by_role("grid").press("End")
    question = table.wait_for_question()
    assert question["start"] == 400
    table.answer(question, [f"s{number}" for number in range(400, 450)], count=450)
    expect(table.row("s449")).to_have_attribute("aria-selected", "true")
    assert [asked["number"] for asked in table.asked("detail")] == [449]


def test_a_search_that_came_back_to_what_it_was_asks_nothing(table: Table):
    table.row("s2").click()
    table.page.get_by_label(SEARCH).fill("a")
    table.page.get_by_label(SEARCH).fill("")
    table.page.wait_for_timeout(400)  # twice the pause after the last key
    assert table.asked("rows") == []
    expect(table.page.get_by_role("status")).to_have_text("3 spans")
    expect(table.row("s2")).to_have_attribute("aria-selected", "true")


def test_a_filter_chosen_at_once_has_the_search_that_was_just_typed(table: Table):
    table.page.get_by_label(SEARCH).fill("s2")
    table.page.get_by_label("Status").select_option("ok")
    question = table.wait_for_question()
    assert (question["view"]["search"], question["view"]["status"]) == ("s2", "ok")
    table.page.wait_for_timeout(400)
    assert table.asked("rows") == []
