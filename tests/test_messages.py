import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools import messages as m

texts = st.text(max_size=20)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
arguments = st.dictionaries(texts, json_values, max_size=3)
tokens = st.integers(0, 10**6)
usages = st.builds(
    m.Usage,
    input_tokens=tokens,
    output_tokens=tokens,
    reasoning_tokens=tokens,
    cached_tokens=tokens,
    estimated=st.booleans(),
)
user_content = st.builds(m.TextContent, text=texts) | st.builds(m.ImageContent, data=texts, mime_type=texts)
assistant_content = (
    st.builds(m.TextContent, text=texts)
    | st.builds(m.ThinkingContent, thinking=texts, signature=st.none() | texts, cut=st.booleans())
    | st.builds(m.ToolCallContent, id=texts, name=texts, arguments=arguments, problem=st.none() | texts)
)
stamps = st.integers(0, 2**45)
messages = (
    st.builds(m.SystemMessage, content=st.lists(user_content, max_size=3).map(tuple), timestamp_ms=stamps)
    | st.builds(m.UserMessage, content=st.lists(user_content, max_size=3).map(tuple), timestamp_ms=stamps)
    | st.builds(
        m.AssistantMessage,
        content=st.lists(assistant_content, max_size=4).map(tuple),
        provider=texts,
        model=texts,
        usage=usages,
        stop_reason=st.sampled_from(m.STOP_REASONS),
        error_message=st.none() | texts,
        timestamp_ms=stamps,
    )
    | st.builds(
        m.ToolResultMessage,
        tool_call_id=texts,
        tool_name=texts,
        content=st.lists(user_content, max_size=3).map(tuple),
        details=json_values,
        is_error=st.booleans(),
        timestamp_ms=stamps,
    )
)


@given(message=messages)
def test_a_message_survives_json(message):
    restored = m.from_dict(json.loads(json.dumps(m.to_dict(message))))
    assert restored == message
    assert restored.timestamp_ms == message.timestamp_ms


@given(a=usages, b=usages)
def test_usage_adds_up(a, b):
    total = a + b
    assert total.total_tokens == a.total_tokens + b.total_tokens
    assert total.reasoning_tokens == a.reasoning_tokens + b.reasoning_tokens
    assert total.estimated == (a.estimated or b.estimated)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"role": "robot", "content": []},
        {"role": "user"},
        {"role": "user", "content": [{"type": "smell"}]},
        {"role": "user", "content": [{"type": "text"}]},
        {"role": "user", "content": [], "colour": "red"},
    ],
)
def test_what_is_no_message_is_refused_with_a_reason(data):
    with pytest.raises(ValueError, match="not a"):
        m.from_dict(data)


def test_an_assistant_message_separates_answer_reasoning_and_calls():
    call = m.ToolCallContent(id="1", name="math_eval", arguments={"expression": "2+2"})
    message = m.AssistantMessage(
        content=(m.ThinkingContent(thinking="hm "), m.TextContent(text="It "), call, m.TextContent(text="is."))
    )
    assert (message.text, message.thinking, message.tool_calls) == ("It is.", "hm ", (call,))
