import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.providers.prompted_json import JsonScan, PromptedCall, arguments_text, calls_in, parse_json
from tests.providers.cuts import cut_at

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)
objects = st.dictionaries(st.text(), values) | st.lists(values)


@given(objects, st.text(), st.lists(st.integers(min_value=0)), st.sampled_from([None, 2]), st.booleans())
def test_the_end_of_json_is_found_however_it_is_cut(value, tail, places, indent, ascii_only) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    scan = JsonScan()
    ends = [scan.feed(piece) for piece in cut_at(text, places)]
    assert ends[-1] == len(text)
    assert ends[:-1] == [None] * (len(ends) - 1)
    assert JsonScan().feed(text + tail) == len(text)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('{"a": {"b": 1}\n\nNow I wait', '{"a": {"b": 1}'),
        ('{"a": 1.5\n```', '{"a": 1.5'),
        ('{"a": [1, 2</tool_call>', '{"a": [1, 2'),
        ('{"a": 1\n{"b": 2}', '{"a": 1'),
        ('{"a": true and', '{"a": true'),
        ("{'a': 'it\\'s', 'b': 1e5} x", "{'a': 'it\\'s', 'b': 1e5}"),
    ],
)
def test_json_that_breaks_off_ends_before_what_cannot_be_json(text: str, read: str) -> None:
    for places in ([], list(range(len(text)))):
        scan = JsonScan()
        ends = [end for piece in cut_at(text, places) if (end := scan.feed(piece)) is not None]
        assert text[: ends[0]] == read


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1, {"b": "ё"}]}',
        '{"a": [1, {"b": "ё"}]',
        '{"a": [1, {"b": "ё"}],}',
        "{'a': [1, {'b': 'ё'}]}",
        '{"a": [1, {"b": "ё"',
    ],
)
def test_small_mistakes_are_repaired(text: str) -> None:
    assert parse_json(text) == {"a": [1, {"b": "ё"}]}


def test_a_line_break_inside_a_string_is_taken_as_it_is() -> None:
    assert parse_json('{"a": "x\ny"}', repair=False) == {"a": "x\ny"}


@pytest.mark.parametrize(
    "value",
    [
        {"name": "add", "arguments": {"a": 1}},
        {"tool": "add", "args": {"a": 1}},
        {"action": "add", "action_input": {"a": 1}},
        {"name": "add", "parameters": {"a": 1}},
        {"name": "add", "arguments": '{"a": 1}'},
        {"id": "x", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}},
        {"function": "add", "arguments": {"a": 1}},
        {"tool_call": {"name": "add", "arguments": {"a": 1}}},
        {"tool_calls": [{"function": {"name": "add", "arguments": {"a": 1}}}]},
        [{"name": "add", "arguments": {"a": 1}}],
    ],
    ids=str,
)
def test_every_shape_of_a_call_is_one(value) -> None:
    assert calls_in(value, {"add"}, {}) == [PromptedCall("add", '{"a": 1}')]


@pytest.mark.parametrize(
    "value",
    [
        {"name": "other", "arguments": {}},
        {"name": "add", "age": 3},
        {"name": "add", "description": "Adds.", "parameters": {"type": "object", "properties": {}}},
        [{"name": "add"}, {"name": "other"}],
        [],
        {"tool_calls": []},
        [1],
        {"name": {"add": 1}},
        None,
    ],
    ids=str,
)
def test_what_is_not_wholly_calls_of_known_tools_is_none(value) -> None:
    assert calls_in(value, {"add"}, {}) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": "ё"}, '{"a": "ё"}'),
        (None, "{}"),
        ("", "{}"),
        ("null", "{}"),
        ("{'a': 1,}", '{"a": 1}'),
        ("Moscow", '{"city": "Moscow"}'),
        ('"Moscow"', '{"city": "Moscow"}'),
        ("[1, 2]", '{"city": "[1, 2]"}'),
        ([1], "[1]"),
    ],
)
def test_arguments_become_json_text(value, text: str) -> None:
    assert arguments_text(value, "city") == text


def test_plain_text_for_a_tool_that_takes_none_stays_for_the_error_message() -> None:
    assert arguments_text("Moscow", None) == "Moscow"
