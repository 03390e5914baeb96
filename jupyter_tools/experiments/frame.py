"""The frame of an experiment: one row for each finished cell, every column with its dtype."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from jupyter_tools.experiments.answers import Answer
from jupyter_tools.experiments.cells import Cell
from jupyter_tools.experiments.scorers import Scorer
from jupyter_tools.experiments.scoring import Scores
from jupyter_tools.json_types import encodable

if TYPE_CHECKING:
    import pandas as pd

_OURS = {  # column: dtype
    **dict.fromkeys(("experiment", "variant", "prompt", "model", "tools", "system", "input", "answer"), "string"),
    **dict.fromkeys(("score_problems", "error", "stop_reason", "run_id"), "string"),
    **dict.fromkeys(("row", "repeat", "input_tokens", "output_tokens", "reasoning_tokens"), "Int64"),
    **dict.fromkeys(("cached_tokens", "turns", "tool_calls"), "Int64"),
    **dict.fromkeys(("cost", "latency_ms"), "Float64"),
    **dict.fromkeys(("reused", "tokens_estimated"), "boolean"),
}


@dataclass(frozen=True, slots=True)
class Done:
    """A finished cell.

    Attributes:
        cell: The question.
        answer: What came of it.
        scores: How good it is.
        reused: True if it was finished before this run.
    """

    cell: Cell
    answer: Answer
    scores: Scores
    reused: bool


def frame_of(
    name: str, done: Sequence[Done], columns: Sequence[str], scorers: Sequence[Scorer], parameters: Sequence[str]
) -> pd.DataFrame:
    """The frame of finished cells, in the order they are given.

    A parameter or a column of the data that is called like one of ours has "param_" or "data_" in front.

    Args:
        name: The experiment's name.
        done: The cells.
        columns: The columns of the data.
        scorers: Each gives a column `score_NAME`.
        parameters: The parameters of all variants.
    """
    import pandas as pd

    series: dict[str, Any] = {"variant": [item.cell.variant.name for item in done]}  # what matters comes first:
    for column in columns:  # of many columns, a notebook shows the first ten and the last ten
        target = f"data_{column}" if column in _OURS or column in parameters else column
        series[target] = _plain(item.cell.row.get(column) for item in done)
    series |= {"repeat": [item.cell.repeat for item in done], "answer": [_text(item.answer) for item in done]}
    for scorer in scorers:
        values = [score.value if (score := item.scores.get(scorer.name)) else None for item in done]
        series[f"score_{scorer.name}"] = pd.array(values, dtype="Float64")
    series |= {"score_problems": [_problems(item.scores) for item in done]} if scorers else {}
    series |= {"error": [item.answer.error for item in done], **_identity(name, done)}
    for parameter in parameters:
        target = f"param_{parameter}" if parameter in _OURS else parameter
        series[target] = _plain(item.cell.variant.columns.get(parameter) for item in done)
    series |= _figures(done)
    made = {name: _of_whole_letters(partial(pd.Series, dtype=_OURS.get(name)), series[name]) for name in series}
    return pd.DataFrame(made)


def _of_whole_letters(column: Callable[[Any], Any], values: Any) -> Any:
    """The column of these values. Arrow takes no half of a surrogate pair, which some models write."""
    try:
        return column(values)
    except UnicodeEncodeError:
        return column([encodable(v) if isinstance(v, str) else v for v in values])


def _identity(name: str, done: Sequence[Done]) -> dict[str, list[Any]]:
    variants = [item.cell.variant for item in done]
    said = {key: [variant.columns.get(key) for variant in variants] for key in ("prompt", "model", "tools", "system")}
    asked = {"row": [item.cell.place for item in done], "input": [item.cell.text for item in done]}
    return {"experiment": [name] * len(done), **said, **asked}


def _figures(done: Sequence[Done]) -> dict[str, list[Any]]:
    answers = [item.answer for item in done]
    usage = ("input_tokens", "output_tokens", "reasoning_tokens", "cached_tokens", "cost")
    return {
        "stop_reason": [answer.stop_reason for answer in answers],
        **{name: [getattr(answer.usage, name) for answer in answers] for name in usage},
        "tokens_estimated": [answer.usage.estimated for answer in answers],
        "latency_ms": [answer.latency_ms for answer in answers],
        "turns": [answer.turns for answer in answers],
        "tool_calls": [len(answer.tool_calls) for answer in answers],
        "reused": [item.reused for item in done],
        "run_id": [answer.run_id for answer in answers],
    }


def _plain(values: Iterable[Any]) -> Any:
    """A column of whatever people have in it, with the nullable dtype that fits; lists and dicts as JSON text."""
    import pandas as pd

    listed = [json.dumps(v, ensure_ascii=False, default=str) if isinstance(v, list | Mapping) else v for v in values]
    return _of_whole_letters(lambda values: pd.Series(values, dtype="object").convert_dtypes().array, listed)


def _text(answer: Answer) -> str | None:
    return None if answer.failed and not answer.text else answer.text


def _problems(scores: Scores) -> str | None:
    told = [f"{name}: {score.problem}" for name, score in scores.items() if score.problem]
    return "; ".join(told) or None
