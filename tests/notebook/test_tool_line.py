import pytest

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.notebook.python_tool import run_python
from jupyter_tools.notebook.tool_line import arguments_summary, tool_arguments
from jupyter_tools.tools.tool import AgentTool

SEARCH = AgentTool(
    name="search",
    parameters={
        "type": "object",
        "properties": {
            "query": {"type": "string", "description": "What to look for."},
            "limit": {"type": "integer"},
            "kind": {"enum": ["web", "news"]},
            "site": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
        "required": ["query"],
    },
)
MOVE = AgentTool(
    name="move",
    parameters={
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "required": ["a", "b"],
    },
)


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("query=cats", {"query": "cats"}),
        ("query='big cats' limit=3 kind=news", {"query": "big cats", "limit": 3, "kind": "news"}),
        ("query=42", {"query": "42"}),
        ("query=", {"query": ""}),
        ('{"query": "cats", "limit": 3}', {"query": "cats", "limit": 3}),
        ("big cats", {"query": "big cats"}),
        ('"big cats"', {"query": "big cats"}),
        ("it's a cat", {"query": "it's a cat"}),
        ("a == b", {"query": "a == b"}),
        ("x=='y'", {"query": "x=='y'"}),
        ("кошки и собаки", {"query": "кошки и собаки"}),
        ('"a" and "b"', {"query": '"a" and "b"'}),
    ],
)
def test_three_forms_are_understood(text: str, arguments: dict):
    assert tool_arguments(SEARCH, text) == arguments


def test_an_unknown_key_is_named_with_the_nearest_one():
    with pytest.raises(UnknownNameError, match=r"There is no argument of search 'qery'\. Did you mean 'query'\?"):
        tool_arguments(SEARCH, "qery=cats")


def test_a_bare_value_for_a_tool_of_several_arguments_is_explained():
    with pytest.raises(ConfigurationError, match=r"move has several arguments; write them as:  %tool move a=\.\.\. b="):
        tool_arguments(MOVE, "something")


def test_broken_json_is_explained():
    with pytest.raises(ConfigurationError, match="The arguments of search are not valid JSON"):
        tool_arguments(SEARCH, '{"query": ')


def test_the_summary_names_types_choices_and_what_is_optional():
    assert arguments_summary(SEARCH).splitlines() == [
        "query (string): What to look for.",
        "limit (integer, optional)",
        'kind ("web" | "news", optional)',
        "site (string, optional)",
    ]


def test_code_that_sets_a_variable_is_a_bare_value():
    assert tool_arguments(run_python, "x=5") == {"code": "x=5"}
    with pytest.raises(UnknownNameError, match="code"):
        tool_arguments(run_python, "cod=5")
