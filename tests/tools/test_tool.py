import dataclasses

import pytest

from jupyter_tools.errors import ToolDefinitionError
from jupyter_tools.tools.tool import AgentTool


def test_the_schema_is_compiled_once():
    tool = AgentTool(name="f")
    assert tool.compiled_parameters is tool.compiled_parameters


def test_a_changed_tool_gets_a_schema_of_its_own():
    tool = AgentTool(name="f")
    strict = dataclasses.replace(tool, parameters={"type": "object", "required": ["a"]})
    assert tool.compiled_parameters.is_valid({})
    assert not strict.compiled_parameters.is_valid({})


def test_an_unusable_schema_is_told_when_it_is_first_needed():
    tool = AgentTool(name="f", parameters={"type": "banana"})
    with pytest.raises(ToolDefinitionError, match=r"'f'.*banana"):
        _ = tool.compiled_parameters


def test_a_tool_without_a_function_cannot_be_called():
    with pytest.raises(TypeError, match="no Python function"):
        AgentTool(name="f")()
