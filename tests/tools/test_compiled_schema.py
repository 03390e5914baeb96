import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.errors import ToolDefinitionError
from jupyter_tools.tools.compiled_schema import MAX_PROBLEMS, CompiledSchema, looked_up, path_text, shortened


def compiled(schema):
    return CompiledSchema(schema, "f")


def test_every_problem_is_told_with_its_path():
    schema = compiled(
        {
            "type": "object",
            "properties": {"rows": {"type": "array", "items": {"type": "object", "properties": {"n": {"minimum": 1}}}}},
            "required": ["name"],
        }
    )
    assert sorted(schema.problems({"rows": [{"n": 1}, {"n": 0}]})) == [
        'arguments: "name" is a required property',
        "rows[1].n: 0 is less than the minimum of 1",
    ]


def test_of_alternatives_the_one_that_was_meant_is_told():
    point = {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]}
    schema = compiled({"properties": {"p": {"anyOf": [point, {"type": "null"}]}}})
    assert schema.problems({"p": {"x": "one"}}) == ['p.x: "one" is not of type "integer"']


def test_an_unknown_name_is_told():
    schema = compiled({"properties": {"query": {}}, "additionalProperties": False})
    assert schema.problems({"querry": 1}) == ["arguments: there is no 'querry'; declared: query"]


def test_long_values_and_many_problems_are_cut():
    schema = compiled({"items": {"type": "integer"}})
    problems = schema.problems(["я" * 5000] * 100)
    assert len(problems) == MAX_PROBLEMS + 1
    assert max(len(problem) for problem in problems) < 400
    assert problems[0].endswith('яя" is not of type "integer"')


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        ({"type": "banana"}, "banana"),
        ({"type": "string", "pattern": "(unclosed"}, "unclosed"),
        ({"$ref": "#/$defs/none"}, "none"),
        ({"$ref": "https://example.com/schema.json"}, "nothing is fetched"),
        ({"$ref": "file:///etc/passwd"}, "nothing is fetched"),
        ({"$schema": "urn:unknown"}, "urn:unknown"),
    ],
)
def test_a_schema_that_cannot_be_used_is_a_clear_error(schema, problem):
    with pytest.raises(ToolDefinitionError, match=problem):
        compiled(schema)


def test_patterns_may_name_letters_of_any_script():
    schema = compiled({"type": "string", "pattern": r"^\p{L}+$"})
    assert schema.is_valid("Привет")
    assert not schema.is_valid("5")


def test_formats_are_not_checked():
    assert compiled({"format": "date"}).is_valid("tomorrow")
    assert compiled({"format": "of-our-own"}).is_valid("x")


def test_drafts_7_and_2020_12_are_told_apart():
    items = {"items": [{"type": "integer"}], "additionalItems": False}
    assert not compiled({"$schema": "http://json-schema.org/draft-07/schema#", **items}).is_valid([1, 2])
    assert not compiled({"prefixItems": [{"type": "integer"}], "items": False}).is_valid([1, 2])


def test_recursive_schemas_work():
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}, "additionalProperties": False}
    schema = compiled({"$ref": "#/$defs/node", "$defs": {"node": node}})
    assert schema.is_valid({"next": {"next": {}}})
    assert not schema.is_valid({"next": {"nexxt": {}}})


def test_paths_read_like_python():
    assert path_text(("rows", 0, "имя")) == "rows[0].имя"
    assert path_text(()) == "arguments"


def test_shortened_text_says_how_long_it_is():
    assert shortened("и\u0306" * 10, 3) == "и\u0306... (20 characters)"


@given(st.text(), st.integers(0, 50))
def test_shortened_text_is_a_beginning(text, limit):
    short = shortened(text, limit)
    assert short == text or text.startswith(short.rpartition("... ")[0])


def test_what_stands_at_a_path_is_found():
    schema = {"anyOf": [{"type": "integer"}, {"properties": {"0": {"type": "null"}}}]}
    assert looked_up(schema, ["anyOf", 1, "properties", "0"]) == {"type": "null"}
    assert looked_up(schema, ["anyOf", "0"]) == {"type": "integer"}
    assert looked_up(schema, ["anyOf", 2]) is None
    assert looked_up(schema, ["anyOf", "x"]) is None
    assert looked_up(schema, ["anyOf", 0, "type", "x"]) is None
    assert looked_up(schema, []) is schema


def test_an_outline_names_what_does_not_fit():
    schema = compiled({"properties": {"a/b": {"type": "integer"}, "c": {}}, "required": ["c"]})
    assert schema.outline({"a/b": 1, "c": 1}) == []
    assert schema.outline({"a/b": "x", "c": 1}) == ["a/b: fits none of the declared alternatives"]
    assert schema.outline({"a/b": 1}) == ["arguments: do not fit"]
