"""The page's script by itself in a real browser: no JupyterLab, no kernel, a model that only remembers."""

import json

import pytest
from playwright.sync_api import Page

from jupyter_tools.notebook.deltas import DeltaWriter
from tests.browser.mounted import CSS, Widget, sync, tool_change
from tests.notebook.attacks import ATTACKS, IN_HTML
from tests.notebook.published_attacks import published_attacks
from tests.notebook.run_events import answer, asking_turn, started, viewed, whole_run

pytestmark = pytest.mark.browser


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


def ask(widget: Widget, tool: str = "erase", question_id: str = "c1", arguments: dict | None = None) -> None:
    question = {"id": question_id, "tool": tool, "arguments": arguments or {"path": "a"}}
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


def test_code_is_edited_as_it_is_and_not_as_json(widget: Widget):
    ask(widget, arguments={"code": 'x = "a"\nx', "seconds": 3})
    code = widget.page.get_by_label("code of erase")
    assert code.input_value() == 'x = "a"\nx'
    code.fill('x = "b"\nx')
    widget.page.get_by_label("Other arguments of erase, as JSON").fill('{"seconds": 4}')
    widget.page.get_by_role("button", name="Run").click()
    assert widget.said[0]["arguments"] == {"seconds": 4, "code": 'x = "b"\nx'}


def test_code_alone_has_no_json_below_it(widget: Widget):
    ask(widget, arguments={"code": "1\n2"})
    assert widget.page.locator(".jt-approval textarea").count() == 1


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


@pytest.mark.parametrize("kind", ["text", "reasoning", "tool", "steering", "notice", "never heard of"])
def test_no_attack_survives_in_any_kind_of_part(widget: Widget, kind: str):
    attacks = (*ATTACKS, *published_attacks())
    said = [{"label": text, "outcome": text, "status": text, "arguments": text, "done": False} for text in attacks]
    changes = [
        {"part": place, "facts": {"kind": kind, **facts}, "text": facts["label"]} for place, facts in enumerate(said)
    ]
    message = {"kind": "sync", "seq": 1, "count": len(changes), "changes": changes, "status": "\n".join(attacks)}
    widget.receive(json.loads(json.dumps(message)))
    assert widget.page.locator(".jt-run > div:first-child > *").count() == len(attacks)
    assert_harmless(widget)
    assert_unharmed(widget)


def assert_unharmed(widget: Widget) -> None:
    """Nothing ran, and nothing is there that could run or load."""
    found = widget.page.evaluate(
        """() => [...document.querySelectorAll(".jt-run *")].filter((node) =>
            /^(script|svg|math|style|iframe|object|embed|form|base|link|meta|video|audio|template)$/i.test(node.nodeName)
            || (node.nodeName === "IMG" && node.getAttribute("src") && !/^data:image\\/(png|jpeg|gif|webp);base64,/.test(node.src))
            || [...node.attributes].some((a) => /^on|^style$|^formaction$|^srcdoc$/i.test(a.name))
            || (node.nodeName === "A" && !/^(https?:|mailto:|#jt-)/i.test(node.getAttribute("href") ?? "#jt-"))
        ).map((node) => node.outerHTML)"""
    )
    assert found == []
    assert widget.page.evaluate("() => window.hacked") is None


@pytest.mark.parametrize("place", ["body", "sources"])
def test_no_attack_survives_in_html_that_the_kernel_has_drawn(widget: Widget, place: str):
    facts = {"kind": "tool", "label": "f()", "outcome": "done", "status": "ok", "done": True, "failed": False}
    attacks = (*IN_HTML, *published_attacks())
    changes = [
        {"part": number, "facts": facts, "text": "", **({place: attack} if place == "body" else {})}
        for number, attack in enumerate(attacks)
    ]
    around = {"sources": "".join(f"<p>{attack}</p>" for attack in attacks)} if place == "sources" else {}
    widget.receive({"kind": "sync", "seq": 1, "count": len(attacks), "changes": changes, "status": "", **around})
    assert_unharmed(widget)


