from pathlib import Path

import pytest

from jupyter_tools.builtin_tools.folder import Folder
from jupyter_tools.builtin_tools.list_files import MAX_FILES, files_text, list_files
from jupyter_tools.errors import ConfigurationError


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "b.csv").write_text("1,2\n")
    (tmp_path / "a.txt").write_text("")
    (tmp_path / "data" / "raw" / "c.csv").write_text("3")
    (tmp_path / ".git").mkdir()
    (tmp_path / "link").symlink_to("data")
    return Folder(tmp_path)


def test_files_come_sorted_with_sizes_and_without_hidden_ones_and_links(folder: Folder):
    assert files_text(folder) == "a.txt  0\nb.csv  4\ndata/"


def test_a_pattern_finds_files_in_folders_below(folder: Folder):
    assert files_text(folder, pattern="*.csv", recursive=True) == "b.csv  4\ndata/raw/c.csv  1"


def test_a_folder_below_is_listed_by_names_that_read_file_takes(folder: Folder):
    assert files_text(folder, "data/raw") == "data/raw/c.csv  1"


@pytest.mark.parametrize("name", ["nowhere", "a.txt", "link", "..", "/"])
def test_what_is_no_folder_here_is_refused(folder: Folder, name: str):
    with pytest.raises(ConfigurationError):
        files_text(folder, name)


def test_nothing_found_is_said(folder: Folder):
    assert files_text(folder, pattern="*.xyz") == "There are no such files."


def test_a_long_list_is_cut(folder: Folder):
    for number in range(MAX_FILES + 5):
        (folder.root / "data" / f"{number}.txt").touch()
    lines = files_text(folder, "data").splitlines()
    assert len(lines) == MAX_FILES + 1
    assert "more than 300" in lines[-1]


def test_the_tool_lists_the_folder_it_runs_in(folder: Folder, monkeypatch):
    monkeypatch.chdir(folder.root)
    assert "b.csv" in list_files()
