import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.messages import AssistantMessage, TextContent, ToolCallContent, ToolResultMessage, user_message
from jupyter_tools.providers.local_choice import STOP, may_choose, meant_calls, read_calls
from jupyter_tools.tools.tool import AgentTool, ToolExample

CALL = {"tool": "add", "arguments": {"a": 1, "b": 2}}


def conversation(*rounds):
    """A question and its rounds; each is (arguments, failed)."""
    messages = [user_message("What is 1 + 2?")]
    for number, (arguments, failed) in enumerate(rounds):
        call = ToolCallContent(id=f"call_{number}", name="add", arguments=arguments)
        result = (TextContent(text="3"),)
        messages += [
            AssistantMessage(content=(call,), stop_reason="tool_calls"),
            ToolResultMessage(tool_call_id=call.id, tool_name="add", content=result, is_error=failed),
        ]
    return messages


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("[]", []),
        (json.dumps([CALL]), [CALL]),
        (json.dumps([CALL]).removesuffix(STOP), [CALL]),
        (
            '[{"tool": "math_eval", "arguments": {"expression": "sqrt(4)',
            [{"tool": "math_eval", "arguments": {"expression": "sqrt(4)"}}],
        ),
        ('[{"tool": "plot", "arguments": {"at": {"x": 1', [{"tool": "plot", "arguments": {"at": {"x": 1}}}]),
        ("", []),
        ('[{"tool": "add", "arg', []),
        ("3", []),
    ],
)
def test_calls_are_read_also_from_json_that_was_cut(text, calls):
    assert read_calls(text) == calls


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(st.lists(st.dictionaries(st.text(max_size=4), _VALUES, min_size=1, max_size=3), min_size=1, max_size=3))
def test_stopping_at_the_closing_brackets_loses_nothing(arguments):
    calls = [{"tool": "demo", "arguments": each} for each in arguments]
    text = json.dumps(calls)
    if text.count(STOP) == 1:
        assert read_calls(text.partition(STOP)[0]) == calls


def test_a_call_that_was_answered_is_not_made_again():
    other = {"tool": "add", "arguments": {"a": 3, "b": 4}}
    assert meant_calls([CALL, other], conversation((CALL["arguments"], False))) == [other]


def test_a_call_is_made_once_even_if_written_twice():
    assert meant_calls([CALL, CALL], [user_message("What is 1 + 2?")]) == [CALL]


def test_the_same_call_may_answer_a_new_question():
    messages = [*conversation((CALL["arguments"], False)), user_message("And again?")]
    assert meant_calls([CALL], messages) == [CALL]


@pytest.mark.parametrize(
    ("rounds", "allowed", "expected"),
    [
        ((), 1, True),
        ((({}, False),), 1, False),
        ((({}, True),), 1, True),
        ((({}, True), ({}, True)), 1, False),
        ((({}, False),), 2, True),
        ((({}, False),) * 9, 0, True),
    ],
)
def test_tools_are_chosen_as_often_as_allowed_and_once_more_after_a_failure(rounds, allowed, expected):
    assert may_choose(conversation(*rounds), allowed) is expected


WEATHER = AgentTool(
    name="get_weather",
    examples=(ToolExample(request="Will I need a coat in Paris?", arguments={"city": "Paris"}),),
)
PARIS = {"tool": "get_weather", "arguments": {"city": "Paris"}}


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("Tell me a joke.", False),
        ("Hello, who are you?", False),
        ("How is the weather in Paris?", True),
        ("Do I need my coats?", True),
        ("Какая погода в Париже?", True),
    ],
)
def test_an_example_that_is_copied_for_want_of_a_tool_is_no_call(question, meant):
    assert meant_calls([PARIS], [user_message(question)], [WEATHER]) == ([PARIS] if meant else [])


def test_a_call_with_arguments_of_its_own_is_meant():
    call = {"tool": "get_weather", "arguments": {"city": "Rome"}}
    assert meant_calls([call], [user_message("Hello!")], [WEATHER]) == [call]


SEARCH = AgentTool(
    name="search",
    parameters={
        "type": "object",
        "properties": {"query": {"type": "string"}, "limit": {"type": "integer"}, "all": {"type": "boolean"}},
        "required": ["query"],
    },
)


@pytest.mark.parametrize(
    ("question", "limit"),
    [
        ("Find papers about climate.", None),
        ("Find 3 papers about climate.", 3),
        ("Find three papers about climate.", 3),
        ("Найди три статьи о климате.", 3),
        ("Find 30 papers about climate.", None),
    ],
)
def test_a_number_that_is_not_needed_and_that_nobody_named_is_left_out(question, limit):
    call = {"tool": "search", "arguments": {"query": "climate", "limit": 3, "all": True}}
    (meant,) = meant_calls([call], [user_message(question)], [SEARCH])
    assert meant["arguments"].get("limit") == limit
    assert meant["arguments"]["query"] == "climate"
    assert meant["arguments"]["all"] is True


def test_a_number_that_is_needed_stays():
    tool = AgentTool(name="add", parameters={"type": "object", "properties": {}, "required": ["a", "b"]})
    assert meant_calls([CALL], [user_message("Add them.")], [tool]) == [CALL]
