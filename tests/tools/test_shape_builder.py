import base64
import datetime
import decimal
import enum
import pathlib
import typing
import uuid
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NewType, Optional, TypeVar, Union

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.tools.shape_builder import ShapeBuilder
from jupyter_tools.tools.shapes import NoShapeError, Shape, applied


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


@dataclass
class Node:
    value: int
    next: "Node | None" = None


@dataclass
class Cat:
    lives: int


@dataclass
class Dog:
    lives: str


UserId = NewType("UserId", int)


def shape(annotation: Any) -> Shape:
    builder = ShapeBuilder({})
    made = builder.shape(annotation)
    return Shape({**made.schema, "$defs": builder.defs}, made.convert) if builder.defs else made


def value_of(annotation: Any, json_value: Any) -> Any:
    return applied(shape(annotation).convert, json_value)


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        (str, {"type": "string"}),
        (bool, {"type": "boolean"}),
        (int, {"type": "integer"}),
        (float, {"type": "number"}),
        (None, {"type": "null"}),
        (Any, {}),
        (list, {"type": "array"}),
        (typing.List, {"type": "array"}),  # noqa: UP006  # what older code says
        (list[int], {"type": "array", "items": {"type": "integer"}}),
        (Sequence[str], {"type": "array", "items": {"type": "string"}}),
        (Iterable[str], {"type": "array", "items": {"type": "string"}}),
        (dict, {"type": "object"}),
        (dict[str, Any], {"type": "object"}),
        (Mapping[str, int], {"type": "object", "additionalProperties": {"type": "integer"}}),
        (Literal["a", "b"], {"enum": ["a", "b"], "type": "string"}),
        (Optional[int], {"anyOf": [{"type": "integer"}, {"type": "null"}]}),  # noqa: UP045
        (Union[int, str], {"anyOf": [{"type": "integer"}, {"type": "string"}]}),
        (int | str, {"anyOf": [{"type": "integer"}, {"type": "string"}]}),
        (Annotated[int, "how many", {"minimum": 1}], {"type": "integer", "description": "how many", "minimum": 1}),
        (UserId, {"type": "integer"}),
    ],
)
def test_plain_annotations_have_a_schema_and_need_no_converter(annotation, schema):
    assert shape(annotation) == Shape(schema)


@pytest.mark.parametrize(
    ("annotation", "json_value", "value"),
    [
        (Color, "red", Color.RED),
        (Literal[Color.RED, "other"], "red", Color.RED),
        (set[int], [1, 2], {1, 2}),
        (frozenset, ["a"], frozenset({"a"})),
        (AbstractSet[str], ["a"], frozenset({"a"})),
        (tuple, [1, "a"], (1, "a")),
        (tuple[int, ...], [1, 2, 3], (1, 2, 3)),
        (tuple[int, datetime.date], [1, "2024-02-29"], (1, datetime.date(2024, 2, 29))),
        (list[Color], ["red", "blue"], [Color.RED, Color.BLUE]),
        (dict[str, Color], {"a": "red"}, {"a": Color.RED}),
        (dict[int, str], {"5": "five"}, {5: "five"}),
        (datetime.datetime, "2024-02-29T12:00:00Z", datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.UTC)),
        (datetime.time, "12:30", datetime.time(12, 30)),
        (uuid.UUID, "12345678-1234-5678-1234-567812345678", uuid.UUID("12345678-1234-5678-1234-567812345678")),
        (pathlib.Path, "a/б.txt", pathlib.Path("a/б.txt")),
        (decimal.Decimal, 0.1, decimal.Decimal("0.1")),
        (bytes, base64.b64encode("привет".encode()).decode(), "привет".encode()),
        (datetime.date | None, None, None),
        (datetime.date | None, "2024-02-29", datetime.date(2024, 2, 29)),
        (datetime.date | str, "tomorrow", "tomorrow"),
        (Cat | Dog, {"lives": 9}, Cat(9)),
        (Cat | Dog, {"lives": "nine"}, Dog("nine")),
        (Node, {"value": 1, "next": {"value": 2}}, Node(1, Node(2))),
        (list[Node] | None, [{"value": 1}], [Node(1)]),
    ],
)
def test_values_are_what_the_annotation_says(annotation, json_value, value):
    made = value_of(annotation, json_value)
    assert made == value
    assert type(made) is type(value)


def test_a_class_that_holds_itself_refers_to_itself():
    schema = shape(Node).schema
    assert schema["$ref"] == "#/$defs/Node"
    assert schema["$defs"]["Node"]["properties"]["next"] == {"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]}


def test_two_classes_of_one_name_have_two_definitions():
    def other() -> type:
        @dataclass
        class Node:
            text: str

        return Node

    builder = ShapeBuilder({})
    assert builder.shape(Node).schema == {"$ref": "#/$defs/Node"}
    assert builder.shape(other()).schema == {"$ref": "#/$defs/Node2"}


def test_what_fits_no_member_of_a_union_is_an_error():
    with pytest.raises(ValueError, match="isoformat"):
        value_of(datetime.date | int, "tomorrow")


@pytest.mark.parametrize(
    "annotation", [complex, type[int], dict[float, str], TypeVar("T"), typing.Callable[[], int], Literal[b"x"]]
)
def test_annotations_without_json_are_refused(annotation):
    with pytest.raises(NoShapeError, match="no form in JSON"):
        shape(annotation)


# --- a value generated for a type is valid for its schema, and comes back from JSON as it was ---
SCALARS = st.one_of(
    st.just((int, st.integers(-(2**62), 2**62))),
    st.just((str, st.text(st.characters(exclude_categories=["Cs"])))),
    st.just((bool, st.booleans())),
    st.just((float, st.floats(allow_nan=False, allow_infinity=False))),
    st.just((None, st.none())),
    st.just((Literal["a", 1], st.sampled_from(["a", 1]))),
)
TYPES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        inner.map(lambda t: (list[t[0]], st.lists(t[1], max_size=3))),
        inner.map(lambda t: (dict[str, t[0]], st.dictionaries(st.text("abя", max_size=3), t[1], max_size=3))),
        inner.map(
            lambda t: (t[0] | None if t[0] is not None else None, st.none() | t[1] if t[0] is not None else t[1])
        ),
        st.tuples(inner, inner).map(lambda p: (Annotated[Union[p[0][0], p[1][0]], "either"], p[0][1] | p[1][1])),
    ),
    max_leaves=6,
)


@given(st.data())
def test_a_value_of_a_type_is_valid_for_its_schema(data):
    annotation, values = data.draw(TYPES)
    made = shape(annotation)
    value = data.draw(values)
    assert jsonschema_rs.is_valid(made.schema, value)
    assert applied(made.convert, value) == value


@given(st.lists(st.tuples(st.dates(), st.sampled_from(Color))))
def test_converters_undo_writing_as_json(rows):
    written = [[day.isoformat(), color.value] for day, color in rows]
    annotation = list[tuple[datetime.date, Color]]
    assert jsonschema_rs.is_valid(shape(annotation).schema, written)
    assert value_of(annotation, written) == rows
