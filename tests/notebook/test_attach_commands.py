from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from jupyter_tools.builtin_tools.bucket import Bucket
from jupyter_tools.builtin_tools.bucket_markers import marker
from jupyter_tools.messages import text_of
from jupyter_tools.notebook.cell_errors import CellError
from jupyter_tools.providers.scripted import register_script

SEEN: list = []


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JUPYTER_TOOLS_BUCKETS", str(tmp_path / "buckets"))
    (tmp_path / "my notes.md").write_text("Bees dance.")
    SEEN.clear()
    register_script("sees", [lambda request: [SEEN.append(request.messages) or "Yes."]])
    return tmp_path


def test_a_file_is_read_with_every_prompt_until_it_is_detached(shell: InteractiveShell, cell):
    table = shell.run_line_magic("agent", "attach 'my notes.md'")
    assert "my notes.md" in repr(table)
    assert "tokens" in repr(table)
    cell("-m scripted:sees --new", "Do bees dance?")
    assert "Source: my notes.md\nBees dance." in text_of(SEEN[0][0].content)
    assert "my notes.md" in repr(shell.run_line_magic("agent", ""))
    shell.run_line_magic("agent", "detach 'my notes.md'")
    cell("-m scripted:sees --new", "And now?")
    assert "Bees dance." not in str(SEEN[1])


def test_a_marker_in_a_prompt_brings_the_file_into_that_prompt(shell: InteractiveShell, cell, folder: Path):
    id = Bucket().add(folder / "my notes.md")
    cell("-m scripted:sees --new", f"Read {marker(id)}.")
    assert "Bees dance." in str(SEEN[0][-1])


def test_a_value_cannot_bring_a_file_into_the_prompt(shell: InteractiveShell, cell, folder: Path):
    id = Bucket().add(folder / "my notes.md")
    shell.user_ns["page"] = marker(id)
    cell("-m scripted:sees --new", "Summarise: {{ page }}")
    assert "Bees dance." not in str(SEEN[0])


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("attach nothing.pdf", "There is no file"),
        ("attach buckets", "There is no file"),
        ("attach 'open", "quotation mark"),
        ("detach", "Write which file"),
        ("detach nothing.pdf", "no attached file 'nothing.pdf'"),
    ],
)
def test_mistakes_are_explained_in_a_sentence(shell: InteractiveShell, folder: Path, line: str, why: str):
    (folder / "buckets").mkdir()
    with pytest.raises(CellError, match=why):
        shell.run_line_magic("agent", line)
