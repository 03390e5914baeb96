import json

import pytest

from jupyter_tools.providers.local_schema import MAX_CALLS, calls_grammar, plain_schema
from jupyter_tools.tools.tool import AgentTool


def schema_of(grammar):
    head, _, schema = grammar.partition("%json ")
    assert head == "%llguidance {}\nstart: "
    return json.loads(schema)


def tool_with(**properties):
    return AgentTool(name="demo", parameters={"type": "object", "properties": properties, "required": [*properties]})


def arguments_of(tool):
    return schema_of(calls_grammar([tool]))["items"]["anyOf"][0]["properties"]["arguments"]


def test_a_choice_is_a_short_array_of_calls_of_the_tools_that_there_are():
    schema = schema_of(calls_grammar([AgentTool(name="first"), AgentTool(name="second")]))
    assert schema["type"] == "array"
    assert schema["maxItems"] == MAX_CALLS
    names = [option["properties"]["tool"]["const"] for option in schema["items"]["anyOf"]]
    assert names == ["first", "second"]
    assert all(option["required"] == ["tool", "arguments"] for option in schema["items"]["anyOf"])


def test_arguments_keep_types_enums_bounds_and_required():
    tool = tool_with(unit={"type": "string", "enum": ["a", "b"]}, n={"type": "integer", "minimum": 1, "maximum": 9})
    assert arguments_of(tool) == {
        "type": "object",
        "properties": {
            "unit": {"enum": ["a", "b"], "type": "string"},
            "n": {"minimum": 1, "maximum": 9, "type": "integer"},
        },
        "required": ["unit", "n"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    "unsupported",
    [
        {"pattern": r"\p{L}+"},
        {"format": "email"},
        {"maxLength": 3},
        {"not": {"const": "x"}},
        {"if": {"const": "x"}, "then": False},
        {"description": "text", "title": "Text", "default": "x"},
    ],
    ids=str,
)
def test_what_a_grammar_cannot_say_is_dropped(unsupported):
    assert plain_schema({"type": "string", **unsupported}, {}) == {"type": "string"}


def test_definitions_move_to_the_root_under_their_tools_name():
    point = {"type": "object", "properties": {"x": {"type": "number"}, "next": {"$ref": "#/$defs/Point"}}}
    parameters = {"type": "object", "properties": {"at": {"$ref": "#/$defs/Point"}}, "$defs": {"Point": point}}
    tools = [AgentTool(name=name, parameters=parameters) for name in ("a", "b")]
    schema = schema_of(calls_grammar(tools))
    assert set(schema["$defs"]) == {"a.Point", "b.Point"}
    assert schema["$defs"]["b.Point"]["properties"]["next"] == {"$ref": "#/$defs/b.Point"}
    assert schema["items"]["anyOf"][1]["properties"]["arguments"]["properties"]["at"] == {"$ref": "#/$defs/b.Point"}


@pytest.mark.parametrize("reference", ["#/$defs/Missing", "https://example.com/schema", "#"])
def test_a_reference_that_leads_nowhere_allows_anything(reference):
    assert plain_schema({"$ref": reference}, {}) == {}


def test_choices_between_schemas_become_any_of():
    options = [{"type": "string", "format": "date"}, {"type": "null"}]
    assert plain_schema({"oneOf": options}, {}) == {"anyOf": [{"type": "string"}, {"type": "null"}]}


def test_a_single_all_of_is_taken_in():
    assert plain_schema({"allOf": [{"type": "integer"}], "description": "x"}, {}) == {"type": "integer"}


def test_arrays_and_free_objects_keep_what_is_in_them():
    assert plain_schema({"type": "array", "items": {"type": "number"}, "minItems": 1}, {}) == {
        "type": "array",
        "items": {"type": "number"},
        "minItems": 1,
    }
    free = {"type": "object", "additionalProperties": {"type": "integer"}}
    assert plain_schema(free, {}) == free


def test_several_types_are_kept_and_unknown_ones_dropped():
    assert plain_schema({"type": ["string", "null"]}, {}) == {"type": ["string", "null"]}
    assert plain_schema({"type": "date"}, {}) == {}
    assert plain_schema(True, {}) == {}
