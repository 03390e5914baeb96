"""Loading documents; the module is jupyter_tools.retrieval.loading."""

import pandas as pd
import pytest

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.retrieval.index import DocumentIndex
from tests.retrieval.conftest import WHALES


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
