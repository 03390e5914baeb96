import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.builtin_tools.web_sources import SearchResult, Sources, comparable, merged, without_duplicates

A = SearchResult(url="https://a.example/x", title="A")
B = SearchResult(url="https://b.example/", title="B", snippet="b")


@pytest.mark.parametrize(
    "url",
    [
        "http://www.a.example/x",
        "https://A.EXAMPLE/x/",
        "https://a.example:443/x#part",
        "https://a.example/x?utm_source=y&gclid=1",
    ],
)
def test_addresses_of_one_page_are_one_source(url):
    assert without_duplicates([A, SearchResult(url=url, snippet="more")])[0].snippet == "more"
    assert len(without_duplicates([A, SearchResult(url=url)])) == 1


@pytest.mark.parametrize(
    "url", ["https://a.example/X", "https://a.example/x?q=1", "https://a.example:8080/x", "http://[bad", ""]
)
def test_addresses_of_other_pages_are_others(url):
    assert len(without_duplicates([A, SearchResult(url=url)])) == 2


@given(st.lists(st.sampled_from([A, B, SearchResult(url="http://a.example/x/#y")])))
def test_removing_duplicates_twice_changes_nothing_and_keeps_the_order(results):
    once = without_duplicates(results)
    assert without_duplicates(once) == once
    keys = [comparable(result.url) for result in results]
    assert [comparable(result.url) for result in once] == list(dict.fromkeys(keys))


def test_sources_of_several_searches_are_one_list():
    assert merged(Sources((A,)), None, Sources((B, A))) == Sources((A, B))
    assert merged(None, Sources(())) is None


def test_sources_show_as_a_numbered_list_that_cannot_break_out_of_its_links():
    sly = SearchResult(url="https://a.example/<x> y", title="A [b](c)\nd")
    assert str(Sources((B, sly))) == "1. [B](<https://b.example/>)\n2. [A \\[b\\](c) d](<https://a.example/%3Cx%3Ey>)"
    assert Sources((SearchResult(url="u"),)).get_list() == [{"url": "u", "title": "u"}]
    assert not Sources(())
