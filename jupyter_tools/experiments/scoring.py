"""Scores of one answer: every scorer has its say, and one that fails is a missing score with a reason."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from jupyter_tools.experiments.scorers import NoScoreError, Outcome, Scorer, as_number
from jupyter_tools.tools.attempt import attempt, attempt_in_thread


@dataclass(frozen=True, slots=True)
class Score:
    """What a scorer says: a value, or why there is none."""

    value: float | None
    problem: str | None = None


Scores: TypeAlias = dict[str, Score]
Ask: TypeAlias = Callable[[Any], Awaitable[Any]]  # how a judge asks its model; see `judge`


def scored_here(outcome: Outcome, scorers: Iterable[Scorer]) -> Scores:
    """The scores, computed in this thread; judges are left out."""
    chosen = [scorer for scorer in scorers if scorer.place != "judge"]
    if outcome.answer.failed:
        return {scorer.name: _UNANSWERED for scorer in chosen}
    return {scorer.name: _score_of(*_computed(scorer, outcome)) for scorer in chosen}


async def scored(outcome: Outcome, scorers: Iterable[Scorer]) -> Scores:
    """The scores, where slow functions do not keep the event loop; judges are left out."""
    scores: Scores = {}
    for scorer in scorers:
        if scorer.place == "thread" and not outcome.answer.failed:
            scores |= await asyncio.to_thread(scored_here, outcome, [scorer])
        else:
            scores |= scored_here(outcome, [scorer])
    return scores


async def judged(outcome: Outcome, judges: Iterable[Scorer], ask: Ask) -> Scores:
    """The scores that models give."""
    scores: Scores = {}
    for judge in judges:
        if outcome.answer.failed:
            scores[judge.name] = _UNANSWERED
            continue
        value, error = await attempt(lambda judge=judge: judge.score(outcome, ask), as_number)
        if isinstance(error, asyncio.CancelledError):
            raise error
        scores[judge.name] = _score_of(value, error)
    return scores


_UNANSWERED = Score(None, "there is no answer")


def _computed(scorer: Scorer, outcome: Outcome) -> tuple[float | None, BaseException | None]:
    return attempt_in_thread(lambda: scorer.score(outcome), as_number)


def _score_of(value: float | None, error: BaseException | None) -> Score:
    if error is None:
        return Score(value)
    return Score(None, str(error) if isinstance(error, NoScoreError) else f"{type(error).__name__}: {error}")
