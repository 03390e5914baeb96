import re

import pydantic
import pytest

from jupyter_tools import Agent, ConfigurationError
from jupyter_tools.agent.output import OutputType
from jupyter_tools.providers.scripted import ScriptedProvider

SCHEMA = {
    "type": "object",
    "properties": {"city": {"$ref": "#/$defs/name"}, "people": {"type": "integer"}},
    "required": ["city", "people"],
    "$defs": {"name": {"type": "string", "minLength": 2}},
}


class City(pydantic.BaseModel):
    city: str
    people: int


def agent_of(*turns, output_type=SCHEMA, **kwargs):
    return Agent(
        "scripted:test", provider=ScriptedProvider(list(turns)), trace=False, output_type=output_type, **kwargs
    )


async def test_an_answer_that_fits_is_the_output():
    result = await agent_of(['{"city": "Осака", "people": 2700000}']).run("go")
    assert result.output == {"city": "Осака", "people": 2700000}
    assert result.stop_reason == "stop"


async def test_an_answer_in_a_fence_among_words_fits_as_well():
    result = await agent_of(['Here:\n```json\n{"city": "Bonn", "people": "330000"}\n```\nBye.']).run("go")
    assert result.output == {"city": "Bonn", "people": 330000}


@pytest.mark.parametrize("end", ["\n```\nBye.", "```\nBye.", "\n  ```"])
async def test_a_fence_in_a_text_of_the_answer_does_not_end_it(end):
    schema = {"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]}
    answer = '```json\n{"code": "```python\\nprint(1)\\n```"}' + end
    result = await agent_of([answer], ["never"], output_type=schema).run("go")
    assert result.output == {"code": "```python\nprint(1)\n```"}


async def test_a_pydantic_model_gives_its_instance():
    result = await agent_of(['{"city": "Bonn", "people": 330000}'], output_type=City).run("go")
    assert result.output == City(city="Bonn", people=330000)


async def test_an_answer_that_does_not_fit_is_asked_for_again_with_the_reason():
    agent = agent_of(["Bonn."], ['{"city": "B"}'], ['{"city": "Bonn", "people": 1}'])
    result = await agent.run("go")
    assert result.output == {"city": "Bonn", "people": 1}
    asked = [m.content[0].text for m in agent.messages if m.role == "user"]
    assert "not valid JSON" in asked[1]
    assert "people" in asked[2]


async def test_a_model_that_never_gets_it_right_ends_as_an_error_and_its_text_stays():
    agent = agent_of(["one"], ["two"], ["three"], ["never"])
    result = await agent.run("go")
    assert (result.stop_reason, result.output, result.text) == ("error", None, "three")
    assert re.fullmatch(
        r"The answer is not valid JSON \(.*\)\. The model was asked 3 times\.", result.error_message or ""
    )


async def test_the_model_is_told_the_schema_after_its_instructions():
    agent = agent_of(['{"city": "Bonn", "people": 1}'], system="Be brief.")
    await agent.run("go")
    system = agent._provider.requests[0].messages[0].content[0].text
    assert system.startswith("Be brief.\n\n")
    assert '"minLength": 2' in system


async def test_the_provider_is_given_the_schema_to_hold_the_model_to_it():
    agent = agent_of(['{"city": "Bonn", "people": 1}'])
    await agent.run("go")
    assert agent._provider.requests[0].output_schema == SCHEMA


def test_other_types_are_refused():
    with pytest.raises(ConfigurationError, match="output_type"):
        OutputType(int)
