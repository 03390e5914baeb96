import json
import weakref

import pytest

from jupyter_tools.messages import (
    AssistantMessage,
    ImageContent,
    TextContent,
    ThinkingContent,
    ToolCallContent,
    ToolResultMessage,
    UserMessage,
    system_message,
    user_message,
)
from jupyter_tools.providers.base import Model, Request
from jupyter_tools.providers.openai_messages import EncodedOnce, request_body, to_json
from jupyter_tools.tools.tool import AgentTool

ADD = AgentTool(
    name="add", description="Adds.", parameters={"type": "object", "properties": {"a": {"type": "integer"}}}
)
IMAGE = ImageContent(data="aGk=", mime_type="image/jpeg")
IMAGE_ON_THE_WIRE = {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,aGk="}}


def body_of(*messages, tools=(), tool_choice="auto", **options):
    model = Model(provider="openai", name="m", options=options)
    request = Request(model=model, messages=messages, tools=tools, tool_choice=tool_choice)
    return json.loads(request_body(request, EncodedOnce()))


def wire_of(*messages):
    return body_of(*messages)["messages"]


def text(*texts):
    return tuple(TextContent(text=item) for item in texts)


def result(call_id, *content):
    return ToolResultMessage(tool_call_id=call_id, tool_name="add", content=content)


def test_a_conversation_becomes_the_wires_own():
    call = ToolCallContent(id="c1", name="add", arguments={"a": "Токио"})
    assert wire_of(
        system_message("be brief"),
        user_message("сложи"),
        AssistantMessage(content=(ThinkingContent(thinking="hm"), *text("I add. "), call)),
        result("c1", *text("3")),
        AssistantMessage(content=text("It is ", "3.")),
    ) == [
        {"role": "system", "content": "be brief"},
        {"role": "user", "content": "сложи"},
        {
            "role": "assistant",
            "content": "I add. ",
            "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a": "Токио"}'}}
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "3"},
        {"role": "assistant", "content": "It is 3."},
    ]


def test_a_message_of_calls_alone_has_no_content():
    call = ToolCallContent(id="c1", name="add")
    assert wire_of(AssistantMessage(content=(call,)))[0]["content"] is None


def test_an_answer_that_never_began_is_left_out():
    assert wire_of(AssistantMessage(content=(ThinkingContent(thinking="hm"),), stop_reason="aborted")) == []


def test_images_of_a_person_are_parts():
    said = UserMessage(content=(*text("what is this?"), IMAGE))
    assert wire_of(said)[0]["content"] == [{"type": "text", "text": "what is this?"}, IMAGE_ON_THE_WIRE]


def test_images_of_tools_follow_all_their_results():
    calls = AssistantMessage(content=(ToolCallContent(id="c1", name="a"), ToolCallContent(id="c2", name="a")))
    wire = wire_of(calls, result("c1", *text("a plot"), IMAGE), result("c2", IMAGE), user_message("and?"))
    assert [message["role"] for message in wire] == ["assistant", "tool", "tool", "user", "user"]
    assert [message["content"] for message in wire[1:3]] == ["a plot", ""]
    assert wire[3]["content"][1:] == [IMAGE_ON_THE_WIRE, IMAGE_ON_THE_WIRE]
    assert wire_of(calls, result("c1", IMAGE))[-1]["role"] == "user"


def test_tools_are_sent_with_their_schemas():
    assert body_of(user_message("hi"), tools=(ADD,))["tools"] == [
        {"type": "function", "function": {"name": "add", "description": "Adds.", "parameters": ADD.parameters}}
    ]
    assert "tools" not in body_of(user_message("hi"))


def test_a_choice_among_tools_is_sent_only_where_there_are_any():
    choices = ["auto", "none", "required", "add"]
    assert [body_of(tools=(ADD,), tool_choice=choice).get("tool_choice") for choice in choices] == [
        None,
        "none",
        "required",
        {"type": "function", "function": {"name": "add"}},
    ]
    assert "tool_choice" not in body_of(tool_choice="none")


def test_options_are_passed_on_and_none_leaves_a_field_out():
    body = body_of(temperature=0.5, top_k=3, response_format={"type": "json_object"}, max_tokens=None)
    assert body["temperature"] == 0.5
    assert body["top_k"] == 3
    assert body["response_format"] == {"type": "json_object"}
    assert "max_tokens" not in body


def test_our_own_options_stay_here():
    assert "starts_in_thinking" not in body_of(starts_in_thinking=True)


def test_usage_is_asked_for_unless_that_is_switched_off():
    assert body_of()["stream_options"] == {"include_usage": True}
    assert "stream_options" not in body_of(stream_options=None)
    assert "stream_options" not in body_of(stream=False)


def test_half_a_character_is_no_error():
    assert json.loads(to_json({"a": "x\ud83d"})) == {"a": "x?"}


def test_each_thing_is_encoded_once():
    kept, seen = EncodedOnce(), []
    message = user_message("hi")
    for _ in range(3):
        kept.json(message, lambda item: seen.append(item) or {"a": 1})
    assert seen == [message]


def test_what_stands_after_a_message_is_encoded_with_it_until_something_else_stands_there():
    kept, seen, (asked, given, other) = EncodedOnce(), [], [user_message(text) for text in "abc"]

    def encode(message):
        seen.append(message.content[0].text)
        return message.content[0].text

    assert [kept.json(asked, encode, "", after) for after in ((given,), (given,), (given, other))] == [
        b'"a","b"',
        b'"a","b"',
        b'"a","b","c"',
    ]
    assert seen == ["a", "b", "a", "b", "c"]


@pytest.mark.parametrize("before", [(), (AssistantMessage(content=(ThinkingContent(thinking="hm"),)),)])
def test_results_without_a_call_before_them_are_written_all_the_same(before):
    results = [result(name, TextContent(text=name)) for name in "ab"]
    assert [message["content"] for message in wire_of(*before, *results, user_message("go"))] == ["a", "b", "go"]


def test_equal_things_are_told_apart_also_where_one_stands_where_another_stood():
    kept = EncodedOnce()
    for number in range(50):
        item = user_message("hi")
        assert json.loads(kept.json(item, lambda _, number=number: {"number": number})) == {"number": number}


def test_what_is_encoded_does_not_keep_its_message():
    kept, message = EncodedOnce(), user_message("hi")
    kept.json(message, lambda _: {"a": 1})
    seen = weakref.ref(message)
    del message
    assert seen() is None
