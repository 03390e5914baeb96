"""What is written for servers that speak chat completions in their own way."""

import json
import re

import pytest

from jupyter_tools.messages import (
    AssistantMessage,
    ImageContent,
    TextContent,
    ThinkingContent,
    ToolCallContent,
    ToolResultMessage,
    user_message,
)
from jupyter_tools.providers.base import Model, Request
from jupyter_tools.providers.known_servers import KNOWN_SERVERS
from jupyter_tools.providers.openai_dialect import signature_of
from jupyter_tools.providers.openai_messages import EncodedOnce, request_body

from .wire import CALLS, DONE, call, calls, message_of

ELSEWHERE = "http://localhost:8000/v1"
CALLED = AssistantMessage(content=(ToolCallContent(id="call_0123456789ab", name="add", arguments={"a": 1}),))
RESULT = ToolResultMessage(tool_call_id="call_0123456789ab", tool_name="add", content=(TextContent(text="3"),))
PICTURE = ToolResultMessage(tool_call_id="call_0123456789ab", tool_name="add", content=(ImageContent(data="aGk="),))


def sent(*messages, owner=None, model="m", kept=None, **options) -> dict:
    request = Request(model=Model(provider="openai", name=model, options=options), messages=messages)
    return json.loads(request_body(request, kept or EncodedOnce(), KNOWN_SERVERS.get(owner or "", ELSEWHERE)))


def roles(*messages, **where) -> list[str]:
    return [message["role"] for message in sent(*messages, **where)["messages"]]


# --- Mistral ---
MISTRALS = [{"owner": "mistral"}, {"model": "mistralai/Devstral-Small-2507"}, {"model": "Ministral-8B"}]


@pytest.mark.parametrize("where", MISTRALS)
def test_mistrals_models_get_ids_of_nine_letters_that_still_belong_together(where):
    _, asked, answered = sent(user_message("hi"), CALLED, RESULT, **where)["messages"]
    (written,) = asked["tool_calls"]
    assert re.fullmatch("[a-zA-Z0-9]{9}", written["id"])
    assert answered["tool_call_id"] == written["id"]


def test_an_id_of_mistrals_own_stays_as_it_is():
    own = AssistantMessage(content=(ToolCallContent(id="D681PevKs", name="add"),))
    assert sent(own, owner="mistral")["messages"][0]["tool_calls"][0]["id"] == "D681PevKs"


@pytest.mark.parametrize("where", MISTRALS)
def test_for_mistrals_models_an_answer_stands_between_results_and_what_a_user_says(where):
    assert roles(user_message("hi"), CALLED, RESULT, user_message("no, stop"), **where) == [
        *("user", "assistant", "tool", "assistant", "user"),
    ]
    assert roles(CALLED, PICTURE, **where) == ["assistant", "tool", "assistant", "user"]
    assert roles(CALLED, RESULT, CALLED, RESULT, **where) == ["assistant", "tool", "assistant", "tool"]


@pytest.mark.parametrize("where", [{}, {"owner": "openai"}, {"owner": "gemini", "model": "gemini-2.5-flash"}])
def test_others_get_ids_and_messages_as_they_are(where):
    body = sent(CALLED, RESULT, user_message("and?"), **where)
    assert [message["role"] for message in body["messages"]] == ["assistant", "tool", "user"]
    assert body["messages"][0]["tool_calls"][0]["id"] == "call_0123456789ab"
    assert body["stream_options"] == {"include_usage": True}


def test_mistral_is_not_asked_for_usage_that_it_tells_by_itself():
    assert "stream_options" not in sent(user_message("hi"), owner="mistral")
    asked = sent(user_message("hi"), owner="mistral", stream_options={"include_usage": True})
    assert asked["stream_options"] == {"include_usage": True}


@pytest.mark.parametrize(
    ("owner", "options", "fields"),
    [
        ("mistral", {"seed": 7, "max_completion_tokens": 9}, {"random_seed": 7, "max_tokens": 9}),
        ("openai", {"seed": 7, "max_tokens": 9}, {"seed": 7, "max_completion_tokens": 9}),
        ("openai", {"max_tokens": 9, "max_completion_tokens": 5}, {"max_completion_tokens": 5}),
        (None, {"seed": 7, "max_tokens": 9}, {"seed": 7, "max_tokens": 9}),
    ],
)
def test_options_have_the_names_that_the_server_knows(owner, options, fields):
    body = sent(user_message("hi"), owner=owner, **options)
    asked = {"random_seed", "seed", "max_tokens", "max_completion_tokens"}
    assert {name: value for name, value in body.items() if name in asked} == fields


# --- Gemini ---
def signed(text) -> dict:
    return {"extra_content": {"google": {"thought_signature": text}}}


def said_by_gemini() -> AssistantMessage:
    first, second = call(0, "c1", "add", '{"a":1}', **signed("sig==")), call(0, "c2", "add", '{"a":2}')
    return message_of(calls(first), calls(second), CALLS, DONE)


@pytest.mark.parametrize("where", [{"owner": "gemini", "model": "gemini-3-pro"}, {"model": "gemini-3-pro"}])
def test_what_gemini_signs_its_calls_with_goes_back_where_it_was(where):
    message = said_by_gemini()
    assert [(c.id, c.arguments) for c in message.tool_calls] == [("c1", {"a": 1}), ("c2", {"a": 2})]
    first, second = sent(message, **where)["messages"][0]["tool_calls"]
    assert first == {
        "id": "c1",
        "type": "function",
        "function": {"name": "add", "arguments": '{"a": 1}'},
        **signed("sig=="),
    }
    assert "extra_content" not in second


@pytest.mark.parametrize("owner", ["openai", "mistral", "groq"])
def test_other_peoples_servers_do_not_get_what_gemini_has_signed(owner):
    assert "sig==" not in json.dumps(sent(said_by_gemini(), owner=owner))


def test_calls_of_another_model_are_let_pass_by_googles_own_word():
    two = AssistantMessage(content=(ToolCallContent(id="a", name="add"), ToolCallContent(id="b", name="add")))
    first, second = sent(two, owner="gemini", model="gemini-3-flash-preview")["messages"][0]["tool_calls"]
    assert first["extra_content"] == {"google": {"thought_signature": "skip_thought_signature_validator"}}
    assert "extra_content" not in second
    assert "extra_content" not in json.dumps(sent(two, owner="gemini", model="models/gemini-2.5-flash"))
    assert "extra_content" not in json.dumps(sent(two, model="gemini-3-pro"))


def test_one_message_may_go_to_servers_of_all_kinds():
    kept, message = EncodedOnce(), said_by_gemini()
    for _ in range(2):
        assert "sig==" in json.dumps(sent(message, owner="gemini", model="gemini-3-pro", kept=kept))
        assert "sig==" not in json.dumps(sent(message, owner="openai", kept=kept))
        assert '"c1"' not in json.dumps(sent(message, owner="mistral", kept=kept))


@pytest.mark.parametrize("extra", [None, 5, {}, {"google": None}, {"google": {"thought": True}}])
def test_what_is_no_signature_is_left_alone(extra):
    assert signature_of({"extra_content": extra}) is None


def test_a_signature_is_no_reasoning_that_anybody_reads():
    assert said_by_gemini().thinking == ""
    assert any(isinstance(block, ThinkingContent) for block in said_by_gemini().content)
