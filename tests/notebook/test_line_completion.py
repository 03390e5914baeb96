import pytest

from jupyter_tools.notebook.known_models import KnownModels
from jupyter_tools.notebook.line_completion import LineCompletion
from jupyter_tools.notebook.magics import AgentMagics
from jupyter_tools.notebook.session import Session
from jupyter_tools.tools.tool import AgentTool


async def nothing() -> tuple[()]:
    return ()


@pytest.fixture
def completion() -> LineCompletion:
    parameters = {
        "type": "object",
        "$defs": {"Unit": {"enum": ["K", "C"]}},
        "properties": {
            "unit": {"$ref": "#/$defs/Unit"},
            "digits": {"anyOf": [{"enum": [1, 2]}, {"type": "null"}]},
            "mode": {"const": "fast"},
            "name": {"type": "string"},
        },
    }
    tool = AgentTool(name="convert", description="Converts.", parameters=parameters, execute=lambda: None)
    return LineCompletion(Session({"convert": tool}), KnownModels(nothing))


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("convert unit=", ["K", "C"]),
        ("convert digits=", ["1", "2"]),
        ("convert mode=", ["fast"]),
        ("convert name=", []),
        ("convert unknown=", []),
        ("convert unit=K ", ["digits=", "mode=", "name="]),
    ],
)
def test_values_that_a_schema_lists_are_offered(completion: LineCompletion, text: str, texts: list[str]):
    found = completion.of_tool(text)
    assert found is not None
    assert list(found.texts) == texts


def test_every_option_with_known_values_offers_them(completion: LineCompletion):
    for option in (
        "--model",
        "--tools",
        "--approve",
        "--conversation",
        "--login",
        "--limit",
        "--option",
        "--tool-format",
    ):
        found = completion.of_options(AgentMagics.agent.parser, f"{option} ", is_cell=True)
        assert found is not None
        assert list(found.texts)