IN_A_NOTEBOOK = """() => {
  window.state = { place: { model_id: "m", cell_id: "c" }, _css: "" };
  const signal = () => ({ connect(act) { this.emit = act; }, disconnect() { this.emit = null; } });
  const kept = [{ data: { "text/plain": "first" } }, { data: { "application/vnd.jupyter.widget-view+json": { model_id: "m" } } }];
  const outputs = { get length() { return kept.length; }, get: (n) => kept[n], set: (n, output) => { kept[n] = output; } };
  window.kept = kept;
  window.context = {
    ready: Promise.resolve(),
    sessionContext: { statusChanged: signal(), kernelChanged: signal() },
    model: { cells: [{ type: "markdown" }, { type: "code", id: "c", outputs }] },
  };
}"""


def test_no_attack_survives_in_what_is_left_of_a_run_whose_kernel_ended(page: Page):
    widget = Widget(page, IN_A_NOTEBOOK)
    attacks = (*ATTACKS, *published_attacks())
    changes = [
        {"part": place, "facts": {"kind": ("text", "reasoning", "tool")[place % 3], "label": text}, "text": text}
        for place, text in enumerate(text for text in attacks for _ in range(3))
    ]
    widget.receive({"kind": "sync", "seq": 1, "count": len(changes), "changes": changes, "status": attacks[0]})
    page.evaluate("() => window.context.sessionContext.statusChanged.emit(null, 'restarting')")
    first, left = page.evaluate("() => window.kept.map((output) => output.data)")
    assert first == {"text/plain": "first"}
    html = left["text/html"].replace("<style></style>", "")
    assert html.count("the kernel ended here") == 1
    page.evaluate("(html) => { document.body.innerHTML = html; }", html)
    assert page.locator(".jt-run > div:first-child > *").count() == len(changes) + 1
    assert_unharmed(widget)


# --- what moves ---


def test_seconds_tick_beside_what_thinks_or_runs_and_go_when_it_is_over(widget: Widget):
    thinking = {"kind": "reasoning", "label": "Is thinking…", "done": False}
    message = sync(
        {"part": 0, "facts": thinking, "text": "Hm.", "elapsed_ms": 2600}, tool_change(1, "running", elapsed_ms=61_000)
    )
    widget.receive(message)
    summaries = widget.page.locator("summary")
    assert [summaries.nth(n).inner_text().split(" ", 1)[1] for n in range(2)] == [
        "thinking… 2 s",
        "→ running 1 min 1 s",
    ]
    widget.page.wait_for_function("() => document.querySelector('summary').innerText.endsWith(' 3 s')", timeout=2_000)
    over = {"kind": "reasoning", "label": "Thought for 3.2 s, 412 tokens", "done": True}
    widget.receive(sync({"part": 0, "facts": over, "text": "Hm."}, tool_change(1, "ok"), seq=2))
    assert [summaries.nth(n).inner_text() for n in range(2)] == ["Thought for 3.2 s, 412 tokens", "✓f(n=1) → ok"]


def test_a_finished_call_folds_its_tree_table_and_picture_away(widget: Widget):
    body = "<details open><summary>a: 1 key</summary><ul><li>x</li></ul></details><table><tr><td>5</td></tr></table>"
    picture = '<img alt="p" src="data:image/png;base64,iVBORw0KGgo=">'
    widget.receive(sync(tool_change(0, "running")))
    widget.receive(sync(tool_change(0, "ok", body=body + picture), seq=2))
    for tag in ("details ul", "table td", "img[src^='data:image/png']"):
        assert widget.page.locator(f".jt-tool {tag}").count() == 1


