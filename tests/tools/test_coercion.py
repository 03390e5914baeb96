import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.tools.coercion import Coercion, types_of
from jupyter_tools.tools.compiled_schema import CompiledSchema

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text('aя1.5-true[]{}": ', max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
TYPE = st.sampled_from(["string", "integer", "number", "boolean", "null", "array", "object"])
SCHEMAS = st.recursive(
    TYPE.map(lambda name: {"type": name}) | st.just({}),
    lambda inner: st.one_of(
        inner.map(lambda s: {"type": "array", "items": s}),
        st.dictionaries(st.sampled_from("abc"), inner, max_size=3).map(lambda p: {"type": "object", "properties": p}),
        st.lists(inner, min_size=1, max_size=3).map(lambda s: {"anyOf": s}),
        st.lists(inner, min_size=1, max_size=2).map(lambda s: {"allOf": s}),
    ),
    max_leaves=6,
)


def coerced(value, schema):
    return Coercion(CompiledSchema(schema, "f")).of(value)


@pytest.mark.parametrize(
    ("declared", "written", "meant"),
    [
        ("integer", "500", 500),
        ("integer", " -7 ", -7),
        ("integer", "5.0", 5),
        ("integer", 5.0, 5),
        ("integer", 5.5, 5.5),
        ("integer", "5.5", "5.5"),
        ("integer", "5e3", "5e3"),
        ("integer", "٥", "٥"),
        ("integer", "1" * 5000, "1" * 5000),
        ("integer", True, True),
        ("number", "2.5", 2.5),
        ("number", "7", 7),
        ("number", "1e3", 1000.0),
        ("number", "1e999", "1e999"),
        ("number", "nan", "nan"),
        ("number", 5.0, 5.0),
        ("boolean", "true", True),
        ("boolean", "False", False),
        ("boolean", "yes", "yes"),
        ("boolean", 1, 1),
        ("null", "null", None),
        ("array", '["a", "я"]', ["a", "я"]),
        ("array", "a, b", "a, b"),
        ("array", "[1,", "[1,"),
        ("array", '{"a": 1}', '{"a": 1}'),
        ("object", '{"a": 1}', {"a": 1}),
        ("object", "[" * 100_000, "[" * 100_000),
        ("string", 500, "500"),
        ("string", 1.10, 1.10),
        ("string", True, True),
        ("string", "500", "500"),
        ("string", "true", "true"),
    ],
)
def test_a_value_is_brought_to_the_declared_type_where_the_meaning_is_sure(declared, written, meant):
    value = coerced(written, {"type": declared})
    assert value == meant
    assert type(value) is type(meant)


def test_nested_values_are_followed():
    schema = {
        "properties": {
            "rows": {"type": "array", "items": {"type": "object", "properties": {"n": {"type": "integer"}}}},
            "pair": {
                "type": "array",
                "prefixItems": [{"type": "integer"}, {"type": "boolean"}],
                "items": {"type": "number"},
            },
            "more": {"type": "object", "additionalProperties": {"type": "integer"}},
        }
    }
    value = {"rows": '[{"n": "1"}, {"n": 2.0}]', "pair": ["1", "true", "2.5"], "more": {"x": "3"}}
    assert coerced(value, schema) == {"rows": [{"n": 1}, {"n": 2}], "pair": [1, True, 2.5], "more": {"x": 3}}
    assert value["rows"] == '[{"n": "1"}, {"n": 2.0}]'


def test_draft_7_lists_of_items_are_followed():
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "array",
        "items": [{"type": "integer"}],
        "additionalItems": {"type": "boolean"},
    }
    assert coerced(["1", "true"], schema) == [1, True]


def test_references_are_followed_also_to_themselves():
    node = {"type": "object", "properties": {"n": {"type": "integer"}, "next": {"$ref": "#/$defs/node"}}}
    schema = {"$ref": "#/$defs/node", "$defs": {"node": node}}
    assert coerced({"n": "1", "next": {"n": "2"}}, schema) == {"n": 1, "next": {"n": 2}}


def test_a_reference_that_goes_in_circles_ends():
    schema = {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}
    assert coerced("5", schema) == "5"


def test_names_with_slashes_and_tildes_are_found():
    schema = {"properties": {"a/b~c": {"anyOf": [{"type": "integer"}, {"type": "null"}]}}}
    assert coerced({"a/b~c": "5"}, schema) == {"a/b~c": 5}


@pytest.mark.parametrize(
    ("types", "written", "meant"),
    [
        (["integer", "null"], "5", 5),
        (["integer", "null"], "null", None),
        (["integer", "string"], "5", "5"),
        (["string", "integer"], 5, 5),
        (["integer", "boolean"], "true", True),
    ],
)
def test_an_alternative_that_fits_already_wins(types, written, meant):
    for schema in (
        {"anyOf": [{"type": name} for name in types]},
        {"oneOf": [{"type": name} for name in types]},
        {"type": types},
    ):
        assert coerced(written, schema) == meant


def test_null_for_an_optional_value_that_does_not_take_it_is_left_out():
    schema = {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": ["integer", "null"]}, "c": {"type": "integer"}},
        "required": ["c"],
    }
    assert coerced({"a": None, "b": None, "c": None}, schema) == {"b": None, "c": None}


def test_the_declared_types_are_read_in_both_forms():
    assert types_of({"type": "string"}) == ("string",)
    assert types_of({"type": ["string", "null"]}) == ("string", "null")
    assert types_of({}) == ()


@given(SCHEMAS, JSON)
def test_coercion_changes_nothing_the_second_time(schema, value):
    once = coerced(value, schema)
    assert coerced(once, schema) == once


@given(SCHEMAS, JSON)
def test_a_value_that_fits_stays_equal_but_for_nulls_that_say_nothing(schema, value):
    compiled = CompiledSchema(schema, "f")
    if compiled.is_valid(value):
        assert Coercion(compiled).of(value) == value
