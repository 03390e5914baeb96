from jupyter_tools.notebook.groups import Group, groups
from jupyter_tools.notebook.parts import TextPart, ToolPart


def calls(count: int, name: str = "square") -> list[ToolPart]:
    return [ToolPart(name=name, status="ok") for _ in range(count)]


def test_a_handful_of_calls_stands_by_itself():
    assert groups([TextPart("a"), *calls(8), TextPart("b")]) == []


def test_many_calls_in_a_row_fold_and_are_counted():
    many = calls(100)
    many[3].status, many[4].status = "error", "running"
    label = "100 calls of square: 98 done, 1 failed, 1 running"
    assert groups([TextPart("a"), *many, TextPart("b")]) == [Group(start=1, stop=101, label=label)]


def test_calls_of_several_tools_fold_together_and_what_stands_between_parts_them():
    found = groups([*calls(5, "f"), *calls(5, "g"), TextPart("so"), *calls(9)])
    assert [(group.start, group.stop) for group in found] == [(0, 10), (11, 20)]
    assert found[0].label == "10 tool calls: 10 done"
