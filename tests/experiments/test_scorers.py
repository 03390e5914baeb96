"""Scorers: what each says of an answer."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.errors import ConfigurationError, ToolDefinitionError
from jupyter_tools.experiments.answers import Answer
from jupyter_tools.experiments.scorers import (
    NoScoreError,
    Outcome,
    Scorer,
    as_number,
    as_scorers,
    contains,
    exact,
    expected_calls,
    function_scorer,
    json_schema,
    number_in,
    numeric,
    regex,
    tool_calls,
)


def outcome(text: str = "", expected: Any = None, calls: tuple[Any, ...] = (), **row: Any) -> Outcome:
    answer = Answer(text=text, tool_calls=calls)
    return Outcome(key="k", prompt="p", row={"expected": expected, **row}, answer=answer)


def score(scorer: Scorer, text: str, expected: Any = None, **more: Any) -> float:
    return as_number(scorer.score(outcome(text, expected, **more)))


@pytest.mark.parametrize(("text", "good"), [("Paris", 1), (" paris.\n", 1), ("«Paris»", 1), ("In Paris", 0), ("", 0)])
def test_exact_overlooks_case_and_punctuation_around(text: str, good: float) -> None:
    assert score(exact(), text, "Paris") == good


def test_exact_and_contains_can_be_strict() -> None:
    assert score(exact(strict=True), "paris", "Paris") == 0
    assert score(contains(strict=True), "in paris", "Paris") == 0


@pytest.mark.parametrize(("text", "good"), [("It is  MOSCOW, of course", 1), ("It is Mos cow", 0)])
def test_contains_looks_everywhere(text: str, good: float) -> None:
    assert score(contains(), text, "Moscow") == good


def test_regex_searches() -> None:
    assert score(regex(r"\b\d{4}\b"), "in 1789 it began") == 1
    assert score(regex(r"^\d{4}$"), "in 1789 it began") == 0


@pytest.mark.parametrize(
    ("text", "good"),
    [('{"x": 1}', 1), ('Here:\n```json\n{"x": 1}\n```', 1), ('{"x": "1"}', 0), ("no JSON", 0), ("[" * 20_000, 0)],
)
def test_json_schema_reads_the_answer_as_json(text: str, good: float) -> None:
    schema = {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]}
    assert score(json_schema(schema), text) == good


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("It is 3.14.", 3.14),
        ("1,234,567 people", 1234567),
        ("1 234,5", 5),
        ("−5 °C", -5),
        ("first 3, then 4", 4),
        ("12.5 %", 12.5),
        ("1e-3", 0.001),
        ("none", None),
    ],
)
def test_the_last_number_counts(text: str, number: float | None) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize(
    ("scorer", "good"),
    [(numeric(), 0), (numeric(tolerance=0.01), 1), (numeric(tolerance=0.01, relative=True), 1)],
)
def test_numeric_allows_a_tolerance(scorer: Scorer, good: float) -> None:
    assert score(scorer, "about 3.14", 3.1459) == good


@given(st.text())
def test_any_text_can_be_searched_for_a_number(text: str) -> None:
    number_in(text)


CALL = {"name": "add", "arguments": {"x": 1, "y": 2.0}}


@pytest.mark.parametrize(
    ("expected", "made", "good"),
    [
        ([CALL], (CALL,), 1),
        ([CALL], ({"name": "add", "arguments": {"y": 2, "x": 1.0}},), 1),
        ([CALL], ({"name": "add", "arguments": {"x": 1}},), 0),
        ([CALL], (), 0),
        ([CALL], (CALL, CALL), 2 / 3),
        ("add", (CALL,), 1),
        ("add, sub", (CALL,), 2 / 3),
        ('{"name": "add", "arguments": {"x": 1, "y": 2}}', (CALL,), 1),
        (None, (), 1),
        (None, (CALL,), 0),
        ([{"name": "add", "arguments": {"x": True, "y": 2}}], (CALL,), 0),
    ],
)
def test_tool_calls_are_compared_by_name_and_arguments(expected: Any, made: tuple[Any, ...], good: float) -> None:
    assert score(tool_calls(), "", expected, calls=made) == pytest.approx(good)


def test_tool_calls_can_be_compared_by_name_alone_or_in_order() -> None:
    other = {"name": "add", "arguments": {}}
    assert score(tool_calls(arguments=False), "", [CALL], calls=(other,)) == 1
    assert score(tool_calls(ordered=True), "", "add,sub", calls=({"name": "sub", "arguments": {}}, other)) == 0


def test_expected_calls_may_be_missing() -> None:
    assert expected_calls(pd.NA) == expected_calls(float("nan")) == expected_calls("") == []


def test_a_function_is_given_what_its_parameters_are_called() -> None:
    def everything(answer: str, row: Any, prompt: str, calls: Any, outcome: Outcome, city: str, other: int = 3) -> bool:
        return (answer, prompt, calls, city, other) == ("a", "p", [], "Rome", 3) and row["city"] == "Rome"

    scorer = function_scorer(everything)
    assert scorer.columns == ("city",)
    assert as_number(scorer.score(outcome("a", city="Rome"))) == 1


@pytest.mark.parametrize("function", [lambda: 1, len, 3])
def test_what_cannot_be_called_by_names_is_no_scorer(function: Any) -> None:
    with pytest.raises(ConfigurationError, match="scorer"):
        as_scorers([function], ())


def test_two_scorers_of_one_name_get_two_names() -> None:
    scorers = as_scorers([regex("a"), regex("b"), regex("c"), regex("d").named("d")], ())
    assert [scorer.name for scorer in scorers] == ["regex", "regex_2", "regex_3", "d"]


@pytest.mark.parametrize("value", [True, 0.5, np.float64(1.5), np.bool_(True), "2"])
def test_numbers_of_every_kind_are_scores(value: Any) -> None:
    assert as_number(value) == float(value)


@pytest.mark.parametrize("value", [None, float("nan"), pd.NA, "good", [1], float("inf")])
def test_what_is_no_number_is_no_score(value: Any) -> None:
    with pytest.raises(NoScoreError):
        as_number(value)


@pytest.mark.parametrize("scorer", [exact(), contains(), numeric()])
def test_a_row_without_an_expected_value_has_no_score(scorer: Scorer) -> None:
    with pytest.raises(NoScoreError, match="no value in this row"):
        scorer.score(outcome("x", None))


def test_a_mistake_in_a_pattern_or_a_schema_is_told_at_once() -> None:
    with pytest.raises(ConfigurationError, match="no regular expression"):
        regex("(")
    with pytest.raises(ToolDefinitionError):
        json_schema({"type": "strange"})
