from dataclasses import dataclass

import annotated_types
import pydantic

from jupyter_tools.tools.constraints import constraints_of


@dataclass
class Doc:
    documentation: str


def test_text_is_a_description():
    assert constraints_of(["how many"], {"type": "integer"}) == {"description": "how many"}


def test_a_dict_is_merged_as_it_is():
    assert constraints_of([{"minimum": 1, "maximum": 9}], {"type": "integer"}) == {"minimum": 1, "maximum": 9}


def test_annotated_types_become_limits():
    metadata = [annotated_types.Ge(1), annotated_types.Lt(9), annotated_types.MultipleOf(2)]
    assert constraints_of(metadata, {"type": "integer"}) == {"minimum": 1, "exclusiveMaximum": 9, "multipleOf": 2}


def test_a_length_is_named_after_what_is_long():
    metadata = [annotated_types.Len(1, 3)]
    assert constraints_of(metadata, {"type": "string"}) == {"minLength": 1, "maxLength": 3}
    assert constraints_of(metadata, {"type": "array"}) == {"minItems": 1, "maxItems": 3}


def test_a_pydantic_field_says_description_limits_and_pattern():
    field = pydantic.Field(description="a code", min_length=2, pattern="^[A-Z]+$")
    assert constraints_of([field], {"type": "string"}) == {
        "description": "a code",
        "minLength": 2,
        "pattern": "^[A-Z]+$",
    }


def test_a_doc_object_is_a_description():
    assert constraints_of([Doc("a code")], {}) == {"description": "a code"}


def test_unknown_metadata_says_nothing():
    assert constraints_of([object(), 5], {"type": "string"}) == {}
