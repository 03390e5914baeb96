"""Means, intervals and differences."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.experiments.summary import compare, interval, summarize


def frame(**scores: list[list[float | None]]) -> pd.DataFrame:
    """A frame with one score; for each variant the scores of its questions, one list a repeat."""
    rows = [
        {"variant": name, "row": place, "repeat": repeat, "score_good": value}
        for name, repeats in scores.items()
        for repeat, values in enumerate(repeats, 1)
        for place, value in enumerate(values)
    ]
    return pd.DataFrame(rows).astype({"variant": "string", "score_good": "Float64"})


def test_the_mean_is_over_questions_and_the_interval_holds_it() -> None:
    [row] = summarize(frame(a=[[1, 0, 1, 0, 1, 1], [1, 0, 1, 0, 1, 1]])).to_dict("records")
    assert row["mean"] == pytest.approx(4 / 6)
    assert 0 <= row["low"] < row["mean"] < row["high"] <= 1
    assert (row["questions"], row["n"], row["missing"]) == (6, 12, 0)


def test_repeats_of_one_question_do_not_make_the_interval_smaller() -> None:
    few, many = summarize(frame(a=[[1, 0, 1, 0]])), summarize(frame(a=[[1, 0, 1, 0]] * 50))
    assert (few["high"] - few["low"])[0] == (many["high"] - many["low"])[0]


def test_missing_scores_are_left_out_and_counted() -> None:
    [row] = summarize(frame(a=[[1, None, 1]])).to_dict("records")
    assert (row["mean"], row["n"], row["missing"]) == (1, 2, 1)


def test_a_variant_without_any_score_is_there_without_a_mean() -> None:
    summary = summarize(frame(a=[[1, 1]], b=[[None, None]])).set_index("variant")
    assert np.isnan(summary.loc["b", "mean"])


def test_differences_are_on_the_same_questions() -> None:
    noisy = np.linspace(0, 10, 20)
    scores = frame(a=[list(noisy)], b=[list(noisy + 0.1)])
    [row] = compare(scores).to_dict("records")
    assert (row["variant"], row["baseline"]) == ("b", "a")
    assert row["low"] == pytest.approx(0.1)
    assert row["high"] == pytest.approx(0.1)
    assert (row["better"], row["worse"], row["pairs"]) == (20, 0, 20)


def test_questions_that_one_of_both_has_not_answered_are_no_pairs() -> None:
    [row] = compare(frame(a=[[1, None, 0]], b=[[1, 1, 1]]), baseline="a").to_dict("records")
    assert (row["pairs"], row["difference"]) == (2, 0.5)


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=40))
def test_an_interval_lies_between_the_least_and_the_most(values: list[float]) -> None:
    low, high = interval(np.array(values))
    assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9


def test_an_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    chance = np.random.default_rng(1)
    covered = [low <= 0.5 <= high for low, high in (interval(chance.random(40)) for _ in range(200))]
    assert 0.88 <= sum(covered) / 200 <= 0.99


def test_mistakes_are_told() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'good'"):
        summarize(frame(a=[[1]]), "goood")
    with pytest.raises(UnknownNameError, match="variant"):
        compare(frame(a=[[1]]), baseline="z")
    with pytest.raises(ConfigurationError, match="no scores"):
        summarize(pd.DataFrame({"variant": ["a"]}))
    with pytest.raises(UnknownNameError, match="column"):
        summarize(frame(a=[[1]]), by="varient")


@pytest.mark.parametrize("sample", ["grades", "yes or no", "few"])
def test_intervals_agree_with_scipys_bootstrap(sample: str) -> None:
    stats = pytest.importorskip("scipy.stats")
    chance = np.random.default_rng(7)
    values = {
        "grades": chance.normal(3, 2, 60),
        "yes or no": (chance.random(50) < 0.8).astype(float),
        "few": np.array([0.0, 1.0, 1.0, 0.5, 0.25]),
    }[sample]
    theirs = stats.bootstrap((values,), np.mean, n_resamples=20_000, method="percentile", rng=chance)
    width = theirs.confidence_interval.high - theirs.confidence_interval.low
    assert interval(values) == pytest.approx(tuple(theirs.confidence_interval), abs=0.08 * width)


def test_paired_differences_agree_with_scipys_paired_bootstrap_and_not_with_the_unpaired() -> None:
    stats = pytest.importorskip("scipy.stats")
    chance = np.random.default_rng(7)
    hardness = chance.normal(0, 3, 40)
    first, second = hardness + chance.normal(0, 1, 40), hardness + 0.5 + chance.normal(0, 1, 40)

    def gain(ones: np.ndarray, others: np.ndarray, axis: int = -1) -> np.ndarray:
        return np.mean(others, axis=axis) - np.mean(ones, axis=axis)

    [row] = compare(frame(a=[list(first)], b=[list(second)])).to_dict("records")
    paired, unpaired = (
        stats.bootstrap((first, second), gain, paired=paired, n_resamples=20_000, method="percentile", rng=chance)
        for paired in (True, False)
    )
    low, high = paired.confidence_interval
    assert row["difference"] == pytest.approx(gain(first, second))
    assert (row["low"], row["high"]) == pytest.approx((low, high), abs=0.08 * (high - low))
    assert high - low < 0.5 * (unpaired.confidence_interval.high - unpaired.confidence_interval.low)
