import json

import pytest

from jupyter_tools.errors import ConfigurationError
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
from jupyter_tools.providers.anthropic_messages import REDACTED, request_body
from jupyter_tools.providers.base import Model, Request
from jupyter_tools.providers.openai_messages import EncodedOnce
from jupyter_tools.tools.tool import AgentTool

ADD = AgentTool(name="add", description="Adds.", parameters={"type": "object", "properties": {}})
IMAGE = ImageContent(data="aGk=", mime_type="image/jpeg")
IMAGE_WIRE = {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": "aGk="}}


def body(*messages, tools=(), tool_choice="auto", **options) -> dict:
    model = Model(provider="anthropic", name="claude", options=options)
    request = Request(model=model, messages=messages, tools=tools, tool_choice=tool_choice)
    return json.loads(request_body(request, EncodedOnce()))


def said(text) -> dict:
    return {"type": "text", "text": text}


def result(call_id, text, **more) -> ToolResultMessage:
    content = (TextContent(text=text),) if text else ()
    return ToolResultMessage(tool_call_id=call_id, tool_name="add", content=content, **more)


def test_a_question_is_a_few_fields() -> None:
    assert body(user_message("hi"), temperature=0) == {
        "model": "claude",
        "max_tokens": 8192,
        "stream": True,
        "temperature": 0,
        "messages": [{"role": "user", "content": [said("hi")]}],
    }


def test_system_messages_stand_apart() -> None:
    wire = body(system_message("Be brief."), user_message("hi"), system_message("Be kind."))
    assert wire["system"] == "Be brief.\n\nBe kind."
    assert [message["role"] for message in wire["messages"]] == ["user"]


def test_all_results_of_a_turn_are_one_message() -> None:
    calls = AssistantMessage(
        content=(
            TextContent(text="I look."),
            ToolCallContent(id="a", name="add", arguments={"a": "ё"}),
            ToolCallContent(id="b.2", name="add"),
        )
    )
    picture = ToolResultMessage(tool_call_id="b.2", tool_name="add", content=(IMAGE,))
    wire = body(user_message("hi"), calls, result("a", "no", is_error=True), picture, user_message("and?"))
    assert wire["messages"][1:] == [
        {
            "role": "assistant",
            "content": [
                said("I look."),
                {"type": "tool_use", "id": "a", "name": "add", "input": {"a": "ё"}},
                {"type": "tool_use", "id": "b_2", "name": "add", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "a", "content": [said("no")], "is_error": True},
                {"type": "tool_result", "tool_use_id": "b_2", "content": [IMAGE_WIRE]},
            ],
        },
        {"role": "user", "content": [said("and?")]},
    ]


def test_reasoning_goes_back_with_its_signature_to_its_own_provider_only() -> None:
    content = (
        ThinkingContent(thinking="hm", signature="s1"),
        ThinkingContent(thinking="", signature=REDACTED + "x9"),
        ThinkingContent(thinking="cut"),
        TextContent(text="ok"),
    )
    ours = body(AssistantMessage(content=content, provider="anthropic"))["messages"][0]["content"]
    assert ours == [
        {"type": "thinking", "thinking": "hm", "signature": "s1"},
        {"type": "redacted_thinking", "data": "x9"},
        said("ok"),
    ]
    assert body(AssistantMessage(content=content, provider="openai"))["messages"][0]["content"] == [said("ok")]


def test_empty_things_are_left_out_because_the_api_refuses_them() -> None:
    wire = body(
        UserMessage(content=()),
        AssistantMessage(content=(TextContent(text=" \n"),)),
        AssistantMessage(content=(TextContent(text=""), ToolCallContent(id="a", name="add"))),
        result("a", ""),
        UserMessage(content=(TextContent(text=" "), IMAGE)),
    )
    assert [message["content"] for message in wire["messages"]] == [
        [said("(nothing)")],
        [{"type": "tool_use", "id": "a", "name": "add", "input": {}}],
        [{"type": "tool_result", "tool_use_id": "a", "content": []}],
        [IMAGE_WIRE],
    ]


@pytest.mark.parametrize(
    ("choice", "wire"),
    [("none", {"type": "none"}), ("required", {"type": "any"}), ("add", {"type": "tool", "name": "add"})],
)
def test_tool_choice_is_translated(choice: str, wire: dict) -> None:
    assert body(user_message("hi"), tools=(ADD,), tool_choice=choice)["tool_choice"] == wire


def test_tools_are_named_described_and_given_their_schema() -> None:
    wire = body(user_message("hi"), tools=(ADD,))
    assert wire["tools"] == [{"name": "add", "description": "Adds.", "input_schema": ADD.parameters}]
    assert "tool_choice" not in wire


def test_options_of_openai_are_translated() -> None:
    schema = {"type": "object"}
    wire = body(
        user_message("hi"),
        stop="END",
        max_tokens=5,
        response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": schema}},
    )
    assert wire["stop_sequences"] == ["END"]
    assert wire["max_tokens"] == 5
    assert wire["output_config"] == {"format": {"type": "json_schema", "schema": schema}}
    with pytest.raises(ConfigurationError, match="needs a schema"):
        body(user_message("hi"), response_format={"type": "json_object"})


def test_thinking_leaves_room_for_the_answer() -> None:
    assert body(user_message("hi"), thinking={"type": "enabled", "budget_tokens": 4000})["max_tokens"] == 12192


def test_tools_that_were_called_are_declared_again_where_none_is_given() -> None:
    call = AssistantMessage(content=(ToolCallContent(id="a", name="add"), ToolCallContent(id="b", name="no such.tool")))
    said = (user_message("hi"), call, result("a", "3"), result("b", "no", is_error=True), user_message("and?"))
    wire = body(*said)
    assert [tool["name"] for tool in wire["tools"]] == ["add", "no_such_tool"]
    assert wire["tool_choice"] == {"type": "none"}
    assert [block["name"] for block in wire["messages"][1]["content"]] == ["add", "no_such_tool"]
    assert [tool["name"] for tool in body(*said, tools=(ADD,))["tools"]] == ["add"]
    assert "tools" not in body(user_message("hi"))
