"""DOMPurify's payloads and our own in everything that a model or a tool can say, in what stays of a run."""

import json

import pytest
from markdown_it import MarkdownIt

from jupyter_tools.events import (
    AgentEvent,
    AgentToolResult,
    MessageEndEvent,
    MessageStartEvent,
    Notice,
    ToolExecutionEndEvent,
    TurnUpdateEvent,
)
from jupyter_tools.messages import AssistantMessage, TextContent, ThinkingContent, user_message
from jupyter_tools.notebook.sanitise import markdown_html
from jupyter_tools.notebook.static import run_html, run_markdown
from jupyter_tools.notebook.tables import Table
from tests.notebook.attacks import ATTACKS
from tests.notebook.parsed_page import ATTRIBUTES_OF_OTHERS, MARKDOWN_TAGS, OUR_TAGS, faults, skeleton
from tests.notebook.published_attacks import published_attacks
from tests.notebook.run_events import ended, result, started, viewed

IN_MARKDOWN = [
    "{}",
    "**{}**",
    "# {}",
    "> - {}",
    "`{}`",
    "```html\n{}\n```",
    "```{}\nx",
    "| a |\n|---|\n| {} |",
    "[x]({})",
    "[x](<{}>)",
    "[{}](https://e.org)",
    "[x][y]\n\n[y]: {}",
    "![{}](x)",
    "![x]({})",
    "<{}>",
    "${}$",
    "$$\n{}\n$$",
    "\\[\n{}\n\\]",
]


def attacks() -> tuple[str, ...]:
    return (*ATTACKS, *published_attacks())


def call(name: str, args: dict[str, object], answer: AgentToolResult) -> ToolExecutionEndEvent:
    return ToolExecutionEndEvent(
        tool_call_id=name,
        tool_name=name,
        args=args,
        result=answer,
        is_error=answer.is_error,
        status="error" if answer.is_error else "ok",
        duration_ms=1.0,
    )


def run_of(text: str) -> list[AgentEvent]:
    """A run in which the model and the tools say nothing else."""
    said = AssistantMessage(content=(ThinkingContent(thinking=text, duration_ms=1.0), TextContent(text=text)))
    described = {"title": text, "id": f"id {text}", "text": text}
    listed = [
        {"number": 1, "url": f"javascript:{text}", **described},
        {"number": 2, "url": f"https://e.org/{text}", **described},
    ]
    frame = {"columns": [text], "index": [text], "data": [[text]]}
    sources = AgentToolResult(content=(TextContent(text=text),), details={"sources": listed, "dataframe": frame})
    return [
        *started(),
        MessageStartEvent(message=said),
        MessageEndEvent(message=said),
        call(f"{text} ", {text: [text, {text: text}]}, result(text)),
        call("failing", {"path": text}, result(text, is_error=True)),
        call("sources", {}, sources),
        call("list_files", {}, result(json.dumps({"files": [text]}))),
        TurnUpdateEvent(turn=1, notice=Notice(text=text, kind="fallback")),
        MessageStartEvent(message=user_message(text)),
        MessageStartEvent(message=AssistantMessage(content=())),
        MessageEndEvent(message=AssistantMessage(content=(TextContent(text=f"{text}\n\n[1]"),))),
        *ended("error", text),
    ]


def bones(text: str) -> list[tuple[int, str, str]]:
    """The page's own frame, without what is rendered of the model's Markdown."""
    return skeleton(run_html(viewed(run_of(text)), text), hidden=("jt-said", "jt-reasoning"))


@pytest.mark.parametrize("place", IN_MARKDOWN)
def test_no_attack_gets_through_as_markdown(place: str):
    for attack in attacks():
        assert faults(markdown_html(place.replace("{}", attack)), MARKDOWN_TAGS) == [], attack


def test_no_attack_gets_through_any_part_of_a_saved_run():
    for attack in attacks():
        html = run_html(viewed(run_of(attack)), attack)
        assert faults(html, {*OUR_TAGS, "style"}) == [], attack
        assert html.count("<style") == 1


def test_no_attack_changes_how_a_saved_run_is_built():
    whole = bones("x")
    for attack in attacks():
        assert bones(attack) == whole, attack


def test_no_attack_gets_through_markdown_that_others_render_with_html():
    renderer = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    renderer.validateLink = lambda _: True
    for attack in attacks():
        html = renderer.render(f"{run_markdown(viewed(run_of(attack)))}\n\nAfter.")
        assert faults(html, OUR_TAGS, ATTRIBUTES_OF_OTHERS) == [], attack
        assert skeleton(html)[-1] == (0, "p", ""), attack


def test_no_attack_gets_through_a_table_of_names():
    for attack in attacks():
        shown = Table(columns=(attack,), rows=[(attack,)])._repr_html_()
        assert [bone[1] for bone in skeleton(shown)] == ["table", "thead", "tr", "th", "tbody", "tr", "td"], attack
