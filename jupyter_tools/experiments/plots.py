"""Plots of an experiment with matplotlib, which the extra `plots` brings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jupyter_tools.errors import ConfigurationError, MissingExtraError, UnknownNameError
from jupyter_tools.experiments.summary import score_column, summarize
from jupyter_tools.shortening import one_line
from jupyter_tools.traces.steps import Frame

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

_COLOUR = "#3b82d6"
_LONGEST = 32  # characters of a line of a label
_MOST_BESIDE = 15  # questions whose names and numbers have room side by side
_MARKERS = "os^DvP*<>X"


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
    labels = [_label(name) for name in means["variant"]]
    ax = _new_axes(_height(labels) + 0.7) if ax is None else ax
    for place, (mean, low, high) in enumerate(means[["mean", "low", "high"]].to_numpy(float)):
        ax.plot([low, high], [place, place], color=_COLOUR, linewidth=2, solid_capstyle="butt")
        ax.plot([mean], [place], marker="o", color=_COLOUR, markersize=7)
    ax.set_yticks(range(len(means)), labels)
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
    table = table.astype(float)
    labels = [_label(name) for name in table.index]
    ax = _new_axes(_height(labels) + 1.5) if ax is None else ax
    low, high = min(0.0, table.min().min()), max(1.0, table.max().max())
    colours = {"cmap": "cividis", "vmin": low, "vmax": high}  # for all eyes, and in grey
    image = ax.imshow(table.to_numpy(), aspect="auto", interpolation="nearest", **colours)
    if table.shape[1] <= _MOST_BESIDE:
        _write_numbers(ax, table.to_numpy(), (low + high) / 2)
    ax.set_yticks(range(len(table)), labels)
    names = {} if label is None else frame.drop_duplicates("row").set_index("row")[label].to_dict()
    named = range(0, table.shape[1], -(-table.shape[1] // _MOST_BESIDE))  # all, or each second, third, ...
    questions = [table.columns[place] for place in named]
    ax.set_xticks(named, [one_line(str(names.get(row, row)), 18) for row in questions], rotation=45, ha="right")
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
    labels = [_label(name) for name in means.index]
    ax = _new_axes(max(4.2, _height(labels) + 0.7)) if ax is None else ax
    means[cost] *= 1000 if cost == "cost" else 1
    points = zip(labels, means[["mean", "low", "high", cost]].to_numpy(float), strict=True)
    for number, (name, (mean, low, high, paid)) in enumerate(points):
        colour, marker = f"C{number % 10}", _MARKERS[number % len(_MARKERS)]
        ax.plot([paid, paid], [low, high], color=colour, linewidth=1, alpha=0.5)
        look = {"marker": marker, "markersize": 8, "markeredgewidth": 1.6, "markerfacecolor": "none"}
        ax.plot([paid], [mean], color=colour, linestyle="none", label=name, **look)  # what lies below is seen
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize="small")
    ax.set_xlabel("US dollars for 1,000 answers" if cost == "cost" else f"{cost.replace('_', ' ')} an answer")
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


def _label(name: object) -> str:
    """The name of a variant on several lines: what is cut off may be all that tells it from others."""
    lines = [""]
    for part in str(name).split(" · "):
        longer = f"{lines[-1]} · {part}" if lines[-1] else part
        lines = [*lines[:-1], longer] if len(longer) <= _LONGEST else [*filter(None, lines), part]
    return "\n".join(one_line(line, _LONGEST) for line in lines)


def _height(labels: Sequence[str]) -> float:
    """Of the labels, one below the other, in inches."""
    return 0.21 * sum(1 + label.count("\n") for label in labels) + 0.21 * len(labels) + 0.4


def _new_axes(height: float) -> Axes:
    try:
        from matplotlib import pyplot
    except ImportError:
        raise MissingExtraError("matplotlib", "plots", "A plot") from None
    return pyplot.subplots(figsize=(7, height), layout="constrained")[1]


def _plain(ax: Axes) -> Axes:
    ax.spines[["top", "right"]].set_visible(False)
    return ax
