import re
from html import unescape
from html.parser import HTMLParser

from markdown_it import MarkdownIt

from jupyter_tools.events import MessageStartEvent, Notice, ToolExecutionEndEvent, TurnUpdateEvent
from jupyter_tools.messages import user_message
from jupyter_tools.notebook.deltas import DeltaWriter
from jupyter_tools.notebook.sanitise import markdown_html
from jupyter_tools.notebook.static import mimebundle, run_html, run_markdown, run_text
from tests.notebook.run_events import answer, asking_turn, ended, result, started, viewed, whole_run


class Text(HTMLParser):
    """The text of a page, but for styles."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.in_style = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.in_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self.in_style = False

    def handle_data(self, data: str) -> None:
        if not self.in_style:
            self.words += data.split()


def text_of_page(html: str) -> str:
    page = Text()
    page.feed(html)
    return " ".join(page.words)


def test_the_page_holds_reasoning_tool_call_answer_and_status_in_order():
    assert text_of_page(run_html(viewed(whole_run()))) == (
        'Thought for 3.2 s, about 5 tokens Need a calculator . ✓ math_eval(expression="0.125*3480") → 435 in 3 ms '
        'Arguments expression : "0.125*3480" Result 435 It is 435 . scripted:demo · 5 tokens · 3.2 s '
        "turn tokens out 1 2 5 all 5"
    )


def test_reasoning_and_tool_calls_are_folded():
    html = run_html(viewed(whole_run()))
    assert html.count("<details") == 3
    assert not re.search(r"<details[^>]* open", html)


def test_three_kinds_are_kept_and_no_widget():
    assert set(mimebundle(viewed(whole_run()))) == {"text/html", "text/markdown", "text/plain"}


def test_the_text_is_the_markdown_as_the_model_wrote_it():
    assert run_text(viewed(whole_run())) == (
        "[Thought for 3.2 s, about 5 tokens] Need a *calculator*.\n\n"
        '[math_eval(expression="0.125*3480") -> 435 in 3 ms]\n\n'
        "It is **435**.\n\n"
        "scripted:demo · 5 tokens · 3.2 s"
    )


def test_the_markdown_folds_reasoning_and_tool_calls():
    markdown = run_markdown(viewed(whole_run()))
    assert markdown.count("<details>") == markdown.count("</details>") == 2
    assert "\n\nIt is **435**.\n\n*scripted:demo" in markdown


def test_a_failed_tool_stands_out_and_its_text_is_escaped():
    end = ToolExecutionEndEvent(
        tool_call_id="c",
        tool_name="<b>f</b>",
        result=result("<script>alert(1)</script>", is_error=True),
        is_error=True,
        status="error",
        args={"<i>": "</pre><script>"},
    )
    html = run_html(viewed([end]))
    assert '<details class="jt-tool jt-failed">' in html
    assert "<script" not in html
    assert not re.search(r"<(b|i)>", html)


def test_a_result_with_fences_stays_inside_its_own_in_markdown():
    end = ToolExecutionEndEvent(tool_call_id="c", tool_name="f", result=result("```\n<img src=x>\n```"), is_error=False)
    assert "````text" in run_markdown(viewed([end]))


def test_a_very_long_result_is_cut_and_says_so():
    end = ToolExecutionEndEvent(tool_call_id="c", tool_name="f", result=result("x" * 100_000), is_error=False)
    assert "80,000 more characters" in run_html(viewed([end]))


def test_an_error_is_told_and_its_traceback_folded():
    view = viewed([*started(), *answer("Half of "), *ended("error", "openai: the server answered 500.")])
    html = run_html(view, 'Traceback: File "<x>"')
    assert "<details><summary>Details</summary><pre>Traceback: File &quot;&lt;x&gt;&quot;</pre></details>" in html
    assert "Half of" in html
    assert "failed" in html
    assert "openai: the server answered 500." in run_text(view)


def test_a_stopped_run_keeps_its_text():
    view = viewed([*started(), *asking_turn(), *answer("Half of ")[:-1], *ended("aborted")])
    for kept in mimebundle(view).values():
        assert "Half of" in kept
        assert "stopped" in kept


def test_steering_is_shown_as_said():
    view = viewed([MessageStartEvent(message=user_message("<b>shorter</b>"))])
    assert "&lt;b&gt;shorter&lt;/b&gt;" in run_html(view)
    assert run_markdown(view) == "> &lt;b>shorter&lt;/b>"


def test_a_notice_is_kept_in_all_kinds():
    event = TurnUpdateEvent(turn=1, notice=Notice(text="Using <another> model.", kind="fallback"))
    kept = mimebundle(viewed([event, *answer("Hi.")]))
    assert '<div class="jt-notice">Using &lt;another&gt; model.</div>' in kept["text/html"]
    assert kept["text/markdown"].startswith("*Using &lt;another> model.*")
    assert kept["text/plain"].startswith("[Using <another> model.]")


def test_the_live_page_and_the_saved_one_say_the_same():
    view = viewed(whole_run())
    message = DeltaWriter().sync(view)
    live = []
    for part, change in zip(view.parts, message["changes"], strict=True):
        facts = change["facts"]
        live += [facts["label"]] if "label" in facts else []
        live += [f"→ {facts['outcome']}"] if "outcome" in facts else []
        live.append(change.get("body") or markdown_html(part.text))
    saved = text_of_page(run_html(view))
    for piece in live:
        assert text_of_page(piece) in saved
    assert message["status"] in saved


def test_html_in_an_exported_markdown_file_stays_html_to_its_end():
    code = "```python\nx = 1\n\n \n![a](https://e.org/b)\n\n<b>\n```"
    html = run_html(viewed([*started(), *answer(code), *ended()]))
    assert "\n\n" not in "\n".join(line.strip() for line in html.splitlines())
    assert MarkdownIt("commonmark").render(f"Before.\n\n{html}\n\nAfter.") == f"<p>Before.</p>\n{html}\n<p>After.</p>\n"
    assert "x = 1\n\n \n!" in re.sub(r"<[^>]*>", "", unescape(html))


def test_formulas_in_brackets_are_formulas_in_the_markdown_that_stays():
    view = viewed([*started(), *answer("So \\(x^2\\)."), *ended()])
    assert "So $x^2$." in run_markdown(view)
    assert "So \\(x^2\\)." in run_text(view)
