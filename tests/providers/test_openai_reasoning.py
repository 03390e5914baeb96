import json
from dataclasses import replace

import pytest

from jupyter_tools.messages import AssistantMessage, TextContent, ThinkingContent, ToolCallContent, user_message
from jupyter_tools.providers.base import Model, Request
from jupyter_tools.providers.openai_messages import EncodedOnce, request_body
from jupyter_tools.providers.openai_reasoning import reasoning_field

from .wire import CALLS, DONE, STOP, call, calls, delta, message_of, text

DEEPSEEK, OPENROUTER, OTHER = "https://api.deepseek.com/v1", "https://openrouter.ai/api/v1", "http://localhost:8080/v1"
CALL = ToolCallContent(id="c", name="add", arguments={})
THOUGHT = AssistantMessage(content=(ThinkingContent(thinking="Hm."), CALL))


def sent(message, base_url, kept=None, **options):
    model = Model(provider="openai", name="m", options=options)
    request = Request(model=model, messages=(user_message("hi"), message))
    return json.loads(request_body(request, kept or EncodedOnce(), base_url))["messages"][-1]


@pytest.mark.parametrize(
    ("base_url", "options", "field"),
    [
        (DEEPSEEK, {}, "reasoning_content"),
        (OPENROUTER, {}, "reasoning_details"),
        (OTHER, {}, None),
        (OTHER, {"send_reasoning": "reasoning"}, "reasoning"),
        (DEEPSEEK, {"send_reasoning": False}, None),
        ("", {}, None),
    ],
)
def test_the_host_or_an_option_says_in_which_field_reasoning_goes_back(base_url, options, field):
    assert reasoning_field(Model(provider="openai", name="m", options=options), base_url) == field


def test_reasoning_goes_back_with_tool_calls_where_it_is_wanted():
    assert sent(THOUGHT, DEEPSEEK)["reasoning_content"] == "Hm."
    assert "reasoning_content" not in sent(THOUGHT, OTHER)
    assert "send_reasoning" not in sent(THOUGHT, OTHER, send_reasoning="reasoning")


def test_reasoning_does_not_go_back_without_tool_calls():
    answer = replace(THOUGHT, content=(ThinkingContent(thinking="Hm."), TextContent(text="4")))
    assert sent(answer, DEEPSEEK) == {"role": "assistant", "content": "4"}


def test_one_message_may_be_sent_to_servers_of_both_kinds():
    kept = EncodedOnce()
    for _ in range(2):
        assert "reasoning_content" in sent(THOUGHT, DEEPSEEK, kept)
        assert "reasoning_content" not in sent(THOUGHT, OTHER, kept)


DETAILS = [
    {"type": "reasoning.text", "index": 0, "format": "anthropic-claude-v1", "text": "Let me ", "signature": None},
    {"type": "reasoning.text", "index": 0, "text": "add."},
    {"type": "reasoning.text", "index": 0, "signature": "sig=="},
    {"type": "reasoning.encrypted", "index": 1, "data": "abc"},
]
JOINED = [
    {
        "type": "reasoning.text",
        "index": 0,
        "format": "anthropic-claude-v1",
        "text": "Let me add.",
        "signature": "sig==",
    },
    {"type": "reasoning.encrypted", "index": 1, "data": "abc"},
]


def test_reasoning_details_are_joined_and_go_back_whole():
    pieces = [delta(reasoning=piece.get("text"), reasoning_details=[piece]) for piece in DETAILS]
    message = message_of(*pieces, calls(call(0, "c", "add", "{}")), CALLS, DONE)
    assert message.thinking == "Let me add."
    assert sent(message, OPENROUTER)["reasoning_details"] == JOINED
    assert "reasoning_details" not in sent(message, OTHER)


def test_encrypted_reasoning_without_a_word_is_kept():
    message = message_of(delta(reasoning_details=[DETAILS[3]]), calls(call(0, "c", "add", "{}")), CALLS, DONE)
    assert sent(message, OPENROUTER)["reasoning_details"] == [DETAILS[3]]


def test_reasoning_details_before_text_are_closed_by_it():
    message = message_of(delta(reasoning="Hm.", reasoning_details=[DETAILS[0]]), text("4"), STOP, DONE)
    assert [block.type for block in message.content] == ["thinking", "text"]


@pytest.mark.parametrize("signature", ["EqQBCg==", "[{broken", "[]"])
def test_the_signature_of_another_provider_is_not_sent(signature):
    block = ThinkingContent(thinking="Hm.", signature=signature)
    assert "reasoning_details" not in sent(replace(THOUGHT, content=(block, CALL)), OPENROUTER)
