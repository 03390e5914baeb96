"""The notebook of the providers, run from top to bottom in a real kernel without a key or a network."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from tests.source_tree import ROOT

pytestmark = pytest.mark.kernel
KEYS = ("OPENAI", "ANTHROPIC", "OLLAMA", "GROQ")


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> dict[str, NotebookNode]:
    folder = tmp_path_factory.mktemp("any_provider")
    notebook = nbformat.read(ROOT / "notebooks" / "08_any_provider.ipynb", as_version=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_TOOLS_TRACES", str(folder / "traces.db"))
        patch.setenv("JUPYTER_TOOLS_KEYS", str(folder))
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        for name in KEYS:
            patch.delenv(f"{name}_API_KEY", raising=False)
        NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    return {cell.id: cell for cell in notebook.cells}


def shown(cell: NotebookNode) -> str:
    return "\n".join(out.data["text/plain"] if "data" in out else out.text for out in cell.outputs)


@pytest.mark.parametrize(
    ("cell_id", "path"),
    [
        ("chat", "/v1/chat/completions"),
        ("responses", "/v1/responses"),
        ("anthropic", "/v1/messages"),
        ("ollama", "/api/chat"),
    ],
)
def test_each_wire_is_asked_in_its_own_way(cells: dict[str, NotebookNode], cell_id: str, path: str) -> None:
    assert f"Hello, I am toy, and you called {path}." in shown(cells[cell_id])


def test_the_second_of_a_chain_answers(cells: dict[str, NotebookNode]) -> None:
    assert "script" in shown(cells["chain"])
    assert "scripted:demo answers instead of openai:nobody" in str(cells["chain"].outputs)


def test_the_cost_is_what_the_prices_say(cells: dict[str, NotebookNode]) -> None:
    assert f"9 tokens in, 4 out: ${(9 * 0.15 + 4 * 0.6) / 1e6:.8f}" in shown(cells["cost"])


def test_a_provider_of_ones_own_answers(cells: dict[str, NotebookNode]) -> None:
    assert "Polly wants a cracker" in shown(cells["own"])


def test_no_cell_fails(cells: dict[str, NotebookNode]) -> None:
    assert "error" not in {out.output_type for cell in cells.values() for out in cell.get("outputs", [])}
