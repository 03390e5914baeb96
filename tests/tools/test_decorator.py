from __future__ import annotations

import enum
import functools
import inspect
from dataclasses import dataclass

import pytest

from jupyter_tools.errors import ToolArgumentsError, ToolDefinitionError
from jupyter_tools.tools.decorator import as_tool, tool
from jupyter_tools.tools.tool import AgentTool, ToolExample


class Unit(enum.Enum):
    CELSIUS = "C"
    FAHRENHEIT = "F"


@tool
def weather(city: str, unit: Unit = Unit.CELSIUS) -> str:
    """The weather in a city.

    Args:
        city: The city's name.
        unit: The unit.
    """
    return f"{city}: 20 {unit.value}"


def test_a_function_becomes_a_tool_with_its_name_docstring_and_schema():
    assert weather.name == "weather"
    assert weather.description == "The weather in a city."
    assert weather.parameters["required"] == ["city"]
    assert weather.parameters["properties"]["unit"] == {
        "description": "The unit.",
        "enum": ["C", "F"],
        "type": "string",
        "default": "C",
    }


def test_a_tool_is_still_the_function():
    assert weather("Осло", unit=Unit.FAHRENHEIT) == "Осло: 20 F"
    assert list(inspect.signature(weather).parameters) == ["city", "unit"]
    assert inspect.getdoc(weather) == inspect.getdoc(weather.function)


def test_arguments_reach_the_function_as_its_annotations_say():
    assert weather.function_arguments({"city": "Осло", "unit": "F"}) == {"city": "Осло", "unit": Unit.FAHRENHEIT}


def test_a_value_that_cannot_be_made_names_its_parameter():
    @tool
    def add(items: tuple[int, ...]) -> int:
        return sum(items)

    with pytest.raises(ToolArgumentsError, match="items: 'int' object is not iterable"):
        add.function_arguments({"items": 5})


def test_plain_arguments_are_handed_on_without_a_copy():
    @tool
    def add(a: int, b: int = 0) -> int:
        return a + b

    arguments = {"a": 1}
    assert add.function_arguments(arguments) is arguments


def test_options_are_kept():
    example = ToolExample(request="Go!", arguments={})

    @tool(name="go", description="Goes.", examples=[example], timeout_s=2, sequential=True, requires_approval=True)
    def f() -> None: ...

    assert (f.name, f.description, f.examples, f.timeout_s) == ("go", "Goes.", (example,), 2)
    assert f.sequential
    assert f.requires_approval


def test_async_functions_run_in_the_loop_and_others_in_a_thread():
    async def waits() -> None: ...
    def works() -> None: ...

    assert tool(waits).isolation == "loop"
    assert tool(works).isolation == "thread"
    assert tool(functools.partial(waits)).isolation == "loop"
    assert tool(isolation="process")(works).isolation == "process"


def test_a_class_defined_beside_the_tool_is_found():
    @dataclass
    class Local:
        a: int

    @tool
    def plain(a: Local) -> int:
        return a.a

    @tool(name="other")
    def with_options(a: Local) -> int:
        return a.a

    assert plain.function_arguments({"a": {"a": 1}}) == {"a": Local(1)}
    assert with_options.function_arguments({"a": {"a": 1}}) == {"a": Local(1)}


def test_a_bound_method_becomes_a_tool():
    class Shop:
        def price(self, item: str) -> int:
            """The price of an item."""
            return len(item)

    made = tool(Shop().price)
    assert made.name == "price"
    assert made.description == "The price of an item."
    assert made(item="abc") == 3


@pytest.mark.parametrize("name", ["", "с_русским", "with space", "x" * 65])
def test_names_that_models_do_not_accept_are_refused(name):
    def f() -> None: ...

    f.__name__ = name
    with pytest.raises(ToolDefinitionError, match="name="):
        tool(f)


def test_a_lambda_needs_a_name():
    with pytest.raises(ToolDefinitionError, match="name="):
        tool(lambda: 1)
    assert tool(name="one")(lambda: 1)() == 1


def test_as_tool_leaves_tools_and_takes_functions():
    def f() -> None: ...

    assert as_tool(weather) is weather
    assert isinstance(as_tool(f), AgentTool)


def test_as_tool_refuses_what_is_neither():
    with pytest.raises(ToolDefinitionError, match="neither a tool nor a function"):
        as_tool(5)


def test_examples_are_written_as_requests_and_arguments():
    @tool(examples={"Is it warm in Riga?": {"city": "Riga"}})
    def weather(city: str) -> str:
        """The weather."""
        return city

    assert weather.examples == (ToolExample(request="Is it warm in Riga?", arguments={"city": "Riga"}),)


@pytest.mark.parametrize("examples", [[{"request": "x", "arguments": {}}], {"Is it warm?": "Riga"}, ["Is it warm?"]])
def test_other_examples_are_refused_at_once(examples):
    with pytest.raises(ToolDefinitionError, match="write examples as"):

        @tool(examples=examples)
        def weather(city: str) -> str:
            """The weather."""
            return city


def test_a_hidden_parameter_is_for_python_alone():
    @tool(hidden=["connection"])
    def find(name: str, connection: object = "default") -> str:
        """Find something."""
        return f"{name} in {connection}"

    assert list(find.parameters["properties"]) == ["name"]
    assert find("x", connection="mine") == "x in mine"


@pytest.mark.parametrize("hidden", ["name", "absent"])
def test_only_a_parameter_with_a_default_can_be_hidden(hidden):
    def find(name: str) -> str:
        return name

    with pytest.raises(ToolDefinitionError, match=f"{hidden!r} cannot be hidden"):
        tool(hidden=[hidden])(find)
