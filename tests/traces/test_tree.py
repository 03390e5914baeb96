from jupyter_tools.traces.tree import Tree
from tests.traces.steps_made import step

STEPS = [
    step("run", kind="agent", name="agent", input="Why?", duration_ms=30),
    step("call", "run", started=1, input='{"q": "<b>"}', error="too slow", status="timeout"),
]


def test_the_tree_indents_what_is_part_of_something() -> None:
    assert repr(Tree(STEPS)) == '✓ run Why? (30 ms)\n  ✗ search {"q": "<b>"} (1 ms) - too slow'


def test_on_a_page_it_folds_and_its_texts_stay_text() -> None:
    html = Tree(STEPS)._repr_html_()
    assert html.count("<details") == 2
    assert "<b>" not in html
    assert "error: too slow" in html


def test_a_very_deep_tree_is_shown_all_the_same() -> None:
    chain = [step(f"s{number}", f"s{number - 1}", started=number) for number in range(3000)]
    assert Tree(chain)._repr_html_().count("<summary") == 3000
