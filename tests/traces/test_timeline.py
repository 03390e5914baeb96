from jupyter_tools.traces.timeline import ROW_EACH, lay_out
from tests.traces.steps_made import many_steps, step


def test_few_steps_have_a_row_each_in_the_order_of_the_tree() -> None:
    run = step("run", kind="agent", input="Why?", duration_ms=9)
    layout = lay_out([step("b", "run", started=5), run, step("a", "run", started=2, name="time_now")], 100)
    assert [(row.label, row.depth) for row in layout.rows] == [("Why?", 0), ("time_now", 1), ("search", 1)]


def test_many_steps_share_a_row_for_each_tool() -> None:
    layout = lay_out(many_steps(1000), 760)
    assert [row.label for row in layout.rows] == [f"tool_{number} (200)" for number in range(5)]
    assert len(layout.bars) == 1000


def test_what_ran_at_the_same_time_stands_below_each_other() -> None:
    same = [step(f"s{number}", duration_ms=5) for number in range(4)]
    later = [step(f"t{number}", started=9000) for number in range(ROW_EACH)]
    [row] = (layout := lay_out(same + later, 760)).rows
    assert [bar.level for bar in layout.bars[:4]] == [0, 1, 2, 3]
    assert row.levels == 8


def test_tools_beyond_the_longest_share_one_row() -> None:
    layout = lay_out([step(f"s{number}", name=f"tool {number}") for number in range(100)], 760)
    assert layout.rows[-1].label == "others (86)"
    assert len(layout.rows) == 15
