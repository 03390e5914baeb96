"""Figures over many spans: how often each model and tool was called, how long it took, what it cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.traces.steps import FAILED, Frame, require

_TOKENS = ("input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens")
_NEEDED = ("kind", "name", "status", "duration_ms")
_PARTS = ("agent", "turn")  # what they took is what their calls took


def summary_of(frame: Frame) -> Frame:
    """One row for each model and each tool, what took longest first."""
    require(frame, _NEEDED, "summary()")
    calls = frame[~frame["kind"].isin(_PARTS)]
    marked = _with_figures(calls).assign(failed=calls["status"].isin(FAILED).astype("Int64"))
    groups = marked.groupby(["kind", "name"], dropna=False, sort=False)
    durations = groups["duration_ms"]
    table = durations.size().to_frame("calls").astype("Int64")
    table["failures"] = groups["failed"].sum()
    table["p50_ms"], table["p95_ms"] = durations.quantile(0.5), durations.quantile(0.95)
    table["total_ms"] = durations.sum(min_count=1)
    for name in (*_TOKENS, "cost"):
        table[name] = groups[name].sum(min_count=1)
    figures = dict.fromkeys(("p50_ms", "p95_ms", "total_ms", "cost"), "Float64")
    return table.astype(figures).sort_values("total_ms", ascending=False).reset_index()


def cost_of(frame: Frame, prices: Mapping[str, Sequence[float]] | None = None) -> Frame:
    """One row for each run and model: its tokens and its cost, the dearest first, then in the order of the runs.

    Args:
        frame: Spans.
        prices: For each model's name, what a million tokens of input and of output cost. Without it, costs are those
            that were recorded.

    Raises:
        ConfigurationError: If a price is no pair of numbers.
    """
    require(frame, (*_NEEDED, "run_id", "model"), "cost()")
    calls = _with_figures(frame[frame["kind"] == "model"])
    if prices is not None:
        calls = calls.assign(cost=_priced(calls, prices))
    groups = calls.groupby(["run_id", "model"], dropna=False, sort=False)
    table = groups.size().to_frame("calls").astype("Int64")
    for name in (*_TOKENS, "cost"):
        table[name] = groups[name].sum(min_count=1)
    ordered = table.sort_values("cost", ascending=False, kind="stable", na_position="last")
    return ordered.reset_index().astype({"cost": "Float64"})


def _with_figures(frame: Frame) -> Frame:
    """The frame with all columns of tokens and cost: those of the tools alone have none."""
    import pandas as pd  # heavy

    dtypes = dict.fromkeys(_TOKENS, "Int64") | {"cost": "Float64"}
    missing = {name: dtype for name, dtype in dtypes.items() if name not in frame}
    return frame.assign(**{name: pd.Series(pd.NA, index=frame.index, dtype=dtype) for name, dtype in missing.items()})


def _priced(calls: Frame, prices: Mapping[str, Sequence[float]]) -> Frame:
    pairs = {model: _pair(model, price) for model, price in prices.items()}
    of_input = calls["model"].map({model: pair[0] for model, pair in pairs.items()}).astype("Float64")
    of_output = calls["model"].map({model: pair[1] for model, pair in pairs.items()}).astype("Float64")
    return (calls["input_tokens"] * of_input + calls["output_tokens"] * of_output) / 1_000_000


def _pair(model: str, price: Sequence[float]) -> tuple[float, float]:
    try:
        of_input, of_output = map(float, price)
    except (TypeError, ValueError):
        raise ConfigurationError(
            f"prices[{model!r}] is {price!r}; give what a million tokens of input and of output cost: (2.5, 10)."
        ) from None
    return of_input, of_output
