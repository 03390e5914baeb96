"""A model as judge."""

import json
import re
from typing import Any

import pandas as pd
import pytest

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.experiments.experiment import Experiment, experiment
from jupyter_tools.experiments.judge import judge
from jupyter_tools.providers.base import Request
from jupyter_tools.providers.prices import PRICES, Price
from jupyter_tools.providers.scripted import register_script
from jupyter_tools.traces.store import TraceStore
from tests.experiments.models import COUNTRIES, PROMPT, Calls, asked

CRITERIA = ["It is right.", "It is short.", "It is polite."]


class Judge:
    """A scripted judge, and what it was asked."""

    def __init__(self, *says: str) -> None:
        self.texts: list[str] = []
        self.says = says
        register_script("judge", [self._answer])

    def _answer(self, request: Request) -> list[str]:
        self.texts.append(asked(request))
        return [self.says[min(len(self.texts), len(self.says)) - 1]]


def run(scorer: Any, store: TraceStore, **settings: Any) -> pd.DataFrame:
    given = {"models": "scripted:capital", "data": COUNTRIES, "progress": False, "store": store}
    return experiment(PROMPT, scorers=[scorer], **{**given, **settings})


def grades(*numbers: int) -> str:
    return json.dumps({"grades": numbers, "reason": "so"})


def test_grades_become_a_score_from_0_to_1(calls: Calls, store: TraceStore) -> None:
    Judge(f"Well:\n```json\n{grades(5, 3, 1)}\n```")
    frame = run(judge(CRITERIA, model="scripted:judge"), store)
    assert list(frame["score_judge"]) == [0.5] * 3


def test_the_criteria_are_shown_in_shuffled_order(calls: Calls, store: TraceStore) -> None:
    asked_of = Judge(grades(5, 5, 5))
    run(judge(CRITERIA, model="scripted:judge"), store, repeats=8)
    orders = {tuple(re.findall(r"^\d\. (.*)$", text, re.MULTILINE)) for text in asked_of.texts}
    assert len(orders) > 1
    assert all(sorted(order) == sorted(CRITERIA) for order in orders)


def test_what_a_judge_said_is_not_paid_for_again(calls: Calls, store: TraceStore) -> None:
    asked_of = Judge(grades(4))
    first = run(judge("It is right.", model="scripted:judge"), store)
    second = run(judge("It is right.", model="scripted:judge"), store)
    assert len(asked_of.texts) == 3
    assert list(first["score_judge"]) == list(second["score_judge"]) == [0.75] * 3


def test_what_a_judge_costs_is_counted_while_it_runs(
    calls: Calls, store: TraceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PRICES, "scripted:judge", Price(input=1.0, output=1.0))
    Judge(grades(4))
    chosen = Experiment(
        PROMPT,
        models="scripted:capital",
        data=COUNTRIES,
        store=store,
        scorers=[judge("It is right.", model="scripted:judge")],
    )
    frame = chosen.run_sync()
    assert frame["cost"].sum() == 0
    assert chosen.progress.cost > 0


def test_the_judge_sees_the_reference(calls: Calls, store: TraceStore) -> None:
    asked_of = Judge(grades(1))
    run(judge("It is right.", model="scripted:judge", reference="expected"), store)
    assert any("<reference>\nМосква\n</reference>" in text for text in asked_of.texts)  # in any order


def test_of_two_answers_each_comes_first_now_and_then(calls: Calls, store: TraceStore) -> None:
    asked_of = Judge('{"better": "A"}')
    rows = [{**COUNTRIES[0], "other": f"other {n}"} for n in range(12)]
    frame = run(judge("It is right.", model="scripted:judge", against="other"), store, data=rows)
    first = ["<answer_A>\nParis" in text for text in asked_of.texts]
    assert {True, False} == set(first)
    assert sorted(frame["score_judge"]) == sorted(map(float, first))


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("I like it.", "gave no JSON"),
        ('{"grades": [9]}', "not grades from 1 to 5"),
        ('{"grades": [5, 5]}', "instead of 1 grades"),
        ('{"grades": "good"}', "instead of 1 grades"),
        ("[1]", "gave no JSON"),
    ],
)
def test_a_judge_that_does_not_grade_is_a_missing_score(
    calls: Calls, store: TraceStore, said: str, problem: str
) -> None:
    Judge(said)
    frame = run(judge("It is right.", model="scripted:judge"), store)
    assert frame["score_judge"].isna().all()
    assert problem in frame["score_problems"][0]


def test_a_judge_that_fails_is_a_missing_score(calls: Calls, store: TraceStore) -> None:
    frame = run(judge("It is right.", model="scripted:nobody"), store)
    assert "the judge failed" in frame["score_problems"][0]


def test_its_calls_are_in_the_estimate(calls: Calls, store: TraceStore) -> None:
    scorer = judge("It is right.", model="openai:gpt-4o")
    settings = {"models": "scripted:capital", "data": COUNTRIES, "store": store}
    with_judge = Experiment(PROMPT, scorers=[scorer], **settings).estimate()  # pyright: ignore[reportArgumentType]
    assert with_judge.calls == 6
    assert with_judge.cost > 0


def test_mistakes_are_told_at_once() -> None:
    with pytest.raises(ConfigurationError, match="rubric"):
        judge([])
    with pytest.raises(ConfigurationError, match="best is 1"):
        judge("good", best=1)
    with pytest.raises(UnknownNameError):
        judge("good", model="nobody")
