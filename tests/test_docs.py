"""The pages for people: what they link to is there, the notebooks are all named, translations follow their originals."""

import re
from pathlib import Path

import nbformat
import pytest

from tests.source_tree import ROOT

PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(
    (ROOT / "docs").glob("*.md")
)
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LINK = re.compile(r"\]\((?!\w+://|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]+`(?!\])", flags=re.MULTILINE | re.DOTALL)


def links(page: Path, text: str) -> list[tuple[Path, str]]:
    """Where the relative links of a page lead: the file, and the heading in it."""
    return [
        ((page.parent / path).resolve() if path else page, anchor) for path, anchor in LINK.findall(CODE.sub("", text))
    ]


def anchors(page: Path) -> set[str]:
    """What the headings of a page are called in links."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page):
    found = links(page, page.read_text(encoding="utf-8"))
    assert [str(path) for path, _ in found if not path.exists()] == []
    assert [anchor for path, anchor in found if anchor and anchor not in anchors(path)] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_every_link_of_a_notebook_leads_somewhere(path):
    cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
    assert [str(target) for cell in cells for target, _ in links(path, cell) if not target.exists()] == []


def test_the_readme_names_every_page_and_every_notebook():
    linked = {path for path, _ in links(ROOT / "README.md", (ROOT / "README.md").read_text(encoding="utf-8"))}
    assert [page.name for page in [*PAGES, *NOTEBOOKS] if page.name != "README.md" and page not in linked] == []


@pytest.mark.parametrize("path", [path for path in NOTEBOOKS if ".ru." in path.name], ids=lambda path: path.name)
def test_a_translation_has_the_cells_of_its_original(path):
    original = path.with_name(path.name.replace(".ru.", "."))

    def shape(notebook: Path) -> list[tuple[str, str, list[str]]]:
        cells = nbformat.read(notebook, as_version=4).cells
        return [(cell.id, cell.cell_type, cell.metadata.get("tags", [])) for cell in cells]

    assert shape(path) == shape(original)
