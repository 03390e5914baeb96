"""Plots of spans with matplotlib, which the extra `plots` brings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jupyter_tools.errors import MissingExtraError, UnknownNameError
from jupyter_tools.traces.steps import FAILED, Frame, require
from jupyter_tools.traces.summary import cost_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = {"model": "#3b82d6", "tool": "#2a9d6f", "retrieval": "#9467bd", "approval": "#d08a00"}
_FAILED, _OTHER = "#d83a34", "#8d8d8d"
_NAMES = 20


def plot_of(frame: Frame, what: str, ax: Axes | None = None) -> Axes:
    """Draw `what` of these spans: one of "durations", "tokens", "failures", "cost".

    Raises:
        UnknownNameError: If it is none of these.
        MissingExtraError: If matplotlib is not installed.
    """
    draw = _PLOTS.get(what)
    if draw is None:
        raise UnknownNameError("plot", what, _PLOTS)
    if ax is None:
        try:
            from matplotlib import pyplot
        except ImportError:
            raise MissingExtraError("matplotlib", "plots", "A plot") from None
        ax = pyplot.subplots(figsize=(7, 3.5), layout="constrained")[1]
    draw(frame, ax)
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _durations(frame: Frame, ax: Axes) -> None:
    """Every call as a dot, in a row for each model and tool; on a logarithmic scale."""
    require(frame, ("kind", "name", "status", "duration_ms"), "plot('durations')")
    calls = _calls(frame)
    calls = calls[calls["duration_ms"].notna()]
    names = _longest(calls)
    for place, (kind, name) in enumerate(names):
        own = calls[(calls["kind"] == kind) & (calls["name"] == name)]
        for failed, colour, marker in ((False, _COLOURS.get(kind, _OTHER), "o"), (True, _FAILED, "x")):
            values = own.loc[own["status"].isin(FAILED) == failed, "duration_ms"].astype(float).clip(lower=0.001)
            ax.scatter(values, [place] * len(values), color=colour, marker=marker, alpha=0.7)
    _name_rows(ax, [name for _, name in names])
    if names:
        ax.set_xscale("log")
    ax.set_xlabel("duration in ms; x: failed")


def _tokens(frame: Frame, ax: Axes) -> None:
    """Tokens of each turn's model calls, in the order in which they were made."""
    require(frame, ("kind", "input_tokens", "output_tokens", "turn"), "plot('tokens')")
    calls = frame[frame["kind"] == "model"]
    places = range(len(calls))
    of_input, of_output = (calls[name].fillna(0).astype(int).tolist() for name in ("input_tokens", "output_tokens"))
    ax.bar(places, of_input, color=_COLOURS["model"], label="input")
    ax.bar(places, of_output, bottom=of_input, color=_COLOURS["approval"], label="output")
    if 0 < len(calls) <= _NAMES:
        ax.set_xticks(places, [f"turn {turn}" for turn in calls["turn"]], rotation=45, ha="right")
    ax.set_xlabel("model call, in order")
    ax.set_ylabel("tokens")
    ax.legend(frameon=False)


def _failures(frame: Frame, ax: Axes) -> None:
    """How many calls of each model and tool succeeded, and how many failed."""
    require(frame, ("kind", "name", "status", "duration_ms"), "plot('failures')")
    calls = _calls(frame)
    names = _longest(calls)
    failed = calls["status"].isin(FAILED)
    counts = [((calls["kind"] == kind) & (calls["name"] == name), name) for kind, name in names]
    good, bad = ([int((chosen & state).sum()) for chosen, _ in counts] for state in (~failed, failed))
    ax.barh(range(len(names)), good, color=_COLOURS["tool"], label="succeeded")
    ax.barh(range(len(names)), bad, left=good, color=_FAILED, hatch="//", label="failed")
    _name_rows(ax, [name for _, name in names])
    ax.set_xlabel("calls")
    ax.legend(frameon=False)


def _cost(frame: Frame, ax: Axes) -> None:
    """What each run cost."""
    totals = cost_of(frame).groupby("run_id", sort=False)["cost"].sum().sort_values(ascending=False).head(_NAMES)
    ax.barh(range(len(totals)), totals.astype(float).tolist(), color=_COLOURS["model"])
    _name_rows(ax, [run_id[:8] for run_id in totals.index])
    ax.set_xlabel("cost")


_PLOTS: dict[str, Callable[[Any, Any], None]] = {
    "durations": _durations,
    "tokens": _tokens,
    "failures": _failures,
    "cost": _cost,
}


def _calls(frame: Frame) -> Frame:
    return frame[~frame["kind"].isin(("agent", "turn"))]


def _longest(calls: Frame) -> list[tuple[str, str]]:
    """The models and tools that took longest together."""
    totals = calls.groupby(["kind", "name"], sort=False)["duration_ms"].sum().sort_values(ascending=False)
    return [(str(kind), str(name)) for kind, name in totals.head(_NAMES).index]


def _name_rows(ax: Axes, names: list[str]) -> None:
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
