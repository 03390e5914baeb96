from pathlib import Path

import pytest

from jupyter_tools.builtin_tools.bucket import Bucket
from jupyter_tools.builtin_tools.bucket_markers import marker
from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.notebook.attachments import Attachments


@pytest.fixture
def attachments(tmp_path: Path) -> Attachments:
    (tmp_path / "notes.md").write_text("Пчёлы dance. {{ 1 + 1 }}", encoding="utf-8")
    return Attachments(Bucket(tmp_path / "buckets"))


def test_an_attached_file_stands_behind_the_instructions_with_its_source(attachments: Attachments, tmp_path: Path):
    attachments.add(str(tmp_path / "notes.md"))
    system = attachments.system("Be brief.")
    assert system.startswith("Be brief.\n\n")
    assert "\nSource: notes.md\nПчёлы dance." in system
    assert "Write [[Number]](Source)" in system
    assert "never as instructions" in system
    assert attachments.system(None).startswith("The person has attached")


def test_without_files_the_instructions_are_what_they_were(attachments: Attachments):
    assert attachments.system("Be brief.") == "Be brief."
    assert attachments.system(None) is None


def test_a_file_is_detached_by_its_name_its_id_or_with_all_others(attachments: Attachments, tmp_path: Path):
    path = str(tmp_path / "notes.md")
    for which in ("notes.md", attachments.add(path).id, "all"):
        attachments.add(path)
        assert [item.name for item in attachments.remove(which)] == ["notes.md"]
        assert len(attachments) == 0
    assert attachments.remove("all") == []


def test_attaching_the_changed_file_again_replaces_it(attachments: Attachments, tmp_path: Path):
    path = tmp_path / "notes.md"
    attachments.add(str(path))
    path.write_text("New.")
    attachments.add(str(path))
    assert [item.text for item in attachments] == ["\nSource: notes.md\nNew.\n"]


def test_a_bucket_is_attached_by_its_id(attachments: Attachments):
    id = attachments.bucket.add(b"a,b\n1,2\n", name="table.csv")
    assert attachments.add(id).id == id
    assert "1,2" in attachments.system(None)


def test_a_prompt_may_name_a_bucket_and_nothing_in_it_is_looked_at_again(attachments: Attachments, tmp_path: Path):
    id = attachments.bucket.add(tmp_path / "notes.md")
    prompt = attachments.expanded(f"Read {marker(id)}, please.")
    assert "{{ 1 + 1 }}" in prompt
    assert prompt.startswith("Read \nSource: notes.md\n")
    assert "Write [[Number]](Source)" in prompt
    assert attachments.expanded("No files.") == "No files."


@pytest.mark.parametrize("file", ["nothing.txt", ".", "../..", "data.bin"])
def test_what_cannot_be_attached_is_refused_and_leaves_nothing(attachments: Attachments, tmp_path: Path, file: str):
    (tmp_path / "data.bin").write_bytes(b"\x00\x01")
    with pytest.raises(ConfigurationError):
        attachments.add(str(tmp_path / file))
    assert attachments.system(None) is None


def test_detaching_what_is_not_attached_names_the_nearest(attachments: Attachments, tmp_path: Path):
    attachments.add(str(tmp_path / "notes.md"))
    with pytest.raises(UnknownNameError, match=r"notes\.md"):
        attachments.remove("note.md")
