"""A run, turn by turn."""

import json

import pytest

from jupyter_tools import ConfigurationError
from jupyter_tools.agent.stepper import Stepper
from jupyter_tools.events import TurnStartEvent
from jupyter_tools.messages import AssistantMessage, ToolResultMessage
from jupyter_tools.providers.scripted import call
from tests.agent.runs import agent_of, assert_valid, assert_well_formed, provider_of

ADDS = [call("add", {"a": 2, "b": 3})]


def echo(request):
    """The last message the model reads, said back."""
    return [f"I read {request.messages[-1].content[0].text}."]


async def test_nothing_is_sent_before_it_was_seen():
    agent = agent_of(ADDS, echo)
    stepper = Stepper(agent, "2 + 3?")
    step = await stepper.go_on()
    assert (step.turn, step.result) == (1, None)
    assert provider_of(agent).requests == []
    assert step.request["messages"] == [{"role": "user", "content": "2 + 3?"}]
    assert [tool["function"]["name"] for tool in step.request["tools"]] == ["add", "nap", "broken"]
    await stepper.stop()


async def test_each_step_is_a_turn_and_the_last_one_ends_the_run():
    agent = agent_of(ADDS, echo)
    stepper = Stepper(agent, "2 + 3?")
    steps = [await stepper.go_on() for _ in range(3)]
    assert [step.turn for step in steps] == [1, 2, 2]
    assert [message["role"] for message in steps[1].request["messages"]] == ["user", "assistant", "tool"]
    assert steps[2].request is None
    assert steps[2].result.text == "I read 5."
    assert stepper.ended
    assert_well_formed([event for step in steps for event in step.events])
    assert_valid(agent.messages)


async def test_the_model_reads_the_result_that_a_person_wrote():
    stepper = Stepper(agent_of(ADDS, echo), "2 + 3?")
    await stepper.go_on()
    await stepper.go_on()
    stepper.edit_result("семь")
    assert stepper.look().request["messages"][-1]["content"] == "семь"
    step = await stepper.go_on()
    assert step.result.text == "I read семь."
    (start,) = [event for event in step.events if isinstance(event, TurnStartEvent)]
    assert start.messages[-1].text == "семь"  # and so it stands in the traces
    assert [m.text for m in stepper.agent.messages if isinstance(m, ToolResultMessage)] == ["семь"]


async def test_of_several_results_one_is_chosen():
    stepper = Stepper(agent_of([*ADDS, call("add", {"a": 1, "b": 1})], echo), "go")
    await stepper.go_on()
    await stepper.go_on()
    with pytest.raises(ConfigurationError, match="2 results: say which one, 1 to 2"):
        stepper.edit_result("x")
    with pytest.raises(ConfigurationError, match="no result 3, but 1 to 2"):
        stepper.edit_result("x", 3)
    stepper.edit_result("first", 1)
    assert [m["content"] for m in stepper.look().request["messages"][-2:]] == ["first", "2"]
    await stepper.stop()


async def test_the_model_reads_the_prompt_that_a_person_changed():
    stepper = Stepper(agent_of(echo), "Hi")
    await stepper.go_on()
    stepper.edit_prompt("Guten Tag")
    assert (await stepper.go_on()).result.text == "I read Guten Tag."


async def test_a_fork_goes_on_from_an_earlier_turn_and_leaves_the_run_alone():
    agent = agent_of(["Earlier."], ADDS, echo, echo)
    await agent.run("before")
    stepper = Stepper(agent, "2 + 3?")
    for _ in range(3):
        await stepper.go_on()
    other = stepper.fork(2)
    step = await other.go_on()
    assert [message["role"] for message in step.request["messages"]] == ["user", "assistant"] * 2 + ["tool"]
    other.edit_result("8")
    assert (await other.go_on()).result.text == "I read 8."
    assert stepper.agent.messages[-1].text == "I read 5."
    assert_valid(other.agent.messages)


async def test_a_paused_run_can_be_forked():
    stepper = Stepper(agent_of(ADDS, echo, echo), "go")
    await stepper.go_on()
    await stepper.go_on()
    other = stepper.fork(2)
    await other.go_on()
    other.edit_result("9")
    assert (await other.go_on()).result.text == "I read 9."
    assert (await stepper.go_on()).result.text == "I read 5."


async def test_it_runs_to_the_end_without_waiting():
    stepper = Stepper(agent_of(ADDS, ADDS, echo), "go")
    await stepper.go_on()
    step = await stepper.go_on(to_the_end=True)
    assert step.result.text == "I read 5."
    assert stepper.turns == (1, 2, 3)


async def test_a_waiting_run_can_be_stopped():
    stepper = Stepper(agent_of(ADDS, echo), "go")
    await stepper.go_on()
    step = await stepper.stop()
    assert step.result.stop_reason == "aborted"
    assert stepper.ended


async def test_a_secret_is_not_shown():
    stepper = Stepper(agent_of(echo), "My key is sk-abcdefghijklmnop123456")
    step = await stepper.go_on()
    assert "sk-abc" not in json.dumps(step.request)
    await stepper.stop()


async def test_what_cannot_be_is_explained():
    stepper = Stepper(agent_of(echo), "go")
    with pytest.raises(ConfigurationError, match="does not wait"):
        stepper.edit_prompt("x")
    await stepper.go_on()
    with pytest.raises(ConfigurationError, match="No tool has run"):
        stepper.edit_result("x")
    with pytest.raises(ConfigurationError, match=r"no turn 2 to fork from. Turns: 1"):
        stepper.fork(2)
    await stepper.go_on()
    with pytest.raises(ConfigurationError, match="This run is over"):
        await stepper.go_on()
    assert isinstance(stepper.agent.messages[-1], AssistantMessage)
