import json
from pathlib import Path

import pytest

from jupyter_tools.builtin_tools.folder import Folder
from jupyter_tools.builtin_tools.read_file import MAX_CHARACTERS, read_file, text_of_file
from jupyter_tools.errors import ConfigurationError


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "notes.md").write_text("".join(f"line {n}\n" for n in range(1, 11)), encoding="utf-8")
    return Folder(tmp_path)


def test_the_lines_are_counted(folder: Folder):
    assert text_of_file(folder, "notes.md", 3, 2) == "[notes.md: lines 3 to 4 of 10]\nline 3\nline 4"


@pytest.mark.parametrize(("first", "most"), [(0, 3), (-5, 3), (1, 3)])
def test_a_line_before_the_first_is_the_first(folder: Folder, first: int, most: int):
    assert "lines 1 to 3" in text_of_file(folder, "notes.md", first, most)


def test_lines_behind_the_end_are_none(folder: Folder):
    assert text_of_file(folder, "notes.md", 50) == "[notes.md: 10 lines; there is none from line 50 on]"


def test_cyrillic_and_other_encodings_are_read(folder: Folder):
    (folder.root / "письмо.txt").write_text("Привет", encoding="utf-8")
    (folder.root / "utf16.txt").write_text("Привет", encoding="utf-16")
    assert "Привет" in text_of_file(folder, "письмо.txt")
    assert "Привет" in text_of_file(folder, "utf16.txt")


def test_a_notebook_is_read_as_its_cells(folder: Folder):
    cells = [{"cell_type": "markdown", "source": ["# Title"]}, {"cell_type": "code", "source": "x = 1", "outputs": []}]
    (folder.root / "a.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4}))
    assert "# Title" in text_of_file(folder, "a.ipynb")


def test_a_file_without_a_known_ending_is_read_if_it_is_text(folder: Folder):
    (folder.root / "Makefile").write_text("all:\n\techo hi\n")
    assert "echo hi" in text_of_file(folder, "Makefile")


@pytest.mark.parametrize(
    ("name", "why"),
    [("nothing.txt", "no file 'nothing.txt'"), ("sub", "is a folder"), ("data.bin", "binary"), ("", "folder")],
)
def test_what_cannot_be_read_is_refused_with_its_reason(folder: Folder, name: str, why: str):
    (folder.root / "sub").mkdir()
    (folder.root / "data.bin").write_bytes(b"\x00\x01")
    with pytest.raises(ConfigurationError, match=why):
        text_of_file(folder, name)


def test_a_long_text_is_cut_and_says_so(folder: Folder):
    (folder.root / "long.txt").write_text("x" * (MAX_CHARACTERS + 1))
    text = text_of_file(folder, "long.txt")
    assert "cut here" in text
    assert len(text) < MAX_CHARACTERS + 100


def test_the_tool_reads_in_the_folder_it_runs_in(folder: Folder, monkeypatch):
    monkeypatch.chdir(folder.root)
    assert "line 1" in read_file("notes.md")
