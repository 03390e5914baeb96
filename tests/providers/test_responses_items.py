import json

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
from jupyter_tools.providers.openai_messages import EncodedOnce
from jupyter_tools.providers.responses_items import items_of, request_body
from jupyter_tools.tools.tool import AgentTool

ADD = AgentTool(name="add", description="Adds.", parameters={"type": "object"})
IMAGE = ImageContent(data="aGk=")
IMAGE_WIRE = {"type": "input_image", "image_url": "data:image/png;base64,aGk="}
SIGNED = ThinkingContent(thinking="hm", signature='{"id": "rs", "encrypted_content": "x"}')
CALL = ToolCallContent(id="c1", name="add", arguments={"a": "ё"})


def body(*messages, name="gpt-4o", tools=(), tool_choice="auto", **options) -> dict:
    model = Model(provider="responses", name=name, options=options)
    request = Request(model=model, messages=messages, tools=tools, tool_choice=tool_choice)
    return json.loads(request_body(request, EncodedOnce()))


def test_a_question_is_a_few_fields_and_nothing_is_kept_on_the_server() -> None:
    assert body(system_message("Be brief."), user_message("hi"), temperature=0) == {
        "model": "gpt-4o",
        "stream": True,
        "store": False,
        "temperature": 0,
        "input": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [{"type": "input_text", "text": "hi"}]},
        ],
    }


def test_a_turn_with_calls_is_items_in_its_order() -> None:
    said = AssistantMessage(content=(SIGNED, TextContent(text="I add."), CALL), provider="responses")
    result = ToolResultMessage(tool_call_id="c1", tool_name="add", content=(TextContent(text="3"),))
    assert body(said, result)["input"] == [
        {
            "type": "reasoning",
            "summary": [{"type": "summary_text", "text": "hm"}],
            "id": "rs",
            "encrypted_content": "x",
        },
        {"role": "assistant", "content": [{"type": "output_text", "text": "I add."}]},
        {"type": "function_call", "call_id": "c1", "name": "add", "arguments": '{"a": "ё"}'},
        {"type": "function_call_output", "call_id": "c1", "output": "3"},
    ]


def test_reasoning_goes_back_only_to_its_provider_and_only_with_what_it_led_to() -> None:
    assert items_of(AssistantMessage(content=(SIGNED, CALL), provider="anthropic"))[0]["type"] == "function_call"
    assert items_of(AssistantMessage(content=(SIGNED,), provider="responses")) == []
    assert items_of(AssistantMessage(content=(ThinkingContent(thinking="hm"),), provider="responses")) == []


def test_images_go_with_users_and_results() -> None:
    asked = UserMessage(content=(TextContent(text="See"), IMAGE))
    result = ToolResultMessage(tool_call_id="c1", tool_name="plot", content=(IMAGE,))
    assert items_of(asked)[0]["content"][1] == IMAGE_WIRE
    assert items_of(result)[0]["output"] == [IMAGE_WIRE]


@pytest.mark.parametrize("name", ["o3", "gpt-5-mini", "openai/gpt-5", "codex-mini"])
def test_models_that_reason_give_their_reasoning_to_keep(name: str) -> None:
    assert body(user_message("hi"), name=name)["include"] == ["reasoning.encrypted_content"]
    assert "include" not in body(user_message("hi"), name=name, include=None)


@pytest.mark.parametrize("name", ["gpt-4.1", "gpt-5-chat-latest", "llama3"])
def test_models_that_do_not_reason_are_not_asked_for_it_and_would_refuse(name: str) -> None:
    assert "include" not in body(user_message("hi"), name=name)


@pytest.mark.parametrize(
    ("choice", "wire"),
    [("none", "none"), ("required", "required"), ("add", {"type": "function", "name": "add"})],
)
def test_tools_and_their_choice_are_flat(choice: str, wire) -> None:
    sent = body(user_message("hi"), tools=(ADD,), tool_choice=choice)
    function = {"name": "add", "description": "Adds.", "parameters": {"type": "object"}}
    assert sent["tools"] == [{"type": "function", **function, "strict": False}]
    assert sent["tool_choice"] == wire


def test_the_names_of_chat_completions_are_translated() -> None:
    schema = {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}}
    sent = body(user_message("hi"), max_tokens=5, reasoning_effort="low", response_format=schema)
    assert sent["max_output_tokens"] == 5
    assert sent["reasoning"] == {"effort": "low", "summary": "auto"}
    assert sent["text"] == {"format": {"type": "json_schema", "name": "x", "schema": {}}}
    assert not {"max_tokens", "reasoning_effort", "response_format"} & sent.keys()
