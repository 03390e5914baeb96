from importlib.metadata import EntryPoint

import pytest

from jupyter_tools.errors import ConfigurationError, ToolDefinitionError, UnknownNameError
from jupyter_tools.tools.decorator import tool
from jupyter_tools.tools.registry import ENTRY_POINT_GROUP, ToolRegistry, default_registry


@tool
def greet(name: str) -> str:
    """Greet."""
    return f"Hello, {name}!"


def shout(name: str) -> str:
    return name.upper()


def point(name: str, value: str) -> EntryPoint:
    return EntryPoint(name=name, value=value, group=ENTRY_POINT_GROUP)


def test_a_registered_tool_or_function_is_found_by_name():
    registry = ToolRegistry()
    assert registry.register(greet) is greet
    assert registry.register(shout).name == "shout"
    assert registry.get("greet") is greet
    assert registry.names() == ["greet", "shout"]
    assert "shout" in registry
    assert [item.name for item in registry] == ["greet", "shout"]
    assert len(registry) == 2


def test_an_unknown_name_names_the_nearest():
    registry = ToolRegistry()
    registry.register(greet)
    with pytest.raises(UnknownNameError, match="Did you mean 'greet'"):
        registry.get("great")


def test_another_tool_of_the_same_name_needs_replace():
    def other() -> None: ...

    registry = ToolRegistry()
    registry.register(greet)
    impostor = tool(name="greet")(other)
    with pytest.raises(ConfigurationError, match="replace=True"):
        registry.register(impostor)
    registry.register(impostor, replace=True)
    assert registry.get("greet") is impostor


def test_running_a_cell_again_replaces_its_tool():
    def cell():
        @tool
        def mine() -> None: ...

        return mine

    registry = ToolRegistry()
    registry.register(cell())
    second = cell()
    registry.register(second)
    assert registry.get("mine") is second


@pytest.mark.parametrize("names", ["greet, shout,greet", ["greet", "shout", "greet"]])
def test_a_selection_is_in_the_order_asked_for_and_without_doubles(names):
    registry = ToolRegistry()
    registry.register(shout)
    registry.register(greet)
    assert [item.name for item in registry.select(names)] == ["greet", "shout"]


def test_selecting_nothing_gives_nothing():
    assert ToolRegistry().select("") == []
    assert ToolRegistry().select([]) == []


def test_selecting_an_unknown_name_is_an_error():
    with pytest.raises(UnknownNameError, match="There is no tool 'nothing'"):
        ToolRegistry().select("nothing")


def test_entry_points_are_loaded_when_they_are_asked_for():
    registry = ToolRegistry([point("greet", f"{__name__}:greet"), point("shout", f"{__name__}:shout")])
    assert registry.names() == ["greet", "shout"]
    assert registry.get("greet") is greet
    assert registry.get("shout")(name="a") == "A"


@pytest.mark.parametrize("value", ["nowhere.at.all:x", f"{__name__}:missing", f"{__name__}:__doc__"])
def test_a_broken_entry_point_is_named_and_does_not_break_the_others(value):
    registry = ToolRegistry([point("broken", value), point("greet", f"{__name__}:greet")])
    with pytest.warns(RuntimeWarning, match="'broken'.*cannot be loaded"):
        assert [item.name for item in registry] == ["greet"]
    assert registry.names() == ["greet"]


def test_asking_for_a_broken_tool_says_why():
    registry = ToolRegistry([point("broken", "nowhere.at.all:x")])
    with pytest.raises(ConfigurationError, match="No module named 'nowhere'"):
        registry.get("broken")


def test_of_two_entry_points_with_one_name_the_first_counts():
    with pytest.warns(RuntimeWarning, match="the name is taken"):
        registry = ToolRegistry([point("greet", f"{__name__}:greet"), point("greet", f"{__name__}:shout")])
    assert registry.get("greet") is greet


def test_a_registered_tool_hides_an_entry_point_only_with_replace():
    registry = ToolRegistry([point("greet", "nowhere:greet")])
    with pytest.raises(ConfigurationError, match="replace=True"):
        registry.register(greet)
    registry.register(greet, replace=True)
    assert registry.get("greet") is greet


def test_what_is_neither_tool_nor_function_cannot_be_registered():
    with pytest.raises(ToolDefinitionError):
        ToolRegistry().register(5)


def test_the_default_registry_holds_the_built_in_tools():
    registry = default_registry()
    assert registry is default_registry()
    assert {"math_eval", "time_now"} <= set(registry.names())
    assert registry.get("math_eval")(expression="2 + 2")["result"] == 4
