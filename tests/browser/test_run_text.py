"""What the page's script makes of an answer's text beside Markdown: pictures, code, the end that waits."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.mounted import Widget, sync

pytestmark = pytest.mark.browser


PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf500f000301010018dd8db0"
    "0000000049454e44ae426082"
)


def test_a_picture_from_elsewhere_is_loaded_when_the_person_asks_and_without_telling_where_from(page: Page):
    asked: list[Any] = []

    def answer(route: Any) -> None:
        asked.append(route.request)
        route.fulfill(body=PICTURE, content_type="image/png")

    page.route("https://pictures.example/**", answer)
    widget = Widget(page)
    text = {"part": 0, "facts": {"kind": "text"}, "text": "See ![a cat](https://pictures.example/cat.png?q=1).\n\nAnd"}
    widget.receive(sync(text))
    assert page.locator(".jt-run img").count() == 0
    button = page.get_by_role("button", name="Load image: a cat (pictures.example)")
    assert asked == []
    button.press("Enter")
    picture = page.get_by_alt_text("image: a cat")
    page.wait_for_function("() => document.querySelector('.jt-run img').complete")
    assert picture.evaluate("(node) => [node.naturalWidth, document.activeElement === node]") == [1, True]
    assert ["referer" in request.headers for request in asked] == [False]
    widget.receive(sync(text | {"text": "Again ![a cat](https://pictures.example/cat.png?q=1).\n\n"}, seq=2))
    assert picture.count() == 1
    page.unroute("https://pictures.example/**")


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:image/svg+xml,<svg/>", "plot.png", "//evil.example/x"]
)
def test_only_pictures_on_the_web_are_offered(widget: Widget, address: str):
    widget.show(f"![a cat]({address})\n\nEnd.")
    assert widget.page.locator(".jt-text button, .jt-text a, .jt-text img").count() == 0
    assert "image: a cat" in widget.text


def test_the_end_of_a_text_that_waits_is_finished_too_until_more_comes(widget: Widget):
    code = "Before the tool:\n\n```python\nx = 1\n```"
    widget.receive(sync({"part": 0, "facts": {"kind": "text"}, "text": code}))
    copy = widget.page.get_by_role("button", name="Copy the code")
    assert copy.count() == 0
    copy.wait_for(timeout=3_000)
    widget.receive({"kind": "delta", "seq": 2, "count": 1, "changes": [{"part": 0, "more": "\nAnd"}], "status": ""})
    assert copy.count() == 0
    assert "And" in widget.text


def test_a_page_that_is_not_answered_asks_again(page: Page):
    widget = Widget(page)
    page.wait_for_function("() => window.said.length > 1", timeout=3_000)
    widget.receive(sync())
    assert {message["kind"] for message in widget.said} == {"sync"}
    page.wait_for_timeout(2_500)
    assert widget.said == []


def test_code_is_coloured_and_can_be_copied(widget: Widget):
    page = widget.page
    page.evaluate(
        "() => { navigator.clipboard ??= {}; navigator.clipboard.writeText = async (t) => { window.copied = t; } }"
    )
    widget.show("```python\ndef f(x):  # why\n    return 1\n```\n\nSo.")
    assert [page.locator(f".jt-{kind}").first.inner_text() for kind in ("kwd", "cmnt")] == ["def", "# why"]
    page.get_by_role("button", name="Copy the code").click()
    page.wait_for_function("() => window.copied")
    assert page.evaluate("() => window.copied") == "def f(x):  # why\n    return 1\n"
    widget.show("```nonsense\n<b>x</b>\n```\n\nSo.")
    assert widget.page.locator("code").inner_text().strip() == "<b>x</b>"


def test_a_source_that_the_answer_names_looks_while_it_streams_as_it_will_when_it_is_whole(widget: Widget):
    widget.show("Yes [[1]](a file (2).pdf#page=3), `[[1]](a)` and [[x]](no) [[2]](https://e.org/<img src=x>).")
    assert widget.text.strip() == "Yes [1], [[1]](a) and [x] [2]."
