import copy

import pytest

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.messages import ImageContent, text_of
from jupyter_tools.providers.openai_dicts import (
    image_from,
    messages_from_openai,
    tool_choice_from_openai,
    tools_from_openai,
)
from jupyter_tools.tools.tool import AgentTool

PNG = b"\x89PNG\r\n"
CALL = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}}


def test_a_conversation_is_read_and_not_changed() -> None:
    dicts = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "1 + "}, "2?"]},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c1", "content": "3"},
        {"role": "assistant", "content": "3"},
        {"role": "user"},
    ]
    before = copy.deepcopy(dicts)
    messages = messages_from_openai(dicts)
    assert [m.role for m in messages] == ["system", "user", "assistant", "tool_result", "assistant", "user"]
    assert [text_of(m.content) for m in messages] == ["Be brief.", "1 + 2?", "", "3", "3", ""]
    assert messages[2].tool_calls[0].arguments == {"a": 1}
    assert messages[3].tool_name == "add"
    assert dicts == before


def test_arguments_that_are_no_json_are_the_problem_of_their_call() -> None:
    broken = {"id": "c", "function": {"name": "add", "arguments": "{"}}
    ready = {"id": "d", "function": {"name": "add", "arguments": {"a": 1}}}
    (message,) = messages_from_openai([{"role": "assistant", "content": "", "tool_calls": [broken, ready]}])
    assert "not valid JSON" in (message.tool_calls[0].problem or "")
    assert message.tool_calls[1].arguments == {"a": 1}


def test_an_image_may_be_a_url_of_data_bytes_or_a_file(tmp_path) -> None:
    (tmp_path / "x.png").write_bytes(PNG)
    expected = ImageContent(data="iVBORw0K", mime_type="image/png")
    url = "data:image/png;base64,iVBORw0K"
    part = {"type": "image_url", "image_url": {"url": url}}
    assert [image_from(item) for item in (url, part, PNG, (PNG, "x.png"), tmp_path / "x.png")] == [expected] * 5
    assert image_from(b"\xff\xd8\xff").mime_type == "image/jpeg"
    (message,) = messages_from_openai([{"role": "user", "content": [part]}])
    assert message.content == (expected,)


@pytest.mark.parametrize(
    "media", ["https://example.org/x.png", 5, "data:image/png,xx", "data:image/png;base64,*", "no/file"]
)
def test_an_image_that_cannot_be_read_is_said_to_be_one(media) -> None:
    with pytest.raises(ConfigurationError, match="image"):
        image_from(media)


def test_an_unknown_role_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match="role 'robot'"):
        messages_from_openai([{"role": "robot", "content": ""}])


def test_tool_definitions_become_declared_tools() -> None:
    ours = AgentTool(name="mine")
    wire = {"type": "function", "function": {"name": "add", "parameters": {"properties": {"a": {}}}}}
    tools = tools_from_openai([wire, ours, {"name": "flat"}, "time_now"])
    assert [tool.name for tool in tools] == ["add", "mine", "flat", "time_now"]
    assert tools[0].parameters == {"type": "object", "properties": {"a": {}}}
    assert tools[0].execute is None
    with pytest.raises(ConfigurationError, match="no name"):
        tools_from_openai([{"function": {}}])


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (None, "auto"),
        ("none", "none"),
        ({"type": "function", "function": {"name": "add"}}, "add"),
        ({"type": "auto"}, "auto"),
    ],
)
def test_tool_choice_is_read(said, meant: str) -> None:
    assert tool_choice_from_openai(said) == meant
