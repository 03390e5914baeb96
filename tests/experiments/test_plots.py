"""Plots: what they show, read from the axes."""

import sys
from collections.abc import Iterator

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.axes import Axes

from jupyter_tools.errors import ConfigurationError, MissingExtraError, UnknownNameError
from jupyter_tools.experiments.plots import plot_cost, plot_means, plot_questions

FRAME = pd.DataFrame(
    {
        "variant": ["a", "a", "b", "b"],
        "row": [0, 1, 0, 1],
        "question": ["один", "two", "один", "two"],
        "score_good": [1.0, 0.0, 1.0, 1.0],
        "score_other": [3.0, 3.0, 4.0, 4.0],
        "cost": [0.1, 0.3, None, None],
        "output_tokens": [5, 7, 9, 9],
    }
)


@pytest.fixture(autouse=True)
def no_window() -> Iterator[None]:
    from matplotlib import pyplot

    before = mpl.get_backend()
    mpl.use("Agg")
    yield
    pyplot.close("all")
    mpl.use(before)


def legend_of(ax: Axes) -> list[str]:
    legend = ax.get_legend()
    return [] if legend is None else [text.get_text() for text in legend.get_texts()]


def test_means_stand_in_the_order_of_the_variants_from_the_top() -> None:
    ax = plot_means(FRAME)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["b", "a"]
    assert "good" in ax.get_xlabel()


def test_the_heat_map_has_a_cell_for_each_variant_and_question() -> None:
    ax = plot_questions(FRAME, label="question")
    assert ax.images[0].get_array().tolist() == [[1, 0], [1, 1]]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["один", "two"]


def test_few_questions_have_their_numbers_and_a_missing_one_is_blank() -> None:
    ax = plot_questions(FRAME.assign(score_good=[0.5, None, 1.0, 1.0]))
    assert [text.get_text() for text in ax.texts] == ["0.5", "1", "1"]


def test_a_hundred_questions_are_all_drawn_and_some_of_them_named() -> None:
    frame = pd.DataFrame({"variant": "a", "row": range(100), "score_good": [float(row % 2) for row in range(100)]})
    ax = plot_questions(frame)
    assert ax.images[0].get_array().shape == (1, 100)
    assert [label.get_text() for label in ax.get_xticklabels()] == [str(row) for row in range(0, 100, 7)]


def test_names_of_a_grid_are_told_apart_in_every_plot() -> None:
    names = [f"plain · openai:gpt-4o-mini · temperature={value}" for value in (0, 0.7)]
    frame = FRAME.replace({"variant": {"a": names[0], "b": names[1]}})
    shown = [f"plain · openai:gpt-4o-mini\ntemperature={value}" for value in (0, 0.7)]
    assert [label.get_text() for label in plot_means(frame).get_yticklabels()] == shown[::-1]
    assert [label.get_text() for label in plot_questions(frame).get_yticklabels()] == shown
    assert legend_of(plot_cost(frame, cost="output_tokens")) == shown


def test_the_dollars_of_a_thousand_answers_are_numbers_that_can_be_read() -> None:
    ax = plot_cost(FRAME.assign(cost=[0.000_002, 0.000_004, None, None]))
    assert "for 1,000 answers" in ax.get_xlabel()
    assert ax.lines[-1].get_xdata()[0] == pytest.approx(0.003)


def test_variants_of_unknown_cost_are_left_out_of_the_costs() -> None:
    assert legend_of(plot_cost(FRAME)) == ["a"]
    assert legend_of(plot_cost(FRAME, "other", cost="output_tokens")) == ["a", "b"]


def test_mistakes_are_told() -> None:
    with pytest.raises(ConfigurationError, match="No cost is known"):
        plot_cost(FRAME.assign(cost=None))
    with pytest.raises(UnknownNameError, match="Did you mean 'cost'"):
        plot_cost(FRAME, cost="costs")
    with pytest.raises(UnknownNameError):
        plot_questions(FRAME, label="questions")


def test_without_matplotlib_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(MissingExtraError, match="plots"):
        plot_means(FRAME)
