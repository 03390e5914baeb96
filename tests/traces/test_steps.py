import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.traces.frame import Traces
from jupyter_tools.traces.steps import nested, steps_of
from tests.traces.steps_made import step


def test_a_frame_gives_its_rows_as_steps(two_runs: Traces) -> None:
    steps = steps_of(two_runs(), "timeline()")
    assert [each.kind for each in steps] == list(two_runs().kind)
    assert steps[0].input == "Сколько будет 0+2?"
    assert all(each.error is None and each.ended >= each.started for each in steps)


def test_a_frame_without_the_columns_is_refused_by_name(two_runs: Traces) -> None:
    with pytest.raises(ConfigurationError, match="tree\\(\\) needs the columns span_id, parent_id"):
        steps_of(two_runs()[["kind", "name"]], "tree()")


def test_children_follow_their_parents_in_the_order_of_their_start() -> None:
    steps = [
        step("late", "run", started=9),
        step("run", started=1),
        step("early", "run", started=2),
        step("in", "early"),
    ]
    assert [(depth, each.span_id) for depth, each in nested(steps)] == [
        (0, "run"),
        (1, "early"),
        (2, "in"),
        (1, "late"),
    ]


@given(st.dictionaries(st.sampled_from("abcdef"), st.none() | st.sampled_from("abcdefxyz"), max_size=6))
def test_no_step_stands_twice_whatever_the_parents(parents: dict[str, str | None]) -> None:
    seen = [each.span_id for _, each in nested([step(name, parent) for name, parent in parents.items()])]
    assert len(seen) == len(set(seen))
    tops = [name for name, parent in parents.items() if parent not in parents or parent == name]
    assert set(tops) <= set(seen)
