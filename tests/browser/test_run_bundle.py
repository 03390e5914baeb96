"""The page's script by itself in a real browser: no JupyterLab, no kernel, a model that only remembers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

import jupyter_tools
from jupyter_tools.notebook.deltas import DeltaWriter
from tests.browser.lab import browser_page
from tests.notebook.run_events import answer, asking_turn, started, viewed, whole_run
from tests.notebook.test_sanitise import ATTACKS

pytestmark = pytest.mark.browser
BUNDLE = Path(jupyter_tools.__file__).parent / "notebook" / "assets" / "run.js"
MOUNT = """async (source) => {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const widget = (await import(url)).default;
  window.said = [];
  const model = {
    get: () => window.steerable ?? true,
    send: (message) => window.said.push(message),
    on: (_, receive) => { window.receive = receive; },
    off: () => { window.receive = null; },
  };
  window.close = widget.render({ model, el: document.body.appendChild(document.createElement("div")) });
}"""
NEXT_FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Widget:
    """A mounted view."""

    def __init__(self, page: Page, before: str = "() => {}") -> None:
        self.page = page
        page.goto("about:blank")
        page.evaluate(before)
        page.evaluate(MOUNT, BUNDLE.read_text(encoding="utf-8"))

    def receive(self, message: Any) -> None:
        self.page.evaluate("(message) => window.receive(message)", message)
        self.page.evaluate(NEXT_FRAME)

    def show(self, text: str) -> None:
        change = {"part": 0, "facts": {"kind": "text"}, "text": text}
        self.receive({"kind": "sync", "seq": 1, "count": 1, "changes": [change], "status": ""})

    @property
    def said(self) -> list[Any]:
        return self.page.evaluate("() => window.said.splice(0)")

    @property
    def text(self) -> str:
        return self.page.inner_text(".jt-run > div")

    @property
    def html(self) -> str:
        return self.page.inner_html(".jt-run > div")


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with browser_page() as page:
        yield page


@pytest.fixture
def widget(page: Page) -> Widget:
    widget = Widget(page)
    assert widget.said == [{"kind": "sync"}]
    return widget


def test_a_view_waits_for_everything_before_it_takes_news(widget: Widget):
    writer, view = DeltaWriter(), viewed(started())
    writer.delta(view)
    for event in answer("Hello ", "world"):
        view.add(event)
    widget.receive(writer.delta(view))
    assert widget.text == ""
    widget.receive(writer.sync(view))
    assert widget.text.strip() == "Hello world"


def test_a_view_that_missed_a_message_asks_once_and_recovers(widget: Widget):
    writer, view = DeltaWriter(), viewed([])
    widget.receive(writer.sync(view))
    messages = []
    for event in answer(*(f"word{n} " for n in range(5))):
        view.add(event)
        messages.append(writer.delta(view))
    for message in [message for message in messages if message][1:]:
        widget.receive(message)
    assert widget.said == [{"kind": "sync"}]
    widget.receive(writer.sync(view))
    assert widget.text.strip() == "word0 word1 word2 word3 word4"


def test_a_sync_keeps_what_the_person_unfolded(widget: Widget):
    writer, view = DeltaWriter(), viewed(whole_run())
    widget.receive(writer.sync(view))
    widget.page.click("details.jt-tool summary")
    widget.receive(writer.sync(view))
    assert widget.page.locator("details.jt-tool[open]").count() == 1


def test_reasoning_is_open_while_it_goes_on_and_folds_once(widget: Widget):
    writer, view = DeltaWriter(), viewed(asking_turn()[:4])
    widget.receive(writer.sync(view))
    assert widget.page.locator("details.jt-reasoning[open]").inner_text().startswith("Is thinking…")
    view = viewed(asking_turn())
    widget.receive(writer.delta(view))
    assert widget.page.locator("details.jt-reasoning[open]").count() == 0
    widget.page.click("details.jt-reasoning summary")
    widget.receive(writer.sync(view))
    assert widget.page.locator("details.jt-reasoning[open]").count() == 1


def test_text_that_comes_in_pieces_ends_as_text_that_came_at_once(widget: Widget):
    text = "# T\n\none **two\nthree** `x`\n\n```py\na\n\nb\n```\n\n| a |\n|---|\n| 1 |\n\n~~~\n```\n~~~\n\n1. x\n2. y\n"
    writer, view = DeltaWriter(), viewed([])
    widget.receive(writer.sync(view))
    for event in answer(*text):
        view.add(event)
        if (message := writer.delta(view)) is not None:
            widget.receive(message)
    piecewise = widget.text
    fresh = Widget(widget.page)
    fresh.show(text)
    assert piecewise == fresh.text
    for tag in ("h1", "strong", "pre", "td", "ol"):
        assert f"<{tag}>" in fresh.html


def test_the_stop_button_says_so_once(widget: Widget):
    widget.page.click("button.jt-stop")
    assert widget.said == [{"kind": "stop"}]
    assert widget.page.locator("button.jt-stop").is_disabled()


def test_what_is_typed_is_said_with_enter_and_the_field_is_empty_again(widget: Widget):
    field = widget.page.get_by_label("Say something to the model")
    field.fill("Shorter")
    field.press("Shift+Enter")
    field.press("Enter")
    field.press("Enter")
    assert widget.said == [{"kind": "steer", "text": "Shorter\n"}]
    assert field.input_value() == ""


def test_a_field_that_cannot_be_heard_says_that_it_waits(page: Page):
    widget = Widget(page, "() => { window.steerable = false; }")
    field = widget.page.get_by_label("Say something to the model")
    assert field.is_disabled()
    assert "has to wait" in (field.get_attribute("placeholder") or "")


def ask(widget: Widget, tool: str = "erase", question_id: str = "c1") -> None:
    question = {"id": question_id, "tool": tool, "arguments": {"path": "a"}}
    widget.receive({"kind": "ask", "question": question})


@pytest.mark.parametrize(("name", "decision"), [("Run", "run"), ("Always", "always")])
def test_a_tool_is_approved_with_the_keyboard_and_with_edited_arguments(widget: Widget, name: str, decision: str):
    assert widget.said == []
    ask(widget)
    assert widget.page.evaluate("() => document.activeElement === document.body")
    widget.page.get_by_label("Arguments of erase").fill('{"path": "b"}')
    ask(widget)
    widget.page.get_by_role("button", name=name).press("Enter")
    assert widget.said == [{"kind": "answer", "id": "c1", "decision": decision, "arguments": {"path": "b"}}]
    assert widget.page.locator(".jt-approval button").count() == 0


def test_arguments_that_are_no_object_are_not_sent_but_can_be_denied(widget: Widget):
    ask(widget)
    widget.page.get_by_label("Arguments of erase").fill("[1]")
    widget.page.get_by_role("button", name="Run").click()
    assert "JSON object" in widget.page.get_by_role("alert").inner_text()
    widget.page.get_by_role("button", name="Deny").click()
    assert [message["decision"] for message in widget.said] == ["deny"]


def test_a_question_taken_back_and_the_next_one(widget: Widget):
    ask(widget)
    widget.receive({"kind": "ask", "question": None})
    assert widget.page.locator(".jt-approval").inner_text() == ""
    ask(widget, "<img src=x onerror=alert(1)>", "c2")
    assert "<img" in widget.page.locator(".jt-approval").inner_text()
    assert_harmless(widget)


def test_a_removed_view_listens_no_more(widget: Widget):
    widget.page.evaluate("() => window.close()")
    assert widget.page.evaluate("() => window.receive") is None


def assert_harmless(widget: Widget) -> None:
    found = widget.page.evaluate(
        """() => [...document.querySelectorAll(".jt-run *")].flatMap((node) => [
            ...(/^(script|img|svg|style|iframe|object|embed|form|input|base|link|meta|video|audio)$/i.test(node.nodeName)
                ? [node.outerHTML] : []),
            ...[...node.attributes].filter((a) => /^on|^style$|^src|^formaction$/i.test(a.name)
                || (a.name === "href" && !/^(https?|mailto):/i.test(a.value))).map(() => node.outerHTML),
        ])"""
    )
    assert found == []


MORE_ATTACKS = [
    *ATTACKS,
    '<math><mi//xlink:href="data:x,<script>alert(1)</script>">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<svg></p><style><g title="</style><img src onerror=alert(1)>">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<a href="&#106;avascript:alert(1)">x</a>',
    "[x](\x01javascript:alert(1))",
    "<x onclick=alert(1)>x</x>",
    "<template><script>alert(1)</script></template>",
]


@pytest.mark.parametrize("kind", ["text", "reasoning", "tool", "steering", "notice", "never heard of"])
def test_no_attack_survives_in_any_kind_of_part(widget: Widget, kind: str):
    for number, attack in enumerate(MORE_ATTACKS):
        facts = {"kind": kind, "label": attack, "outcome": attack, "status": attack, "arguments": attack, "done": False}
        changes = [{"part": 0, "facts": facts, "text": attack}]
        message = {"kind": "sync", "seq": number, "count": 1, "changes": changes, "status": attack}
        widget.receive(json.loads(json.dumps(message)))
        assert_harmless(widget)