def test_many_calls_fold_into_a_counted_line_and_failed_ones_stand_open_beside_it(widget: Widget):
    changes = [tool_change(n, "error" if n == 30 else "ok") for n in range(100)]
    widget.receive(sync(*changes, groups=[[0, 100, "100 calls of f: 99 done, 1 failed"]]))
    page = widget.page
    assert page.locator(".jt-group > summary").inner_text() == "100 calls of f: 99 done, 1 failed"
    assert page.locator(".jt-group .jt-tool").count() == 99
    visible = [card for card in page.locator(".jt-tool").all() if card.is_visible()]
    assert [card.locator("code").inner_text() for card in visible] == ["f(n=30)"]
    assert visible[0].get_attribute("open") is not None


def test_a_citation_leads_to_its_source_and_opens_the_list(widget: Widget):
    marks = {"1": "jt-r-1"}
    sources = '<details><summary>Sources (1)</summary><ul><li id="jt-r-1">[1] A page</li></ul></details>'
    text = {"part": 0, "facts": {"kind": "text"}, "text": "It is so [1], not [2], `[1]`.\n\nEnd."}
    widget.receive(sync(text, marks=marks, sources=sources))
    links = widget.page.locator("a.jt-cite")
    assert [link.inner_text() for link in links.all()] == ["1"]
    assert links.first.get_attribute("href") == "#jt-r-1"
    links.first.press("Enter")
    assert widget.page.get_by_text("[1] A page").is_visible()


def test_a_formula_is_typeset_where_the_page_can_and_readable_where_not(page: Page):
    widget = Widget(page)
    widget.show("So $a_1*b*2$ costs $5 or $6.\n\n$$\nx\n$$\n\nEnd.")
    assert [formula.inner_text() for formula in page.locator(".jt-math").all()] == ["\\(a_1*b*2\\)", "\\[x\\]"]
    typesetter = "window.typesetter = { typeset: (node) => { node.textContent = `typeset ${node.textContent}`; } }"
    widget = Widget(page, f"() => {{ {typesetter} }}")
    widget.show("So $x$ and $\\href{javascript:alert(1)}{y}$.\n\nEnd.")
    shown = [formula.inner_text() for formula in page.locator(".jt-math").all()]
    assert shown == ["typeset \\(x\\)", "\\(\\href{javascript:alert(1)}{y}\\)"]


def test_a_screen_reader_hears_finished_sentences_calmly_and_the_end(widget: Widget):
    page = widget.page
    page.clock.install()
    region = page.locator("#jt-announcer")
    assert region.get_attribute("aria-live") == "polite"
    for seq, text in enumerate(["One.\n\nTwo", "One.\n\nTwo.\n\nThree"]):
        page.evaluate(
            "(message) => window.receive(message)", sync({"part": 0, "facts": {"kind": "text"}, "text": text}, seq=seq)
        )
        page.clock.run_for(100)
    assert region.inner_text() == ""
    page.clock.run_for(4_000)
    assert region.inner_text() == "One. Two."
    page.evaluate("() => window.close()")
    assert region.inner_text() == "Three The run is over."


def test_nothing_turns_for_people_who_want_no_motion(widget: Widget):
    widget.page.add_style_tag(content=CSS)
    widget.receive(sync(tool_change(0, "running")))
    animation = "() => getComputedStyle(document.querySelector('.jt-spinner'), '::before').animationName"
    assert widget.page.evaluate(animation) == "jt-turn"
    widget.page.emulate_media(reduced_motion="reduce")
    assert widget.page.evaluate(animation) == "none"
    widget.page.emulate_media(reduced_motion="no-preference")


def test_at_four_hundred_percent_nothing_is_cut_off(widget: Widget):
    widget.page.add_style_tag(content=CSS)
    size = widget.page.viewport_size
    widget.page.set_viewport_size({"width": 320, "height": 256})
    writer, view = DeltaWriter(), viewed(whole_run())
    widget.receive(writer.sync(view))
    ask(widget)
    wide = "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert widget.page.evaluate(wide)
    widget.page.set_viewport_size(size)
