"""The frame: columns, types and order."""

import pandas as pd

from jupyter_tools.experiments.answers import Answer
from jupyter_tools.experiments.cells import cells_of
from jupyter_tools.experiments.frame import Done, frame_of
from jupyter_tools.experiments.scorers import exact
from jupyter_tools.experiments.scoring import Score
from jupyter_tools.experiments.variants import variants_of


def frame(**params: object) -> pd.DataFrame:
    variants = variants_of({"prompts": "x", "models": "scripted:demo", "params": params})
    cells = list(cells_of(variants, [{"n": 1, "model": "own"}, {"n": None, "model": "own"}], 1))
    done = [Done(cell, Answer(text="a"), {"exact": Score(None, "why")}, False) for cell in cells]
    return frame_of("e", done, ("n", "model"), (exact(),), tuple(params))


def test_missing_values_keep_a_columns_type() -> None:
    assert str(frame()["n"].dtype) == "Int64"


def test_parameters_of_mixed_kinds_and_lists_have_a_column_too() -> None:
    shown = frame(stop=[["a"], None], tool_format=[None, "hermes"])
    assert set(shown["stop"].dropna()) == {'["a"]'}
    assert shown["tool_format"].isna().sum() == 4


def test_names_that_are_taken_get_a_prefix() -> None:
    shown = frame(answer=1)
    assert list(shown["data_model"]) == ["own", "own"]
    assert list(shown["param_answer"]) == [1, 1]


def test_the_reason_of_a_missing_score_stands_beside_it() -> None:
    assert list(frame()["score_problems"]) == ["exact: why"] * 2


def test_an_empty_frame_has_all_columns() -> None:
    empty = frame_of("e", [], ("n",), (exact(),), ("seed",))
    assert len(empty) == 0
    assert {"variant", "n", "score_exact", "seed", "run_id"} <= set(empty.columns)
