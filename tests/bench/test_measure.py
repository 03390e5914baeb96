"""When a bench's limit is kept."""

import pytest

from tests.bench.measure import Bench, Row, table


def row(ours: float, floor: float | None = None, **limits: float) -> Row:
    bench = Bench(name="x", unit="ms", ours=lambda: ours, floor_name="bare", **limits)
    return Row(bench=bench, ours=ours, floor=floor, ratio=None if floor is None else ours / floor)


@pytest.mark.parametrize(("ours", "held"), [(4.0, True), (4.1, False)])
def test_a_limit_without_a_floor_is_the_same_everywhere(ours: float, held: bool):
    assert row(ours, 3.0, at_most=4).held is held


@pytest.mark.parametrize(("ours", "floor", "held"), [(5.9, 3.0, True), (6.1, 3.0, False), (4.1, 2.0, False)])
def test_a_slower_machine_may_take_as_much_longer_as_its_floor(ours: float, floor: float, held: bool):
    assert row(ours, floor, at_most=4, at_floor=2).held is held


def test_a_faster_machine_need_not_be_faster_than_the_limit():
    assert row(4.0, 1.0, at_most=4, at_floor=2).held


def test_a_ratio_is_a_limit_of_its_own():
    assert not row(3.0, 1.0, at_most=4, at_most_ratio=2).held


def test_the_table_gives_both_limits_where_the_machine_is_slower():
    assert "| 4, 6 at this floor | yes |" in table([row(5.0, 3.0, at_most=4, at_floor=2)])
    assert "| 4 | yes |" in table([row(3.0, 2.0, at_most=4, at_floor=2)])
