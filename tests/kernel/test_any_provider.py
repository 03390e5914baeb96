"""The notebook of the providers, run from top to bottom in a real kernel without a key or a network."""

from collections.abc import Callable

import pytest
from nbformat import NotebookNode

from tests.kernel.notebooks import text

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def cells(executed: Callable[[str], NotebookNode]) -> dict[str, NotebookNode]:
    return {cell.id: cell for cell in executed("08_any_provider.ipynb").cells}


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
    assert f"Hello, I am toy, and you called {path}." in text(cells[cell_id])


def test_the_second_of_a_chain_answers(cells: dict[str, NotebookNode]) -> None:
    assert "script" in text(cells["chain"])
    assert "scripted:demo answers instead of openai:nobody" in str(cells["chain"].outputs)


def test_the_cost_is_what_the_prices_say(cells: dict[str, NotebookNode]) -> None:
    assert f"9 tokens in, 4 out: ${(9 * 0.15 + 4 * 0.6) / 1e6:.8f}" in text(cells["cost"])


def test_a_run_that_costs_too_much_is_ended(cells: dict[str, NotebookNode]) -> None:
    assert "'limit', 'The run ended at its limit" in text(cells["limit"])


def test_a_provider_of_ones_own_answers(cells: dict[str, NotebookNode]) -> None:
    assert "Polly wants a cracker" in text(cells["own"])
