import copy
import json
import time
from datetime import date

import pytest

from jupyter_tools.errors import ToolArgumentsError, ToolDefinitionError
from jupyter_tools.messages import ToolCallContent
from jupyter_tools.tools.decorator import tool
from jupyter_tools.tools.tool import AgentTool
from jupyter_tools.tools.validation import validate_tool_arguments


@tool
def book(city: str, nights: int = 1, tags: list[str] | None = None, day: date | None = None) -> str:
    """Book a room."""
    return city


def call(arguments, **fields):
    return ToolCallContent(id="1", name="book", arguments=arguments, **fields)


def validated(arguments, of=book):
    return validate_tool_arguments(of, call(arguments))


def error_text(arguments, of=book):
    with pytest.raises(ToolArgumentsError) as caught:
        validated(arguments, of)
    return str(caught.value)


def nested(depth):
    value = "x"
    for _ in range(depth):
        value = {"a": value}
    return value


ANYTHING = AgentTool(name="anything", parameters={"type": "object"})


def test_valid_arguments_come_back_equal_as_a_copy():
    arguments = {"city": "Осло", "tags": ["a"]}
    result = validated(arguments)
    assert result == arguments
    result["tags"].append("b")
    assert arguments == {"city": "Осло", "tags": ["a"]}


def test_arguments_are_coerced_and_the_call_stays_as_it_was():
    arguments = {"city": "Осло", "nights": "3", "tags": '["sea"]', "day": None}
    before = copy.deepcopy(arguments)
    assert validated(arguments) == {"city": "Осло", "nights": 3, "tags": ["sea"], "day": None}
    assert arguments == before


def test_a_whole_float_becomes_the_declared_integer():
    result = validated({"city": "Осло", "nights": 2.0})
    assert type(result["nights"]) is int


def test_defaults_are_left_to_the_function():
    assert validated({"city": "Осло"}) == {"city": "Осло"}


def test_null_for_a_parameter_with_a_default_is_left_out():
    assert validated({"city": "Осло", "nights": None}) == {"city": "Осло"}


def test_the_error_lists_every_problem_and_what_was_received():
    text = error_text({"nights": "many", "hotel": "Ritz"})
    assert sorted(text.splitlines()) == sorted(
        [
            "Invalid arguments for book:",
            '- arguments: "city" is a required property',
            '- nights: "many" is not of type "integer"',
            "- arguments: there is no 'hotel'; declared: city, nights, tags, day",
            'Received arguments: {"nights": "many", "hotel": "Ritz"}',
        ]
    )


def test_the_received_arguments_are_cut():
    text = error_text({"city": 1.5, "tags": ["я" * 100_000]})
    assert len(text) < 2000
    assert "characters)" in text


def test_a_problem_of_the_json_text_is_the_error():
    broken = call({}, problem="the arguments are not valid JSON: {")
    with pytest.raises(ToolArgumentsError, match="not valid JSON"):
        validate_tool_arguments(book, broken)


def test_ten_megabytes_are_a_clear_error():
    assert "longer than 10,000,000 characters" in error_text({"city": "x" * 10_000_001})
    assert len(validated({"city": "x" * 9_000_000})["city"]) == 9_000_000


@pytest.mark.parametrize("depth", [101, 1000, 50_000])
def test_deep_json_is_a_clear_error(depth):
    assert "nested more than 100 levels deep" in error_text(nested(depth), ANYTHING)


def test_deep_json_inside_a_text_is_a_clear_error():
    lists = AgentTool(name="f", parameters={"properties": {"a": {"type": "array"}}})
    assert "nested more than 100 levels deep" in error_text({"a": "[" * 900 + "]" * 900}, lists)


def test_half_a_character_is_a_clear_error():
    text = error_text({"city": json.loads(r'"\ud83d"')})
    assert "not JSON" in text
    assert text.encode()


@pytest.mark.parametrize("value", [b"bytes", object(), {"a": {1, 2}}, {5: "five"}])
def test_values_that_are_no_json_are_a_clear_error(value):
    assert "Invalid arguments" in error_text({"city": value})


def test_not_a_number_is_not_a_number():
    assert 'is not of type "integer"' in error_text({"city": "x", "nights": float("nan")})


def test_an_unusable_schema_is_the_authors_mistake():
    broken = AgentTool(name="f", parameters={"properties": {"a": {"type": "string", "pattern": "("}}})
    with pytest.raises(ToolDefinitionError, match="regex"):
        validated({"a": "x"}, broken)


def test_a_recursive_schema_checks_as_deep_as_the_value_goes():
    node = {"type": "object", "properties": {"n": {"type": "integer"}, "next": {"$ref": "#/$defs/node"}}}
    tree = AgentTool(name="f", parameters={"$ref": "#/$defs/node", "$defs": {"node": node}})
    assert validated({"n": "1", "next": {"n": "2"}}, tree) == {"n": 1, "next": {"n": 2}}
    assert 'next.n: "two" is not of type "integer"' in error_text({"next": {"n": "two"}}, tree)


def test_letters_of_any_script_can_be_required():
    letters = AgentTool(name="f", parameters={"properties": {"a": {"type": "string", "pattern": r"^\p{L}+$"}}})
    assert validated({"a": "Привет"}, letters) == {"a": "Привет"}
    assert "does not match" in error_text({"a": "5"}, letters)


def test_alternatives_inside_alternatives_end_soon():
    step = {"type": "object", "properties": {"l": {"$ref": "#/$defs/n"}, "n": {"type": "integer"}}}
    nodes = [{**step, "required": [name]} for name in "abcd"]
    definitions = {"n": {"anyOf": [*nodes, {"type": "integer"}]}}
    tree = AgentTool(name="f", parameters={"properties": {"root": {"$ref": "#/$defs/n"}}, "$defs": definitions})
    value = {"n": "x"}
    for _ in range(20):
        value = {"l": value, "a": 1}
    began = time.process_time()
    assert "root: fits none of the declared alternatives" in error_text({"root": value}, tree)
    assert time.process_time() - began < 10
