import sys
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_tools.errors import ConfigurationError, MissingExtraError, UnknownNameError
from jupyter_tools.retrieval import retriever
from jupyter_tools.retrieval.chunking import Chunking
from jupyter_tools.retrieval.corpus import Corpus
from jupyter_tools.retrieval.documents import Document
from jupyter_tools.retrieval.index import DocumentIndex
from jupyter_tools.retrieval.retriever import Retriever, retriever_in_use, use_retriever
from tests.retrieval.embedding import LetterCounter

WHALES, BEES, KITY = "Whales sleep upright in the sea.", "Bees dance to tell of flowers.", "Киты спят стоя."


@pytest.fixture
def index():
    return DocumentIndex([WHALES, BEES, {"id": "ru", "title": "О китах", "text": KITY}], embedder=LetterCounter())


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "papers"
    (root / "sub").mkdir(parents=True)
    (root / "whales.md").write_text(f"# On whales\n\n{WHALES}", encoding="utf-8")
    (root / "sub" / "bees.TXT").write_text(BEES, encoding="utf-8")
    (root / ".hidden.txt").write_text("hidden", encoding="utf-8")
    (root / "data.bin").write_bytes(b"\0\1")
    return root


def ids(hits):
    return [hit.id for hit in hits]


def test_texts_dicts_and_documents_are_found(index):
    index.add([Document(id="d", text="A dog barks.")])
    assert index.documents == ["1", "2", "ru", "d"]
    assert ids(index.search("sleeping whale")) == ["1#1"]
    assert ids(index.search("киты")) == ["ru#1"]
    assert ids(index.search("barking dogs")) == ["d#1"]


def test_a_title_is_searched_too(index):
    index.add([{"id": "t", "title": "Zebras", "text": "They have stripes."}])
    assert ids(index.search("zebra")) == ["t#1"]


def test_a_document_of_a_known_id_takes_the_old_ones_place(index):
    assert index.add([{"id": "2", "text": "Zebras have stripes."}]) == 1
    assert ids(index.search("zebra")) == ["2#1"]
    assert index.search("dancing bees") == []
    assert index.add([{"id": "2", "text": "Zebras have stripes."}]) == 0


def test_documents_without_an_id_never_take_the_place_of_others(index):
    index.delete("1")
    index.add(["A new text."])
    assert index.documents == ["2", "ru", "3"]


def test_deleted_documents_are_found_no_more(index):
    index.search("whale")
    index.delete(["1", "ru"])
    assert index.documents == ["2"]
    assert index.search("upright") == []
    with pytest.raises(UnknownNameError, match=r"There is no document '22'\. Did you mean '2'"):
        index.delete("22")


def test_two_documents_of_one_id_are_refused_and_nothing_is_added(index):
    with pytest.raises(ConfigurationError, match="Two documents have the id 'x'"):
        index.add([{"id": "x", "text": "a"}, {"id": "x", "text": "b"}])
    assert index.documents == ["1", "2", "ru"]


@pytest.mark.parametrize(
    ("documents", "problem"),
    [
        ("a text", "Give a list"),
        ({"text": "a"}, "Give a list"),
        ([5], "Document 1 is neither a text nor a dict, but int"),
        ([{"content": "a"}], 'Document 1 has no "text"; its keys are: content'),
        ([{}], "its keys are: none"),
        ([None], "NoneType"),
    ],
)
def test_what_is_no_document_is_refused(index, documents, problem):
    with pytest.raises(ConfigurationError, match=problem):
        index.add(documents)


def test_metadata_of_any_kind_can_be_kept():
    frame = pd.DataFrame({"text": [WHALES], "when": pd.to_datetime(["2024-05-01"]), "n": [5], "x": [float("nan")]})
    [hit] = DocumentIndex.from_dataframe(frame).search("whales")
    assert hit.chunk.metadata == {"when": "2024-05-01 00:00:00", "n": 5}


def test_rows_of_a_frame_are_documents_and_rows_without_a_text_are_left_out():
    frame = pd.DataFrame({"doi": ["a", "b"], "abstract": [WHALES, None], "name": ["Sleep", "x"]})
    index = DocumentIndex.from_dataframe(frame, text="abstract", id="doi", title="name")
    assert index.documents == ["a"]
    assert index.search("whale")[0].chunk.label == "Sleep"


def test_a_column_that_is_not_there_names_the_nearest():
    frame = pd.DataFrame({"abstract": [WHALES]})
    with pytest.raises(UnknownNameError, match="Did you mean 'abstract'"):
        DocumentIndex.from_dataframe(frame, text="abstrakt")
    with pytest.raises(ConfigurationError, match="A DataFrame is needed, not list"):
        DocumentIndex.from_dataframe([WHALES])


