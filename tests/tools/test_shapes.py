import enum
from decimal import Decimal

import pytest

from jupyter_tools.tools.shapes import NoShapeError, Shape, applied, choice, json_of, with_default


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Odd(enum.Enum):
    POINT = (1, 2)


def test_a_choice_of_plain_values_needs_no_converter():
    assert choice({"a": "a", "b": "b"}) == Shape({"enum": ["a", "b"], "type": "string"})


def test_a_choice_of_members_gives_the_member():
    shape = choice({json_of(member): member for member in Color})
    assert shape.schema == {"enum": ["red", "blue"], "type": "string"}
    assert applied(shape.convert, "blue") is Color.BLUE


def test_a_choice_of_mixed_values_has_several_types():
    assert choice({"a": "a", 1: 1, None: None}).schema == {
        "enum": ["a", 1, None],
        "type": ["string", "integer", "null"],
    }


def test_a_member_whose_value_is_no_json_goes_by_its_name():
    assert json_of(Odd.POINT) == "POINT"


def test_a_value_without_json_is_refused():
    with pytest.raises(NoShapeError, match="no form in JSON"):
        json_of(b"bytes")


def test_defaults_that_json_cannot_say_are_left_out():
    assert with_default({}, Decimal(1)) == {}
    assert with_default({}, float("nan")) == {}
    assert with_default({}, None) == {}


def test_defaults_are_written_as_json():
    assert with_default({}, Color.RED) == {"default": "red"}
    assert with_default({}, (1, 2)) == {"default": [1, 2]}
    assert with_default({"type": "integer"}, 0) == {"type": "integer", "default": 0}
