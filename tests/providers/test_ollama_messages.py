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
from jupyter_tools.providers.ollama_messages import request_body
from jupyter_tools.providers.openai_messages import EncodedOnce
from jupyter_tools.tools.tool import AgentTool

ADD, SUB = (AgentTool(name=name, parameters={"type": "object"}) for name in ("add", "sub"))
IMAGE = ImageContent(data="aGk=")


def body(*messages, tools=(), tool_choice="auto", **options) -> dict:
    model = Model(provider="ollama", name="qwen3:8b", options=options)
    request = Request(model=model, messages=messages, tools=tools, tool_choice=tool_choice)
    return json.loads(request_body(request, EncodedOnce()))


def test_a_conversation_is_written_in_ollamas_words() -> None:
    call = ToolCallContent(id="c1", name="add", arguments={"a": "ё"})
    wire = body(
        system_message("Be brief."),
        UserMessage(content=(TextContent(text="See"), IMAGE)),
        AssistantMessage(content=(ThinkingContent(thinking="hm"), TextContent(text="I add."), call)),
        ToolResultMessage(tool_call_id="c1", tool_name="add", content=(TextContent(text="3"), IMAGE)),
        AssistantMessage(content=(ThinkingContent(thinking="so"), TextContent(text="3"))),
    )
    assert wire["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "See", "images": ["aGk="]},
        {
            "role": "assistant",
            "content": "I add.",
            "thinking": "hm",
            "tool_calls": [{"id": "c1", "function": {"name": "add", "arguments": {"a": "ё"}}}],
        },
        {"role": "tool", "content": "3", "tool_name": "add", "tool_call_id": "c1", "images": ["aGk="]},
        {"role": "assistant", "content": "3"},
    ]


def test_options_stand_where_ollama_looks_for_them() -> None:
    wire = body(user_message("hi"), temperature=0, num_ctx=4096, max_tokens=9, keep_alive="5m", think=True, seed=None)
    assert wire["options"] == {"temperature": 0, "num_ctx": 4096, "num_predict": 9}
    assert (wire["keep_alive"], wire["think"], wire["stream"]) == ("5m", True, True)
    assert "options" not in body(user_message("hi"))


@pytest.mark.parametrize(
    ("response_format", "wire"),
    [
        ({"type": "json_object"}, "json"),
        ({"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object"}}}, {"type": "object"}),
    ],
)
def test_response_format_is_translated(response_format, wire) -> None:
    assert body(user_message("hi"), response_format=response_format)["format"] == wire


@pytest.mark.parametrize(
    ("choice", "names"), [("auto", ["add", "sub"]), ("required", ["add", "sub"]), ("none", []), ("sub", ["sub"])]
)
def test_tool_choice_is_what_is_offered(choice: str, names: list[str]) -> None:
    wire = body(user_message("hi"), tools=(ADD, SUB), tool_choice=choice)
    assert [tool["function"]["name"] for tool in wire.get("tools", [])] == names
