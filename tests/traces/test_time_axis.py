import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.traces.time_axis import TimeAxis, round_step

INTERVALS = st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**6)), min_size=1, max_size=30).map(
    lambda pairs: [(start, start + length) for start, length in pairs]
)


@given(INTERVALS)
def test_places_keep_the_order_of_times_and_stay_on_the_line(intervals: list[tuple[int, int]]) -> None:
    axis = TimeAxis(intervals, 760)
    places = [axis.x(at) for at in sorted(at for pair in intervals for at in pair)]
    assert places == sorted(places)
    assert all(0 <= place <= 760.001 for place in places)


def test_a_long_pause_takes_little_room_and_says_how_long_it_was() -> None:
    axis = TimeAxis([(0, 1000), (3_600_000_000, 3_600_001_000)], 400)
    [pause] = axis.pauses
    assert pause.width == 16
    assert pause.duration_ms == pytest.approx(3_600_000, rel=1e-5)
    assert axis.x(1000) == pytest.approx(192)
    assert axis.x(3_600_000_000) == pytest.approx(208)


def test_ticks_stand_at_round_times() -> None:
    axis = TimeAxis([(0, 2_300_000)], 760)
    assert [milliseconds for _, milliseconds in axis.ticks()] == [0, 500, 1000, 1500, 2000]


def test_nothing_at_all_has_a_line_too() -> None:
    axis = TimeAxis([], 760)
    assert axis.x(5) == 0
    assert axis.ticks() == []


@pytest.mark.parametrize(("at_least", "step"), [(0.3, 1), (1.1, 2), (2.5, 5), (6, 10), (301, 500)])
def test_a_round_step_is_one_two_or_five(at_least: float, step: int) -> None:
    assert round_step(at_least) == step
