from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.retrieval import retriever
from jupyter_tools.retrieval.chunking import Chunking
from jupyter_tools.retrieval.corpus import Corpus
from jupyter_tools.retrieval.documents import Document
from jupyter_tools.retrieval.index import DocumentIndex
from jupyter_tools.retrieval.retriever import Retriever, retriever_in_use, use_retriever


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
