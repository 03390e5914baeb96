from pathlib import Path

import pytest

from jupyter_tools.builtin_tools.bucket import Bucket
from jupyter_tools.notebook.attachments import Attachments
from jupyter_tools.notebook.named_sources import numbered
from jupyter_tools.notebook.sources import Source
from jupyter_tools.notebook.static import mimebundle
from jupyter_tools.notebook.view import RunView
from tests.notebook.run_events import answer, started

FILES = {"paper.pdf": "data/paper.pdf", "отчёт за май.md": "%D0%BE%D1%82.md", "far.txt": ""}


def test_a_source_that_the_answer_names_gets_the_usual_mark_and_stands_in_the_list():
    text, found = numbered("Bees dance [[1]](paper.pdf#page=3), so [[2]](отчёт за май.md).", {}, FILES)
    assert text == "Bees dance [1], so [2]."
    assert found == {
        1: Source(number=1, title="paper.pdf#page=3", file="data/paper.pdf#page=3"),
        2: Source(number=2, title="отчёт за май.md", file="%D0%BE%D1%82.md"),
    }


def test_a_number_that_another_source_has_becomes_the_next_free_one_and_the_same_source_keeps_its_own():
    known = {1: Source(number=1, title="A page")}
    text, found = numbered("[[1]](paper.pdf) [[2]](far.txt) [[3]](paper.pdf) [[9]](A page)", known, FILES)
    assert text == "[2] [3] [2] [1]"
    assert {number: source.title for number, source in found.items()} == {2: "paper.pdf", 3: "far.txt"}


@pytest.mark.parametrize(
    ("mark", "title"),
    [
        ("[[1]](<two words.md>)", "two words.md"),
        ("[[1]](two%20words.md)", "two words.md"),
        ("[[1]](a (1).md)", "a (1).md"),
        ("[[1]](https://e.org/x)", "https://e.org/x"),
    ],
)
def test_names_are_understood_however_models_write_them(mark: str, title: str):
    text, found = numbered(f"So {mark}.", {}, {})
    assert text == "So [1]."
    assert found[1].title == title


@pytest.mark.parametrize("text", ["`f[[1]](x)`", "```r\nf[[1]](x)\n```", "see [1](x) and [[a]](b)", "x[[1]] (y)"])
def test_what_is_no_mark_stays(text: str):
    assert numbered(text, {}, {}) == (text, {})


def test_a_link_never_leads_where_only_the_model_wants():
    _, found = numbered('[[1]](javascript:alert(1)) [[2]](//evil.example) [[3]](paper.pdf#"><b>)', {}, FILES)
    assert [found[n].address for n in (1, 2, 3)] == ["", "", "data/paper.pdf"]


def test_what_stays_links_the_mark_and_the_list_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "мои данные").mkdir()
    (tmp_path / "мои данные" / "Отчёт за май.md").write_text("x")
    monkeypatch.chdir(tmp_path)
    attachments = Attachments(Bucket(tmp_path / "buckets"))
    attachments.add("мои данные/Отчёт за май.md")
    view = RunView(files=attachments.links)
    for event in (*started(), *answer("They dance [[1]](Отчёт за май.md).")):
        view.add(event)
    kept = mimebundle(view)
    link = attachments.links["Отчёт за май.md"]
    assert link.startswith("%D0%BC")
    assert " " not in link
    assert kept["text/html"].count(f'<a href="{link}"') == 2
    assert f"[Отчёт за май.md](<{link}>)" in kept["text/markdown"]
    assert "They dance [1]." in kept["text/plain"]
    assert "[1] Отчёт за май.md" in kept["text/plain"]


def test_a_file_elsewhere_has_no_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "notes.md").write_text("x")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    attachments = Attachments(Bucket(tmp_path / "buckets"))
    attachments.add(str(tmp_path / "notes.md"))
    assert attachments.links == {"notes.md": ""}
