"""A call that nobody reads, because the model wrote it into its text."""

import pytest

from jupyter_tools.agent.call_in_text import notice_of_call_in_text
from jupyter_tools.events import TurnUpdateEvent
from jupyter_tools.messages import AssistantMessage, TextContent, ToolCallContent
from jupyter_tools.providers.scripted import call
from tests.agent.runs import add, agent_of, assert_well_formed, events_of

CALL = '{"name": "add", "arguments": {"a": 1, "b": 2}}'


@pytest.mark.parametrize("text", [CALL, f"```json\n{CALL}\n```", f"I add.\n<tool_call>{CALL}</tool_call>"])
async def test_a_call_in_words_is_pointed_out_with_the_way_to_have_it_read(text):
    events = await events_of(agent_of([text]))
    assert_well_formed(events)
    (notice,) = [event.notice for event in events if isinstance(event, TurnUpdateEvent)]
    assert notice.text == (
        "The model wrote a call of 'add' as text, which its server does not read. Tell the model of its tools in words: "
        "--tool-format json in a cell, tool_format='json' in Python."
    )


@pytest.mark.parametrize(
    "turns",
    [
        [["You can add numbers."]],
        [['{"name": "subtract", "arguments": {}}']],
        [["Call add like this: add(1, 2)."]],
        [["I add. ", call("add", {"a": 1, "b": 2})], ["It is 3."]],
    ],
)
async def test_all_other_answers_are_left_alone(turns):
    assert not [event for event in await events_of(agent_of(*turns)) if isinstance(event, TurnUpdateEvent)]


async def test_without_tools_a_call_is_only_text():
    assert not [event for event in await events_of(agent_of([CALL], tools=())) if isinstance(event, TurnUpdateEvent)]


def test_an_answer_that_was_cut_or_has_a_real_call_is_left_alone():
    said = TextContent(text=CALL)
    assert notice_of_call_in_text(AssistantMessage(content=(said,), stop_reason="length"), [add]) is None
    real = ToolCallContent(id="c", name="add")
    assert notice_of_call_in_text(AssistantMessage(content=(said, real), stop_reason="tool_calls"), [add]) is None
