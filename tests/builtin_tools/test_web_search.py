import sys

import pytest

from jupyter_tools.builtin_tools.offline_search import OfflineSearch
from jupyter_tools.builtin_tools.search_backend import use_search_backend
from jupyter_tools.builtin_tools.web_search import search, search_preamble, shortened, web_search
from jupyter_tools.builtin_tools.web_sources import SearchResult
from jupyter_tools.errors import ConfigurationError, MissingExtraError
from jupyter_tools.tools.context import ToolContext
from jupyter_tools.tools.registry import default_registry
from tests.builtin_tools.web_server import answer, fetcher, html, site


class Engine:
    name = "test"

    def __init__(self, *urls):
        self.urls = urls
        self.asked = []

    async def search(self, query, max_results):
        self.asked.append((query, max_results))
        return [SearchResult(url=url, snippet=f"snippet of {url}") for url in self.urls]


async def test_each_page_is_found_once_and_no_more_than_asked_for():
    engine = Engine("https://a.example/", "http://www.a.example", "https://b.example", "https://c.example")
    assert [r.url for r in await search("x", 2, backend=engine)] == ["https://a.example/", "https://b.example"]


@pytest.mark.parametrize(("asked", "wanted"), [(1, 1), (0, 1), (-5, 1), (1000, 20)])
async def test_any_number_of_results_can_be_asked_for(asked, wanted):
    engine = Engine("https://a.example/", "https://b.example")
    found = await search("x", asked, backend=engine)
    assert engine.asked == [("x", wanted)]
    assert len(found) == min(wanted, 2)


async def test_a_long_question_is_shortened_and_an_empty_one_refused():
    engine = Engine()
    await search(" what\n is " * 1000, backend=engine)
    assert len(engine.asked[0][0]) == 400
    assert engine.asked[0][0].startswith("what is what is")
    with pytest.raises(ConfigurationError, match="the query is empty"):
        await search(" \n", backend=engine)


async def test_pages_are_read_and_those_that_cannot_be_keep_their_snippet():
    async with site({"/a": html("all of it"), "/b": answer(status="404 Not Found")}) as served:
        engine = Engine(served.url("/a"), served.url("/b"), "document:1")
        found = await search("x", read_pages=True, backend=engine, fetcher=fetcher())
    assert [(r.title, r.text) for r in found] == [("T", "all of it"), ("", ""), ("", "")]
    assert found[1].content.startswith("snippet of")


async def test_without_the_extra_reading_pages_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "inscriptis.html_engine", None)
    async with site({"/a": html("a"), "/b": html("b")}) as served:
        engine = Engine(served.url("/a"), served.url("/b"))
        with pytest.raises(MissingExtraError, match=r"jupyter_tools\[search\]"):
            await search("x", read_pages=True, backend=engine, fetcher=fetcher())


def test_what_was_found_stands_before_the_request_within_its_size():
    results = [SearchResult(url=f"https://{n}.example", text="word " * 5000) for n in range(4)]
    preamble = search_preamble(results, max_characters=1000)
    assert "[1] https://0.example\nhttps://0.example\nword word" in preamble
    assert preamble.endswith("Request:\n")
    assert len(preamble) < 1800


def test_texts_are_shortened_at_a_words_end():
    assert shortened("one two three", 9) == "one two ..."
    assert shortened("onetwothree", 5) == "onetw ..."
    assert shortened("one", 3) == "one"


async def test_the_tool_asks_the_configured_engine_and_numbers_what_it_finds():
    use_search_backend(OfflineSearch([{"url": "https://a.example", "title": "Bees", "text": "Bees dance."}]))
    try:
        found = await web_search("bees", max_results=1)
        assert found["results"] == [{"number": 1, "title": "Bees", "url": "https://a.example", "text": "Bees dance."}]
        assert (await web_search("whales"))["note"] == "Nothing was found."
    finally:
        use_search_backend(None)


async def test_the_search_is_a_step_of_the_call():
    told = []
    use_search_backend(OfflineSearch([{"url": "https://a.example", "text": "Bees dance."}]))
    try:
        await web_search("bees", context=ToolContext(_on_step=told.append))
    finally:
        use_search_backend(None)
    start, end = told
    assert (start.kind, start.name, start.args, end.result) == ("retrieval", "offline", "bees", ["https://a.example"])


def test_the_tool_is_known_by_name_and_asks_before_it_leaves_the_machine():
    tool = default_registry().get("web_search")
    assert tool is web_search
    assert tool.requires_approval
    assert tool.parameters["required"] == ["query"]
