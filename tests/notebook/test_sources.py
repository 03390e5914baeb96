from jupyter_tools.events import AgentToolResult, ToolExecutionEndEvent
from jupyter_tools.messages import TextContent
from jupyter_tools.notebook.sources import Source, anchors, sources_html, sources_in, sources_markdown, sources_text
from jupyter_tools.notebook.static import mimebundle
from tests.notebook.run_events import answer, started, viewed

WEB = {"number": 1, "title": "On *squares*", "url": "https://e.org/a?b=1&c", "text": "Squares\nare round."}
DOCUMENT = {"number": 2, "id": "notes.md#3", "text": "x"}
SOURCES = {source.number: source for source in sources_in({"sources": [WEB, DOCUMENT]})}


def test_sources_are_what_has_a_number_whatever_the_list_is_called():
    assert list(SOURCES.values()) == [
        Source(number=1, title="On *squares*", url="https://e.org/a?b=1&c", text="Squares are round."),
        Source(number=2, title="notes.md#3", place="notes.md#3", text="x"),
    ]
    assert [source.number for source in sources_in({"results": [WEB]})] == [1]


def test_details_of_another_shape_hold_no_sources():
    for details in (None, [], {"sources": 1}, {"sources": ["x", {"number": "1"}, {"number": True}, {"number": -1}]}):
        assert list(sources_in(details)) == []


def test_the_list_has_a_place_for_each_number_and_links_only_to_the_web():
    html = sources_html({**SOURCES, 3: Source(number=3, title="<b>", url="javascript:alert(1)")}, "run-abc")
    assert '<li id="jt-runabc-1">[1] <a href="https://e.org/a?b=1&amp;c"' in html
    assert '<li id="jt-runabc-2">[2] notes.md#3<div>x</div></li>' in html
    assert "[3] &lt;b&gt;" in html
    assert "javascript:" not in html
    assert anchors(SOURCES, "run-abc") == {1: "jt-runabc-1", 2: "jt-runabc-2"}


def test_the_list_in_markdown_and_text():
    assert sources_markdown(SOURCES).splitlines()[2:] == [
        r"- \[1\] [On \*squares\*](<https://e.org/a?b=1&c>)",
        r"- \[2\] notes.md#3",
    ]
    assert sources_text(SOURCES).splitlines()[1] == "[1] On *squares* https://e.org/a?b=1&c"
    assert sources_html({}, "r") == sources_markdown({}) == sources_text({}) == ""


def test_what_stays_leads_from_the_mark_to_the_source():
    result = AgentToolResult(content=(TextContent(text="found"),), details={"sources": [WEB]})
    found = ToolExecutionEndEvent(tool_call_id="c", tool_name="search", result=result, is_error=False)
    kept = mimebundle(viewed([*started(), found, *answer("They are round [1].")]))
    assert '[<a href="https://e.org/a?b=1&amp;c" title="On *squares*" class="jt-cite"' in kept["text/html"]
    assert '<li id="jt-r1-1">' in kept["text/html"]
    assert "**Sources**" in kept["text/markdown"]
    assert "Sources:\n[1] On *squares*" in kept["text/plain"]
