"""Scoring: a scorer that fails is a missing score with a reason."""

import threading

from jupyter_tools.experiments.answers import Answer
from jupyter_tools.experiments.scorers import Outcome, as_scorers, exact
from jupyter_tools.experiments.scoring import Score, scored, scored_here

GOOD = Outcome(key="k", prompt="p", row={"expected": "x"}, answer=Answer(text="x"))
FAILED = Outcome(key="k", prompt="p", row={"expected": "x"}, answer=Answer(error="no network"))


def broken(answer: str) -> float:
    raise ValueError(f"cannot read {answer}")


def silent(answer: str) -> None:
    "Gives nothing."


async def slow(answer: str) -> float:
    return 0.25


def thread(answer: str) -> bool:
    return threading.current_thread() is not threading.main_thread()


async def test_a_scorer_that_raises_is_a_missing_score_with_a_reason() -> None:
    scores = await scored(GOOD, as_scorers([exact(), broken, silent], ("expected",)))
    assert scores["exact"] == Score(1.0)
    assert scores["broken"] == Score(None, "ValueError: cannot read x")
    assert scores["silent"] == Score(None, "it gave no value")


async def test_a_function_runs_beside_the_event_loop_and_may_be_asynchronous() -> None:
    assert await scored(GOOD, as_scorers([thread, slow], ())) == {"thread": Score(1.0), "slow": Score(0.25)}


async def test_without_an_answer_nothing_is_scored() -> None:
    assert await scored(FAILED, as_scorers([exact(), broken], ("expected",))) == scored_here(
        FAILED, as_scorers([exact(), broken], ("expected",))
    )
    assert (await scored(FAILED, as_scorers([broken], ())))["broken"] == Score(None, "there is no answer")
