"""The adapter on a real LanceDB, which runs in this process."""

import sys

import lancedb
import pytest

from jupyter_tools.builtin_tools.document_tools import document_tools
from jupyter_tools.errors import ConfigurationError, MissingExtraError
from jupyter_tools.retrieval.documents import Chunk
from jupyter_tools.retrieval.index import DocumentIndex
from jupyter_tools.retrieval.lance import LanceRetriever
from jupyter_tools.retrieval.retriever import Retriever
from tests.retrieval.embedding import LetterCounter

LONG = " ".join(f"Sentence number {n} stands here." for n in range(30))


@pytest.fixture
def table(tmp_path):
    documents = [
        "Whales sleep upright.",
        "Bees dance to tell of flowers.",
        {"id": "it's", "text": LONG, "title": "Long"},
    ]
    index = DocumentIndex(documents, chunk_size=200, overlap=40)
    chunks = [index.fetch([f"{id}#{n}"]).get(f"{id}#{n}") for id in index.documents for n in range(1, 9)]
    return LanceRetriever.create(tmp_path, [chunk for chunk in chunks if chunk], embedder=LetterCounter())


@pytest.mark.parametrize("route", ["bm25", "dense", "hybrid", "auto"])
def test_every_route_finds(table, route):
    assert isinstance(table, Retriever)
    assert table.search("bees dance", 2, route=route)[0].id == "2#1"


def test_words_are_found_in_other_forms(table):
    assert [hit.id for hit in table.search("sleeping", route="bm25")] == ["1#1"]


def test_passages_come_with_their_neighbours(table):
    [chunk] = table.fetch(["it's#3", "zz#1"], 1, 1).values()
    assert (chunk.id, chunk.title) == ("it's#3", "Long")
    assert chunk.text == LONG[chunk.start : chunk.end]
    assert table.fetch([]) == {}


def test_the_tools_search_it(table):
    tools = {tool.name: tool for tool in document_tools(table)}
    assert tools["search_docs"]("whales")["results"][0]["id"] == "1#1"
    assert tools["verify"]("How do whales sleep?", "Whales sleep upright.")["verified"]
    assert tools["fetch_docs"](["2#1"])["docs"][0]["text"] == "Bees dance to tell of flowers."


def test_a_table_of_words_alone_has_one_route(tmp_path):
    rows = [{"id": "a", "text": "Whales sleep.", "year": 2024}]
    made = lancedb.connect(str(tmp_path)).create_table("t", rows)
    made.create_index("text", config=lancedb.index.FTS())
    searched = LanceRetriever(made)
    assert searched.routes == ["bm25"]
    [hit] = searched.search("whales")
    assert hit.chunk == Chunk(id="a", document_id="a", text="Whales sleep.", metadata={"year": 2024})
    with pytest.raises(ConfigurationError, match="no route of this table 'dense'"):
        searched.search("whales", route="dense")


def test_without_the_package_its_extra_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "lancedb", None)
    with pytest.raises(MissingExtraError, match=r"jupyter_tools\[lancedb\]"):
        LanceRetriever.create(tmp_path, [])
