import sys

import pytest

from jupyter_tools.errors import ConfigurationError, MissingExtraError
from jupyter_tools.retrieval.index import DocumentIndex
from tests.retrieval.embedding import LetterCounter


@pytest.mark.parametrize("route", ["bm25", "dense", "hybrid"])
def test_every_route_finds(index, route):
    hits = index.search("bees dance", 2, route=route)
    assert hits[0].id == "2#1"
    assert {hit.route for hit in hits} == {route}


def test_auto_needs_embeddings_to_search_by_meaning(index):
    assert index.routes == ("bm25",)
    assert index.search("why do whales sleep")[0].route == "bm25"
    assert index.embed().routes == ("bm25", "dense", "hybrid")
    assert index.search("why do whales sleep")[0].route == "dense"


def test_after_a_change_only_what_is_new_is_embedded(index):
    index.embed()
    index._embedder.seen.clear()
    index.add(["A new text."])
    index.delete("1")
    assert index.search("new", route="dense")
    assert index._embedder.seen == ["A new text.", "new"]


@pytest.mark.parametrize("query", ["", "  \n"])
def test_an_empty_query_finds_nothing(index, query):
    assert index.search(query) == []


@pytest.mark.parametrize("route", ["bm25", "dense", "hybrid", "auto"])
def test_an_empty_index_finds_nothing(route):
    assert DocumentIndex(embedder=LetterCounter()).search("whale", route=route) == []


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"query": "a", "route": "bm52"}, "Did you mean 'bm25'"),
        ({"query": "a", "k": 0}, "at least 1; 0"),
        ({"query": None}, "A query is a text, not NoneType"),
    ],
)
def test_a_search_that_cannot_be_is_refused(index, arguments, problem):
    with pytest.raises(ConfigurationError, match=problem):
        index.search(**arguments)


def test_without_the_extra_its_name_is_told(index, monkeypatch):
    monkeypatch.setitem(sys.modules, "bm25s", None)
    with pytest.raises(MissingExtraError, match=r"pip install \"jupyter_tools\[search\]\""):
        index.search("whale")
