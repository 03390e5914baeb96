import pytest

from jupyter_tools.retrieval.index import DocumentIndex
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
