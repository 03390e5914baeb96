"""What an experiment says: means with intervals, and differences between variants, question by question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.traces.steps import Frame

if TYPE_CHECKING:
    import numpy as np

RESAMPLES = 2000
_BLOCK = 1_000_000  # numbers drawn at once, so that memory stays small
_SEED = 20_260  # the same frame gives the same interval


def summarize(frame: Frame, score: str | Sequence[str] | None = None, *, by: str | Sequence[str] = "variant") -> Frame:
    """The mean of each score for each variant, with a 95 % interval.

    The interval is a bootstrap over the questions (rows of the data), for repeats of one question are no independent
    witnesses; with a single question it is over its repeats. Missing scores are left out and counted.

    Args:
        frame: What `experiment` gave.
        score: One score or several, with or without "score_"; all if None.
        by: The column or columns that tell what is compared.

    Raises:
        UnknownNameError: If there is no such score or column.
        ConfigurationError: If the frame has no scores.
    """
    import pandas as pd

    keys = [by] if isinstance(by, str) else list(by)
    for key in keys:
        if key not in frame.columns:
            raise UnknownNameError("column", key, map(str, frame.columns))
    rows: list[dict[str, Any]] = []
    for names, group in frame.groupby(keys, sort=False, dropna=False):
        for column in _scores(frame, score):
            rows.append(
                {**dict(zip(keys, names, strict=True)), "score": column.removeprefix("score_"), **_mean(group, column)}
            )
    return pd.DataFrame(rows)


def compare(frame: Frame, baseline: str | None = None, score: str | None = None) -> Frame:
    """Each variant against a baseline: the mean difference on the same questions, with a 95 % interval.

    Pairing takes out how hard the questions are, so that smaller differences can be told from chance.

    Args:
        frame: What `experiment` gave.
        baseline: The variant to compare with; the first one if None.
        score: The score; all if None.

    Raises:
        UnknownNameError: If there is no such variant or score.
    """
    import pandas as pd

    names = list(dict.fromkeys(frame["variant"]))
    first = names[0] if baseline is None and names else baseline
    if first not in names:
        raise UnknownNameError("variant", str(first), map(str, names))
    rows = [
        {
            "variant": name,
            "baseline": first,
            "score": column.removeprefix("score_"),
            **_difference(frame, name, first, column),
        }
        for column in _scores(frame, score)
        for name in names
        if name != first
    ]
    return pd.DataFrame(rows, columns=None if rows else ["variant", "baseline", "score", "difference", "low", "high"])


def interval(values: np.ndarray) -> tuple[float, float]:
    """The 95 % bootstrap interval of the mean of independent values; not a number for fewer than two."""
    import numpy as np

    if len(values) < 2:
        return float("nan"), float("nan")
    chance, means = np.random.default_rng(_SEED), np.empty(RESAMPLES)
    step = max(1, _BLOCK // len(values))
    for start in range(0, RESAMPLES, step):
        count = min(step, RESAMPLES - start)
        means[start : start + count] = values[chance.integers(len(values), size=(count, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def _mean(group: Frame, column: str) -> dict[str, Any]:
    present = group[["row", column]].dropna()
    by_question = present.groupby("row")[column].mean().to_numpy(float)
    values = by_question if len(by_question) > 1 else present[column].to_numpy(float)
    low, high = interval(values)
    mean = float(values.mean()) if len(values) else float("nan")
    missing = len(group) - len(present)
    return {
        "mean": mean,
        "low": low,
        "high": high,
        "questions": len(by_question),
        "n": len(present),
        "missing": missing,
    }


def _difference(frame: Frame, name: str, baseline: Any, column: str) -> dict[str, Any]:
    means = frame[["variant", "row", column]].dropna().groupby(["variant", "row"])[column].mean().unstack("variant")
    if name not in means or baseline not in means:
        return {
            "difference": float("nan"),
            "low": float("nan"),
            "high": float("nan"),
            "better": 0,
            "worse": 0,
            "pairs": 0,
        }
    differences = (means[name] - means[baseline]).dropna().to_numpy(float)
    low, high = interval(differences)
    return {
        "difference": float(differences.mean()) if len(differences) else float("nan"),
        "low": low,
        "high": high,
        "better": int((differences > 0).sum()),
        "worse": int((differences < 0).sum()),
        "pairs": len(differences),
    }


def score_column(frame: Frame, score: str | None) -> str:
    """The column of one score; the first one if None.

    Raises:
        UnknownNameError: If there is no such score.
        ConfigurationError: If the frame has no scores.
    """
    return _scores(frame, score)[0]


def _scores(frame: Frame, score: str | Sequence[str] | None) -> list[str]:
    known = [str(name) for name in frame.columns if str(name).startswith("score_") and name != "score_problems"]
    if not known:
        raise ConfigurationError("The frame has no scores: give experiment(...) some scorers.")
    if score is None:
        return known
    wanted = [score] if isinstance(score, str) else list(score)
    columns = [name if name.startswith("score_") else f"score_{name}" for name in wanted]
    for name, column in zip(wanted, columns, strict=True):
        if column not in known:
            raise UnknownNameError("score", name, [item.removeprefix("score_") for item in known])
    return columns
