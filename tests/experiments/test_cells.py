"""Cells and their keys."""

from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.experiments.cells import cells_of, judging_cell
from jupyter_tools.experiments.variants import variants_of

VARIANTS = variants_of({"prompts": "{{ q }}", "models": "scripted:demo", "params": {"temperature": [0, 1]}})


@given(st.lists(st.text(max_size=3), max_size=8), st.integers(1, 3))
def test_every_cell_has_a_key_of_its_own_and_the_same_one_each_time(texts: list[str], repeats: int) -> None:
    rows = [{"q": text} for text in texts]
    keys = [cell.key for cell in cells_of(VARIANTS, rows, repeats)]
    assert len(set(keys)) == len(keys) == 2 * len(rows) * repeats
    assert keys == [cell.key for cell in cells_of(VARIANTS, rows, repeats)]


def test_more_rows_and_repeats_leave_the_keys_as_they_were() -> None:
    few = {cell.key for cell in cells_of(VARIANTS, [{"q": "a"}], 1)}
    many = {cell.key for cell in cells_of(VARIANTS, [{"q": "b"}, {"q": "a"}], 3)}
    assert few < many


def test_what_is_done_early_covers_all_variants() -> None:
    first = list(cells_of(VARIANTS, [{"q": "a"}, {"q": "b"}], 2))[:2]
    assert {cell.variant.name for cell in first} == {"temperature=0", "temperature=1"}


def test_a_judge_is_asked_anew_about_another_repeat() -> None:
    assert judging_cell(VARIANTS[0], "x", 1).key != judging_cell(VARIANTS[0], "x", 2).key
