import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.agent.saved_conversation import FORMAT, completed, load_conversation, save_conversation
from jupyter_tools.errors import ConfigurationError
from jupyter_tools.messages import (
    AssistantMessage,
    ImageContent,
    TextContent,
    ThinkingContent,
    ToolCallContent,
    ToolResultMessage,
    Usage,
    UserMessage,
    user_message,
)
from tests.agent.runs import assert_valid

ANSWER = AssistantMessage(
    content=(ThinkingContent(thinking="Hm.", signature="s", cut=True, duration_ms=1.5), TextContent(text="Да.")),
    usage=Usage(input_tokens=3, output_tokens=2, cost=0.25),
    stop_reason="length",
)


def asking(*ids):
    return AssistantMessage(content=tuple(ToolCallContent(id=i, name="add", arguments={"a": 1}) for i in ids))


def result(call_id):
    return ToolResultMessage(tool_call_id=call_id, tool_name="add", content=(TextContent(text="1"),), details={"x": 1})


def test_half_a_surrogate_pair_comes_back_the_same(tmp_path):
    messages = [user_message("half \ud83d"), ANSWER]
    save_conversation(tmp_path / "a.json", messages)
    assert load_conversation(tmp_path / "a.json") == messages


def test_what_is_saved_comes_back_the_same(tmp_path):
    seen = UserMessage(content=(TextContent(text="Что это?"), ImageContent(data="aGk=")))
    messages = [seen, asking("1", "2"), result("1"), result("2"), ANSWER]
    save_conversation(tmp_path / "a.json", messages, model="openai:x")
    assert load_conversation(tmp_path / "a.json") == messages
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
    assert "Что это?" in (tmp_path / "a.json").read_text(encoding="utf-8")


def test_half_a_surrogate_pair_is_saved_and_comes_back(tmp_path):
    said = [user_message("half \ud83d, whole 🤔 \\ud83d")]
    save_conversation(tmp_path / "a.json", said)
    assert load_conversation(tmp_path / "a.json") == said


def test_what_cannot_be_saved_leaves_the_old_file_alone(tmp_path):
    save_conversation(tmp_path / "a.json", [user_message("hi")])
    with pytest.raises(TypeError):
        save_conversation(tmp_path / "a.json", [], model=object())
    assert load_conversation(tmp_path / "a.json") == [user_message("hi")]


def test_a_file_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match=r"cannot be saved in .*: Not a directory"):
        save_conversation(tmp_path / "file" / "a.json", [])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "not JSON"),
        ("[]", "no conversation"),
        ('{"messages": []}', "no conversation"),
        (json.dumps({"format": FORMAT}), "damaged"),
        (json.dumps({"format": FORMAT, "messages": [{"role": "wizard"}]}), "wizard"),
        (json.dumps({"format": FORMAT, "messages": [1]}), "damaged"),
        (json.dumps({"format": FORMAT, "messages": 1}), "damaged"),
    ],
)
def test_another_file_is_refused_with_its_name(tmp_path, text, problem):
    (tmp_path / "other.json").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=problem) as caught:
        load_conversation(tmp_path / "other.json")
    assert "other.json" in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match=r"none\.json.*No such file"):
        load_conversation(tmp_path / "none.json")


messages = st.lists(
    st.one_of(
        st.just(user_message("hi")),
        st.just(ANSWER),
        st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True).map(lambda ids: asking(*ids)),
        st.sampled_from("abcd").map(result),
    ),
    max_size=12,
)


@given(messages)
def test_whatever_is_missing_the_conversation_is_made_valid_and_only_results_are_added_or_left_out(said):
    valid = completed(said)
    waiting = set()
    for message in valid:
        if isinstance(message, ToolResultMessage):
            waiting.remove(message.tool_call_id)
            continue
        assert not waiting
        waiting = {call.id for call in message.tool_calls} if isinstance(message, AssistantMessage) else set()
    assert not waiting
    assert [m for m in valid if m.role != "tool_result"] == [m for m in said if m.role != "tool_result"]
    assert completed(valid) == valid


def test_a_valid_conversation_stays_as_it_is():
    said = [user_message("hi"), asking("1", "2"), result("1"), result("2"), ANSWER]
    assert completed(said) == said
    assert_valid(completed(said))
