"""What an experiment will take, and the question before it."""

from typing import Any

import pytest

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.experiments.answers import Answer
from jupyter_tools.experiments.cells import Cell, cells_of
from jupyter_tools.experiments.estimate import OUTPUT_TOKENS, Estimate, confirm, estimate_of
from jupyter_tools.experiments.variants import variants_of
from jupyter_tools.messages import Usage

SMALL = Estimate(cells=3, finished=0, calls=3, input_tokens=10, output_tokens=20, cost=0.0)
LARGE = Estimate(cells=9000, finished=10, calls=8990, input_tokens=10, output_tokens=20, cost=12.5, unpriced=("a:b",))


def cells(**settings: Any) -> list[Cell]:
    return list(cells_of(variants_of({"prompts": "word " * 400, "models": "openai:gpt-4o", **settings}), [{}] * 10, 1))


def test_tokens_and_dollars_follow_from_the_prompts_and_the_prices() -> None:
    estimate = estimate_of(cells(), [])
    assert estimate.calls == 10
    assert 4000 < estimate.input_tokens < 6000
    assert estimate.output_tokens == 10 * OUTPUT_TOKENS
    assert estimate.cost == pytest.approx((estimate.input_tokens * 2.5 + estimate.output_tokens * 10) / 1e6)


def test_finished_cells_tell_how_long_answers_are() -> None:
    answers = [Answer(text="x", usage=Usage(output_tokens=40))] * 5
    estimate = estimate_of(cells(), answers)
    assert (estimate.cells, estimate.finished, estimate.output_tokens) == (15, 5, 400)


def test_tools_take_a_second_turn_and_their_schemas() -> None:
    assert estimate_of(cells(tools=["math_eval"]), []).calls == 20
    assert estimate_of(cells(params={"max_tokens": 5}), []).output_tokens == 50


def test_a_model_without_a_price_is_named() -> None:
    estimate = estimate_of(cells(models="openai:nobody-knows"), [])
    assert estimate.unpriced == ("openai:nobody-knows",)
    assert "what openai:nobody-knows costs is not known" in str(estimate)


def test_a_small_experiment_needs_no_question() -> None:
    confirm(SMALL, calls=3, cost=0.0, ask=lambda _: pytest.fail("asked"))


@pytest.mark.parametrize("typed", ["", "n", "nyet"])
def test_a_large_one_does_not_begin_unless_somebody_says_yes(typed: str) -> None:
    with pytest.raises(ConfigurationError, match="not begun, as you wished"):
        confirm(LARGE, calls=1000, cost=100, ask=lambda _: typed)


@pytest.mark.parametrize("typed", ["y", " Yes ", "да"])
def test_who_says_yes_was_told_how_large_it_is(typed: str) -> None:
    shown: list[str] = []
    confirm(LARGE, calls=1000, cost=100, ask=lambda text: shown.append(text) or typed)
    assert "9,000 cells (10 are finished and not asked again): about 8,990 calls" in shown[0]
    assert "$12.5" in shown[0]


def test_an_expensive_one_asks_as_well() -> None:
    with pytest.raises(ConfigurationError, match="as you wished"):
        confirm(LARGE, calls=10_000, cost=1, ask=lambda _: "no")


@pytest.mark.parametrize("error", [EOFError, OSError, NotImplementedError])
def test_where_nobody_is_it_says_how_to_agree_beforehand(error: type[Exception]) -> None:
    def nobody(_: str) -> str:
        raise error

    with pytest.raises(ConfigurationError, match="yes=True"):
        confirm(LARGE, calls=1, cost=1, ask=nobody)
