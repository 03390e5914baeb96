"""What stays of a run, on a page that no kernel and no script of ours serves."""

import pytest
from playwright.sync_api import Page

from jupyter_tools.notebook.static import run_html
from tests.notebook.run_events import answer, ended, started, viewed

pytestmark = pytest.mark.browser

# of what is in a paragraph: itself it is always there
DRAWN = "(node) => node.checkVisibility({ contentVisibilityAuto: true })"


def show(page: Page, *answers: str) -> None:
    page.goto("about:blank")
    page.set_content("".join(run_html(viewed([*started(), *answer(text), *ended()])) for text in answers))


def test_short_answers_are_drawn_where_nobody_has_scrolled_to(page: Page):
    show(
        page, *["Before.\n\nWater boils at **100 °C**."] * 40
    )  # pictures of a whole page show what is drawn, and no more
    assert page.get_by_text("100 °C").last.evaluate(DRAWN)


def test_the_end_of_a_long_answer_is_drawn_when_it_is_scrolled_to(page: Page):
    show(page, "\n\n".join(f"Paragraph **number {number}**." for number in range(400)))
    last = page.get_by_text("number 399")
    assert not last.evaluate(DRAWN)
    last.scroll_into_view_if_needed()
    page.wait_for_function(f"() => ({DRAWN})([...document.querySelectorAll('strong')].at(-1))")
    assert page.get_by_text("number 0", exact=True).evaluate(DRAWN)
