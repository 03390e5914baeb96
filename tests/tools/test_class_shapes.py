from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any, NamedTuple, NotRequired, TypedDict

import pydantic
import pytest

from jupyter_tools.tools.class_shapes import class_shape
from jupyter_tools.tools.shape_builder import ShapeBuilder
from jupyter_tools.tools.shapes import NoShapeError, Shape


@dataclasses.dataclass
class Trip:
    """A journey.

    Attributes:
        city: Where to.
    """

    city: str
    day: date
    nights: int = 1
    tags: list[str] = dataclasses.field(default_factory=list)
    total: int = dataclasses.field(init=False, default=0)


class Query(TypedDict):
    text: str
    limit: NotRequired[int]


class Point(NamedTuple):
    x: float
    y: float = 0.0


class Child(pydantic.BaseModel):
    name: str


class Parent(pydantic.BaseModel):
    child: Child
    born: date


def shape_of(cls: type) -> tuple[Shape, dict[str, Any]]:
    builder = ShapeBuilder({})
    return class_shape(cls, builder.shape, builder.defs, {}), builder.defs


def test_a_dataclass_is_an_object_of_its_init_fields():
    shape, _ = shape_of(Trip)
    assert shape.schema == {
        "type": "object",
        "properties": {
            "city": {"description": "Where to.", "type": "string"},
            "day": {"type": "string", "format": "date"},
            "nights": {"type": "integer", "default": 1},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["city", "day"],
        "additionalProperties": False,
    }


def test_a_dataclass_is_made_with_its_fields_converted():
    shape, _ = shape_of(Trip)
    assert shape.convert is not None
    assert shape.convert({"city": "Осло", "day": "2024-02-29"}) == Trip("Осло", date(2024, 2, 29))


def test_a_typed_dict_of_plain_values_stays_as_it_is():
    shape, _ = shape_of(Query)
    assert shape.convert is None
    assert shape.schema["required"] == ["text"]
    assert set(shape.schema["properties"]) == {"text", "limit"}


def test_a_named_tuple_is_an_object_and_comes_back_as_one():
    shape, _ = shape_of(Point)
    assert shape.schema["required"] == ["x"]
    assert shape.convert is not None
    assert shape.convert({"x": 1.5}) == Point(1.5, 0.0)


def test_a_pydantic_model_brings_its_own_definitions_and_instance():
    shape, defs = shape_of(Parent)
    assert shape.schema["properties"]["child"] == {"$ref": "#/$defs/Parent.Child"}
    assert defs["Parent.Child"]["properties"]["name"]["type"] == "string"
    assert shape.convert is not None
    parent = shape.convert({"child": {"name": "Ада"}, "born": "1815-12-10"})
    assert parent == Parent(child=Child(name="Ада"), born=date(1815, 12, 10))


def test_other_classes_are_refused():
    with pytest.raises(NoShapeError, match="complex"):
        shape_of(complex)
