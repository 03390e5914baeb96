import json

import jsonschema
import pytest

from jupyter_tools.messages import (
    AssistantMessage,
    ImageContent,
    TextContent,
    ThinkingContent,
    ToolCallContent,
    ToolResultMessage,
    system_message,
    text_of,
    to_dict,
    user_message,
)
from jupyter_tools.providers.prompted_calls import PromptedCallDecoder
from jupyter_tools.providers.prompted_format import (
    NO_TOOLS_NOW,
    TOOL_FORMATS,
    answer_schema,
    instructions,
    offered_tools,
    prompted_messages,
    text_parameters,
)
from jupyter_tools.tools.tool import AgentTool, ToolExample

PLACE = {"type": "object", "properties": {"city": {"type": "string", "enum": ["Омск", "Tokyo"]}}, "required": ["city"]}
WEATHER = AgentTool(
    name="weather",
    description="Tells the weather.",
    parameters={
        "type": "object",
        "properties": {"place": {"$ref": "#/$defs/Place"}, "days": {"type": "integer"}},
        "required": ["place"],
        "$defs": {"Place": PLACE},
    },
    examples=(ToolExample(request="Погода в Омске?", arguments={"place": {"city": "Омск"}}),),
)
SEARCH = AgentTool(
    name="search",
    parameters={"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]},
)
CALL = ToolCallContent(id="1", name="search", arguments={"query": "нефть"})
CALLS = AssistantMessage(content=(TextContent(text="Let me look."), CALL), stop_reason="tool_calls")
RESULT = ToolResultMessage(tool_call_id="1", tool_name="search", content=(TextContent(text="80 dollars"),))


def texts(messages) -> list[tuple[str, str]]:
    return [(message.role, text_of(message.content)) for message in messages]


@pytest.mark.parametrize("tool_format", TOOL_FORMATS)
def test_everything_a_tool_says_of_itself_reaches_the_model(tool_format) -> None:
    told = instructions([WEATHER, SEARCH], "auto", tool_format)
    for word in ("weather", "search", "Tells the weather.", '"required"', '"enum": ["Омск"', "#/$defs/Place", "Погода"):
        assert word in told


@pytest.mark.parametrize("tool_format", TOOL_FORMATS)
def test_calls_in_the_history_read_like_the_calls_that_are_asked_for(tool_format) -> None:
    calls = AssistantMessage(content=(CALL, ToolCallContent(id="2", name="weather", arguments={"days": 2})))
    (written,) = prompted_messages([calls], None, tool_format)
    decoder = PromptedCallDecoder(["search", "weather"])
    parts = decoder.decode(text_of(written.content)) + decoder.flush()
    assert [(p.name, json.loads(p.arguments)) for p in parts] == [
        ("search", {"query": "нефть"}),
        ("weather", {"days": 2}),
    ]


@pytest.mark.parametrize("tool_format", TOOL_FORMATS)
def test_the_example_is_written_as_a_call(tool_format) -> None:
    told = instructions([WEATHER], "auto", tool_format)
    example = told[told.index("You: ") + 5 :]
    decoder = PromptedCallDecoder(["weather"])
    (call,) = decoder.decode(example) + decoder.flush()
    assert json.loads(call.arguments) == {"place": {"city": "Омск"}}


def test_calls_and_results_become_text_in_turn() -> None:
    history = [user_message("Oil?"), CALLS, RESULT, user_message("Quick!")]
    assert texts(prompted_messages(history, None, "json")) == [
        ("user", "Oil?"),
        ("assistant", 'Let me look.\n{"name": "search", "arguments": {"query": "нефть"}}'),
        ("user", "Result of the tool search:\n80 dollars\n\nQuick!"),
    ]


def test_a_model_that_has_just_got_results_is_reminded_to_answer() -> None:
    reminder = "Now answer my question in plain text, without JSON, or call a tool if you need to know more."
    (_, result) = texts(prompted_messages([CALLS, RESULT], None, "json"))
    assert result == ("user", f"Result of the tool search:\n80 dollars\n\n{reminder}")
    assert reminder not in str(prompted_messages([CALLS, RESULT, user_message("Quick!")], None, "json"))


def test_results_of_parallel_calls_are_one_message_with_their_images() -> None:
    image = ImageContent(data="aGk=")
    failed = ToolResultMessage(
        tool_call_id="2", tool_name="plot", content=(TextContent(text="no"), image), is_error=True
    )
    (message,) = prompted_messages([RESULT, failed], None, "react")
    assert text_of(message.content) == "Observation: 80 dollars\n\nObservation: Error: no"
    assert image in message.content


def test_hermes_writes_what_models_were_trained_on() -> None:
    (_, written, result) = prompted_messages([user_message("Oil?"), CALLS, RESULT], None, "hermes")
    assert written.text.endswith('<tool_call>\n{"name": "search", "arguments": {"query": "нефть"}}\n</tool_call>')
    assert text_of(result.content) == ('<tool_response>\n{"name": "search", "content": "80 dollars"}\n</tool_response>')


@pytest.mark.parametrize(("tool_format", "text"), [("react", "Final Answer: 80"), ("schema", '{"answer": "80"}')])
def test_earlier_answers_have_the_form_of_answers(tool_format, text: str) -> None:
    answer = AssistantMessage(content=(ThinkingContent(thinking="hm"), TextContent(text="80")))
    (written,) = prompted_messages([answer], None, tool_format)
    assert written.text == text
    assert written.thinking == "hm"


def test_instructions_join_the_system_message_that_is_there() -> None:
    messages = [system_message("Be brief."), user_message("Hi")]
    assert texts(prompted_messages(messages, "TOOLS", "json"))[0] == ("system", "Be brief.\n\nTOOLS")
    assert texts(prompted_messages(messages[1:], "TOOLS", "json")) == [("system", "TOOLS"), ("user", "Hi")]


def test_nothing_is_changed_in_place() -> None:
    history = [system_message("Be brief."), CALLS, RESULT, user_message("and?")]
    before = [to_dict(message) for message in history]
    prompted_messages(history, NO_TOOLS_NOW, "json")
    assert [to_dict(message) for message in history] == before


def test_tool_choice_says_which_tools_are_offered_and_which_must_be_called() -> None:
    assert offered_tools([WEATHER, SEARCH], "none") == ()
    assert offered_tools([WEATHER, SEARCH], "search") == (SEARCH,)
    assert offered_tools([WEATHER, SEARCH], "required") == (WEATHER, SEARCH)
    assert "must call at least one tool" in instructions([SEARCH], "required", "json")
    assert "must call the tool search" in instructions([SEARCH], "search", "json")


GOOD = [
    {"answer": "It rains."},
    {"tool_calls": [{"name": "weather", "arguments": {"place": {"city": "Омск"}}}]},
    {"tool_calls": [{"name": "search", "arguments": {"query": "x"}}, {"name": "search", "arguments": {"query": "y"}}]},
]
BAD = [
    {"tool_calls": [{"name": "weather", "arguments": {"place": {"city": "Paris"}}}]},
    {"tool_calls": [{"name": "search", "arguments": {}}]},
    {"tool_calls": [{"name": "other", "arguments": {}}]},
    {"tool_calls": []},
    {},
]


def test_the_enforced_schema_allows_answers_and_calls_and_nothing_else() -> None:
    schema = answer_schema([WEATHER, SEARCH], "auto")["json_schema"]["schema"]
    validator = jsonschema.Draft202012Validator(schema)
    assert [validator.is_valid(value) for value in GOOD] == [True] * len(GOOD)
    assert [validator.is_valid(value) for value in BAD] == [False] * len(BAD)


def test_a_required_call_leaves_no_place_for_an_answer() -> None:
    schema = answer_schema([SEARCH], "required")["json_schema"]["schema"]
    assert not jsonschema.Draft202012Validator(schema).is_valid({"answer": "x"})
    assert jsonschema.Draft202012Validator(schema).is_valid(GOOD[2])


def test_plain_text_goes_to_the_one_parameter_that_is_needed() -> None:
    two = AgentTool(name="two", parameters={"properties": {"a": {"type": "string"}, "b": {"type": "string"}}})
    assert text_parameters([SEARCH, WEATHER, two]) == {"search": "query"}
