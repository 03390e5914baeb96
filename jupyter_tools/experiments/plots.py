"""Plots of an experiment with matplotlib, which the extra `plots` brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_tools.errors import ConfigurationError, MissingExtraError, UnknownNameError
from jupyter_tools.experiments.summary import score_column, summarize
from jupyter_tools.shortening import one_line
from jupyter_tools.traces.steps import Frame

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

_COLOUR, _LIGHT = "#3b82d6", "#8d8d8d"
_LONGEST = 32  # characters of a label
_MOST_QUESTIONS = 60
_MOST_WITH_NUMBERS = 15


def plot_means(frame: Frame, score: str | None = None, *, ax: Axes | None = None) -> Axes:
    """The mean of a score for each variant, with its 95 % interval.

    Args:
        frame: What `experiment` gave.
        score: The score; the first one if None.
        ax: Where to draw; a new figure if None.

    Raises:
        UnknownNameError: If there is no such score.
        MissingExtraError: If matplotlib is not installed.
    """
    column = score_column(frame, score)
    means = summarize(frame, column).iloc[::-1].reset_index(drop=True)
    ax = _new_axes(0.42 * len(means) + 1.1) if ax is None else ax
    for place, (mean, low, high) in enumerate(means[["mean", "low", "high"]].to_numpy(float)):
        ax.plot([low, high], [place, place], color=_COLOUR, linewidth=2, solid_capstyle="butt")
        ax.plot([mean], [place], marker="o", color=_COLOUR, markersize=7)
    ax.set_yticks(range(len(means)), [one_line(name, _LONGEST) for name in means["variant"]])
    ax.set_ylim(-0.6, len(means) - 0.4)
    ax.set_xlabel(f"{column.removeprefix('score_')}: mean and 95 % interval")
    ax.grid(axis="x", alpha=0.3)
    return _plain(ax)


def plot_questions(frame: Frame, score: str | None = None, *, label: str | None = None, ax: Axes | None = None) -> Axes:
    """A heat map: each variant's mean score on each question.

    Args:
        frame: What `experiment` gave.
        score: The score; the first one if None.
        label: The column that names the questions; their numbers if None.
        ax: Where to draw; a new figure if None.

    Raises:
        UnknownNameError: If there is no such score or column.
        MissingExtraError: If matplotlib is not installed.
    """
    column = score_column(frame, score)
    if label is not None and label not in frame.columns:
        raise UnknownNameError("column", label, map(str, frame.columns))
    table = frame.pivot_table(index="variant", columns="row", values=column, aggfunc="mean", sort=False, observed=True)
    table = table.iloc[:, :_MOST_QUESTIONS].astype(float)
    ax = _new_axes(0.42 * len(table) + 1.9) if ax is None else ax
    low, high = min(0.0, table.min().min()), max(1.0, table.max().max())
    image = ax.imshow(table.to_numpy(), aspect="auto", cmap="cividis", vmin=low, vmax=high)  # for all eyes, and in grey
    if table.shape[1] <= _MOST_WITH_NUMBERS:
        _write_numbers(ax, table.to_numpy(), (low + high) / 2)
    ax.set_yticks(range(len(table)), [one_line(name, _LONGEST) for name in table.index])
    names = {} if label is None else frame.drop_duplicates("row").set_index("row")[label].to_dict()
    ax.set_xticks(
        range(table.shape[1]),
        [one_line(str(names.get(row, row)), 18) for row in table.columns],
        rotation=45,
        ha="right",
    )
    bar = ax.figure.colorbar(image, ax=ax)
    bar.set_label(column.removeprefix("score_"))
    return ax


def plot_cost(frame: Frame, score: str | None = None, *, cost: str = "cost", ax: Axes | None = None) -> Axes:
    """Each variant's mean score against what an answer costs: the best ones stand at the upper left.

    Args:
        frame: What `experiment` gave.
        score: The score; the first one if None.
        cost: The column to pay with: "cost" in US dollars, or "output_tokens", "latency_ms", ...
        ax: Where to draw; a new figure if None.

    Raises:
        UnknownNameError: If there is no such score or column.
        ConfigurationError: If no cost is known.
        MissingExtraError: If matplotlib is not installed.
    """
    column = score_column(frame, score)
    if cost not in frame.columns:
        raise UnknownNameError("column", cost, map(str, frame.columns))
    means = summarize(frame, column).set_index("variant").join(frame.groupby("variant")[cost].mean())
    means = means.dropna(subset=[cost])
    if means.empty:
        raise ConfigurationError(f"No {cost} is known. Pay with another column, such as cost='output_tokens'.")
    ax = _new_axes(4.2) if ax is None else ax
    for name, mean, low, high, paid in means[["mean", "low", "high", cost]].astype(float).itertuples():
        ax.plot([paid, paid], [low, high], color=_LIGHT, linewidth=1)
        ax.plot([paid], [mean], marker="o", color=_COLOUR)
        left = paid > means[cost].max() / 2  # so that the name stays inside
        ax.annotate(
            one_line(str(name), _LONGEST),
            (paid, mean),
            textcoords="offset points",
            xytext=(-7 if left else 7, 4),
            ha="right" if left else "left",
            fontsize="small",
        )
    ax.set_xlabel("US dollars an answer" if cost == "cost" else f"{cost} an answer")
    ax.set_ylabel(column.removeprefix("score_"))
    ax.margins(x=0.1)
    ax.locator_params(axis="x", nbins=6)
    return _plain(ax)


def _write_numbers(ax: Axes, values: np.ndarray, middle: float) -> None:
    import numpy as np

    for (row, column), value in np.ndenumerate(values):
        if not np.isnan(value):
            colour = "black" if value > middle else "white"
            ax.text(column, row, f"{value:.2g}", ha="center", va="center", color=colour, fontsize="small")


def _new_axes(height: float) -> Axes:
    try:
        from matplotlib import pyplot
    except ImportError:
        raise MissingExtraError("matplotlib", "plots", "A plot") from None
    return pyplot.subplots(figsize=(7, height), layout="constrained")[1]


def _plain(ax: Axes) -> Axes:
    ax.spines[["top", "right"]].set_visible(False)
    return ax
