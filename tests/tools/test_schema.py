from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import pytest

from jupyter_tools.errors import ToolDefinitionError
from jupyter_tools.tools.context import ToolContext
from jupyter_tools.tools.schema import function_schema

if TYPE_CHECKING:
    from nowhere import Missing


@dataclass
class Point:
    x: int
    y: int = 0


def refuse(function: Callable[..., Any], match: str) -> None:
    with pytest.raises(ToolDefinitionError, match=match):
        function_schema(function, "f")


def test_parameters_without_a_default_are_required():
    def f(a: int, b: str = "x", *, c: bool, d: float = 1.5) -> None: ...

    assert function_schema(f, "f").parameters == {
        "type": "object",
        "properties": {
            "a": {"type": "integer"},
            "b": {"type": "string", "default": "x"},
            "c": {"type": "boolean"},
            "d": {"type": "number", "default": 1.5},
        },
        "required": ["a", "c"],
        "additionalProperties": False,
    }


def test_no_parameters_are_an_empty_object():
    assert function_schema(lambda: None, "f").parameters == {
        "type": "object",
        "properties": {},
        "additionalProperties": False,
    }


def test_a_parameter_without_annotation_takes_anything():
    assert function_schema(lambda a: a, "f").parameters["properties"] == {"a": {}}


def test_descriptions_stand_in_the_schema_and_annotated_comes_first():
    def f(a: int, b: Annotated[int, "from the annotation"]) -> None: ...

    properties = function_schema(f, "f", {"a": "from the docstring", "b": "unused"}).parameters["properties"]
    assert properties["a"] == {"description": "from the docstring", "type": "integer"}
    assert properties["b"] == {"description": "from the annotation", "type": "integer"}


def test_classes_stand_in_defs_once():
    def f(a: Point, b: list[Point]) -> None: ...

    schema = function_schema(f, "f")
    assert schema.parameters["properties"]["a"] == {"$ref": "#/$defs/Point"}
    assert schema.parameters["properties"]["b"]["items"] == {"$ref": "#/$defs/Point"}
    assert list(schema.parameters["$defs"]) == ["Point"]
    assert schema.converters["b"]([{"x": 1}]) == [Point(1)]


@pytest.mark.parametrize("annotation", [ToolContext, ToolContext | None])
def test_a_context_parameter_is_hidden_and_named(annotation):
    def f(a: int, context=None) -> None: ...

    f.__annotations__["context"] = annotation
    schema = function_schema(f, "f")
    assert schema.context_parameter == "context"
    assert list(schema.parameters["properties"]) == ["a"]


def test_keyword_arguments_allow_other_properties():
    def any_kind(**options: Any) -> None: ...
    def numbers(**options: int) -> None: ...

    assert function_schema(any_kind, "f").parameters["additionalProperties"] is True
    assert function_schema(numbers, "f").parameters["additionalProperties"] == {"type": "integer"}


def test_names_from_the_caller_resolve_annotations_that_are_text():
    @dataclass
    class Local:
        a: int

    def f(a: Local) -> None: ...

    schema = function_schema(f, "f", namespace={"Local": Local})
    assert schema.converters["a"]({"a": 1}) == Local(1)


def test_a_limit_on_an_optional_value_stands_around_it():
    def inside(a: Annotated[int | None, {"minimum": 1}] = None) -> None: ...

    properties = function_schema(inside, "f").parameters["properties"]
    assert properties["a"] == {"anyOf": [{"type": "integer"}, {"type": "null"}], "minimum": 1}


def test_a_limit_inside_of_a_union_is_kept_there_or_refused_where_typing_cannot_hold_it():
    def f(a: Annotated[int, {"minimum": 1}] | None = None) -> None: ...

    if sys.version_info < (3, 13):
        refuse(f, r"Write the union inside")
    else:
        properties = function_schema(f, "f").parameters["properties"]
        assert properties["a"] == {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]}


def test_a_partial_shows_the_signature_that_is_left():
    def f(a: int, b: str) -> None: ...

    assert list(function_schema(functools.partial(f, 1), "f").parameters["properties"]) == ["b"]


def test_an_object_that_can_be_called_shows_its_call():
    class Adder:
        def __call__(self, a: int) -> int:
            return a

    assert function_schema(Adder(), "f").parameters["properties"] == {"a": {"type": "integer"}}


def test_a_positional_only_parameter_is_refused():
    def f(a: int, /) -> None: ...

    refuse(f, "'a' is positional-only")


def test_star_arguments_are_refused():
    def f(*rest: int) -> None: ...

    refuse(f, r"list\[\.\.\.\]")


def test_a_method_without_its_object_is_refused():
    class Box:
        def open(self, key: str) -> None: ...

    refuse(Box.open, r"tool\(my_object.method\)")


def test_an_annotation_without_json_names_the_parameter():
    def f(a: complex) -> None: ...

    refuse(f, "parameter 'a': complex has no form in JSON")


def test_a_name_that_cannot_be_found_is_named():
    def f(a: Missing) -> None: ...

    refuse(f, "'Missing' is not defined")