def test_a_folder_is_read_with_its_subfolders_but_not_what_is_hidden(folder):
    index = DocumentIndex.from_folder(folder)
    assert index.documents == ["sub/bees.TXT", "whales.md"]
    [hit] = index.search("whale")
    assert (hit.id, hit.chunk.label) == ("whales.md#1", "On whales")


def test_links_out_of_the_folder_are_not_followed(folder, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    assert "link.txt" not in DocumentIndex.from_folder(folder)


def test_files_that_cannot_be_read_are_named_and_the_others_are_indexed(folder):
    (folder / "bad.ipynb").write_text("no notebook")
    with pytest.warns(UserWarning, match="Left out 1 of 3 files: The file 'bad.ipynb' is no notebook"):
        index = DocumentIndex.from_folder(folder)
    assert list(index.skipped) == ["bad.ipynb"]
    assert len(index.documents) == 2


def test_an_update_reads_what_is_new_or_changed_and_forgets_what_is_gone(folder):
    index = DocumentIndex.from_folder(folder)
    index.add([{"id": "own", "text": "My own note."}])
    assert index.update(folder) == 0
    (folder / "whales.md").write_text("Dolphins play.", encoding="utf-8")
    (folder / "sub" / "bees.TXT").unlink()
    (folder / "new.txt").write_text("A zebra.", encoding="utf-8")
    assert index.update(folder) == 3
    assert sorted(index.documents) == ["new.txt", "own", "whales.md"]
    assert index.search("upright") == []


@pytest.mark.parametrize("name", ["absent", "papers/whales.md"])
def test_a_folder_that_is_none_is_refused(tmp_path, folder, name):
    with pytest.raises(ConfigurationError, match="There is no folder"):
        DocumentIndex.from_folder(tmp_path / name)


def test_a_folder_without_such_files_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match=r"holds no files that end in \.pdf"):
        DocumentIndex.from_folder(tmp_path, endings=["pdf"])


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


def test_a_passage_comes_with_its_neighbours_and_without_repeating_the_overlap():
    text = " ".join(f"Sentence number {n} stands here." for n in range(40))
    index = DocumentIndex([{"id": "a", "text": text}], chunk_size=200, overlap=60)
    [chunk] = index.fetch(["a#3"], 1, 2).values()
    assert chunk.text == text[chunk.start : chunk.end]
    assert chunk.text.count("Sentence number 12 ") == 1
    assert index.fetch(["a"])["a"].text == text
    assert index.fetch(["a#1"], 9, 99)["a#1"].text == text


@pytest.mark.parametrize("id", ["", "a", "1#0", "1#2", "1#x", "#1", "1#", "1#²"])
def test_an_id_that_is_not_there_is_left_out(index, id):
    assert index.fetch([id, "2#1"]).keys() == {"2#1"}


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.text(max_size=60)), max_size=8), st.sampled_from("abc"))
def test_chunks_are_numbered_through_whatever_is_put_and_removed(puts, removed):
    corpus = Corpus(Chunking(size=20, overlap=5))
    for id, text in puts:
        corpus.put([Document(id=id, text=text)])
    if removed in corpus:
        corpus.remove([removed])
    chunks = [corpus.chunk(number) for number in range(len(corpus))]
    assert len({chunk.id for chunk in chunks}) == len(corpus)
    assert all(corpus.find(chunk.id) == chunk for chunk in chunks)
    assert removed not in {chunk.document_id for chunk in chunks}


def test_many_threads_may_search_and_change_at_once(index):
    def work(number):
        for turn in range(5):
            index.add([{"id": f"t{number}", "text": f"whale {turn}"}])
            assert index.search("whale", 20)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(4))) == [None] * 4


def test_the_index_in_use_is_what_tools_search(index, monkeypatch):
    monkeypatch.setattr(retriever, "_in_use", None)
    with pytest.raises(ConfigurationError, match=r'DocumentIndex.from_folder\("papers"\).use\(\)'):
        retriever_in_use()
    assert index.use() is retriever_in_use() is index
    assert isinstance(index, Retriever)
    with pytest.raises(ConfigurationError, match="list is no retriever"):
        use_retriever([])


def test_its_repr_says_what_is_in_it(index):
    assert repr(index) == "DocumentIndex(3 documents, 3 chunks; routes: bm25)"
    assert repr(index.search("bees")[0]).startswith("Hit('2#1', bm25 ")
