"""Fragments of tool calls, as real servers send them."""

import pytest

from .wire import CALLS, DONE, call, calls, delta, message_of


def calls_of(*documents) -> list[tuple]:
    return [(c.name, c.arguments, c.problem) for c in message_of(*documents, CALLS, DONE).tool_calls]


def test_parallel_calls_come_in_interleaved_fragments():
    assert calls_of(
        calls(call(0, "c1", "add", ""), call(1, "c2", "clock", "")),
        calls(call(1, arguments='{"zone":')),
        calls(call(0, arguments='{"a": 1')),
        calls(call(0, arguments="}"), call(1, arguments=' "Токио"}')),
    ) == [("add", {"a": 1}, None), ("clock", {"zone": "Токио"}, None)]


@pytest.mark.parametrize(
    "fragments",
    [
        # id and name repeated in each fragment
        [call(0, "c1", "f", '{"a"'), call(0, "c1", "f", ":1}"), call(1, "c2", "f", '{"a":2}')],
        # no index, id repeated
        [call(None, "c1", "f", '{"a"'), call(None, "c1", "f", ":1}"), call(None, "c2", "f", '{"a":2}')],
        # no index, id only once
        [call(None, "c1", "f", '{"a"'), call(None, None, None, ":1}"), call(None, "c2", "f", '{"a":2}')],
        # neither index nor id
        [call(None, None, "f", '{"a"'), call(None, None, None, ":1}"), call(None, None, "f", '{"a":2}')],
        # neither index nor id, name repeated
        [call(None, None, "f", '{"a"'), call(None, None, "f", ":1}"), call(None, None, "f", '{"a":2}')],
        # every call under index 0, each whole
        [call(0, "c1", "f", '{"a":1}'), call(0, "c2", "f", '{"a":2}')],
        # every call under index 0, each whole, and no id
        [call(0, "", "f", '{"a":1}'), call(0, "", "f", '{"a":2}')],
        [call(0, "", "f", '{"a":1}'), call(0, "", "f", ""), call(0, None, "f", '{"a":2}')],
        # a new id for each fragment
        [call(0, "x1", "f", '{"a"'), call(0, "x2", "f", ":1}"), call(1, "x3", "f", '{"a":2}')],
        [call(0, "x1", "f", '{"a"'), call(0, "x2", None, ":1}"), call(1, "x3", "f", '{"a":2}')],
        # arguments null, then an object instead of text
        [call(0, "c1", "f", None), call(0, None, None, {"a": 1}), call(1, "c2", "f", '{"a":2}')],
        # indexes that do not start at 0 and leave gaps
        [call(3, "c1", "f", '{"a":1}'), call(7, "c2", "f", '{"a":2}')],
    ],
)
def test_fragments_find_their_call(fragments):
    expected = [("f", {"a": 1}, None), ("f", {"a": 2}, None)]
    assert calls_of(*[calls(fragment) for fragment in fragments]) == expected
    assert calls_of(calls(*fragments)) == expected


def test_a_fragment_without_its_function_is_no_call_of_its_own():
    assert calls_of(calls(call(0, "c1", "f", "{}")), calls({"index": 0}), calls({"index": 0, "function": None})) == [
        ("f", {}, None)
    ]


def test_arguments_that_are_null_are_none():
    assert calls_of(calls(call(0, "c1", "f", None))) == [("f", {}, None)]
    assert calls_of(calls(call(0, "c1", "f", "null"))) == [("f", {}, None)]


def test_malformed_arguments_are_a_problem_of_that_call_only():
    (first, second) = calls_of(calls(call(0, "c1", "f", '{"a":')), calls(call(1, "c2", "g", "{}")))
    assert first[2] is not None
    assert second == ("g", {}, None)


def test_ids_are_kept_and_made_up_where_they_are_missing():
    message = message_of(calls(call(0, "c1", "f", "{}")), calls(call(1, None, "g", "{}")), CALLS, DONE)
    assert message.tool_calls[0].id == "c1"
    assert message.tool_calls[1].id


def test_the_one_call_of_older_servers_is_read():
    assert calls_of(
        delta(function_call={"name": "f", "arguments": '{"a"'}), delta(function_call={"arguments": ":1}"})
    ) == [("f", {"a": 1}, None)]


@pytest.mark.parametrize(("sent", "kept"), [(7, "7"), (1e999, None), ({}, None), (True, None)])
def test_an_id_is_text_whatever_was_sent(sent, kept):
    [made] = message_of(calls(call(0, sent, "f", "{}")), CALLS, DONE).tool_calls
    assert made.id == kept or (kept is None and made.id.startswith("call_"))


def test_a_name_that_is_no_text_is_none():
    assert calls_of(calls(call(0, "c1", 1e999, "{}"))) == [("", {}, None)]
