"""Markdown that would stop the page's script, or keep it busy: what comes after it is still shown, once."""

import pytest
from playwright.sync_api import Page

from tests.browser.test_run_bundle import CSS, Widget

pytestmark = pytest.mark.browser
HOSTILE = [
    "![x](http://[)",
    "![x](https://)",
    "![x](https://a:99999999/)",
    "[x](http://[) <http://%>",
    "> " * 10_000,
    "[" * 20_000,
    "- " * 10_000,
    "**a" * 7_000,
    "```constructor\nx\n```",
    "```__proto__\nx\n```",
]

# does "done" stand to the right of "in", as it does where the letters before it turn what follows?
TURNED = """() => {
  const text = document.querySelector("summary > code + span").firstChild;
  const at = (word) => {
    const range = document.createRange();
    range.setStart(text, text.data.indexOf(word));
    range.setEnd(text, text.data.indexOf(word) + word.length);
    return range.getBoundingClientRect().x;
  };
  return at("done") > at(" in ");
}"""


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:20])
def test_what_follows_is_shown_once(page: Page, text: str):
    faults: list[str] = []
    page.once("pageerror", lambda error: faults.append(str(error)))
    widget = Widget(page)
    widget.show(f"{text}\n\nAfter")
    more = {"part": 0, "more": " it.\n\nEnd."}
    widget.receive({"kind": "delta", "seq": 2, "count": 1, "changes": [more]})
    assert widget.text.count("After it.") == 1
    assert widget.text.rstrip().endswith("End.")
    assert faults == []


def test_a_word_without_end_is_not_coloured_and_others_are(page: Page):
    widget = Widget(page)
    widget.show(f"```js\nlet {'a' * 15_000}\n```\n\n```js\nlet b\n```\n\n")
    coloured = (
        "() => [...document.querySelectorAll('pre > code')].map((code) => code.querySelectorAll('span').length > 0)"
    )
    assert page.evaluate(coloured) == [False, True]


def test_letters_that_turn_the_direction_turn_nothing_beside_them(page: Page):
    widget = Widget(page)
    widget.page.add_style_tag(content=CSS)
    facts = {"kind": "tool", "status": "ok", "outcome": "done in 3 ms", "done": True}
    for name in ("f(x)", "f(\u202ex)"):
        change = {"part": 0, "facts": {**facts, "label": name}, "text": ""}
        widget.receive({"kind": "sync", "seq": 1, "count": 1, "changes": [change], "status": ""})
        assert widget.page.evaluate(TURNED) is False
