import pytest

from jupyter_tools.messages import Usage
from jupyter_tools.notebook.turn_usage import LivePace, TurnUsage, cost_words, pace, pace_words, usage_table

FIRST = TurnUsage(
    turn=1,
    model="a:b",
    usage=Usage(input_tokens=1200, output_tokens=100, cost=0.01),
    duration_ms=3_000.0,
    first_token_ms=1_000.0,
)
SECOND = TurnUsage(turn=2, model="a:b", usage=Usage(input_tokens=10, output_tokens=5, cost=0.002))


def test_the_speed_is_that_of_speaking_and_not_of_waiting():
    assert pace([FIRST, SECOND]) == 50.0
    assert pace([SECOND]) == 0.0


def test_the_speed_of_what_is_still_coming_needs_a_second():
    live = LivePace()
    for at_ms in range(0, 1000, 100):
        live.add(float(at_ms))
        assert live.per_second == 0.0
    live.add(1000.0)
    assert live.per_second == 11.0


def test_pieces_without_times_have_no_speed():
    live = LivePace()
    live.add(None)
    assert live.per_second == 0.0


@pytest.mark.parametrize(("cost", "words"), [(None, ""), (0.0, "$0.00"), (0.00123, "$0.0012"), (3.456, "$3.46")])
def test_cost_is_said_in_dollars_if_it_is_known(cost: float | None, words: str):
    assert cost_words(Usage(cost=cost)) == words


def test_a_speed_is_said_with_few_digits():
    assert (pace_words(0.0), pace_words(3.21), pace_words(123.4)) == ("", "3.2 tokens/s", "123 tokens/s")


def test_the_table_has_a_row_for_each_turn_the_sum_and_only_columns_in_use():
    table = usage_table([FIRST, SECOND])
    assert table.columns == ["turn", "model", "tokens in", "tokens out", "cost", "time", "speed"]
    assert table.rows == [
        ["1", "a:b", "1,200", "100", "$0.0100", "3.0 s", "50 tokens/s"],
        ["2", "a:b", "10", "5", "$0.0020", "", ""],
        ["all", "", "1,210", "105", "$0.0120", "3.0 s", "50 tokens/s"],
    ]


def test_one_turn_needs_no_sum_and_none_no_table():
    assert len(usage_table([FIRST]).rows) == 1
    assert usage_table([TurnUsage(turn=1)]).rows == []
