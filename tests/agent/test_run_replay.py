"""One run from a recording: tools, and what people said."""

import random

import pytest

from jupyter_tools import record, replay, tool
from jupyter_tools.events import ToolExecutionStartEvent, TurnUpdateEvent
from jupyter_tools.messages import UserMessage
from jupyter_tools.providers.scripted import call
from tests.agent.runs import add, events_of
from tests.agent.taped import agent_of, results, rolls, silent


@pytest.fixture
def path(tmp_path):
    return tmp_path / "demo.jsonl"


async def test_tools_do_not_run_and_nobody_is_asked(path):
    with record(path):
        agent = agent_of([call("roll", {"sides": 6})], ["Rolled."])
        await agent.run("go")
    denied = results(agent)
    with replay(path, fast=True):
        agent = silent()
        await agent.run("go")
    assert results(agent) == denied
    assert "approval" in denied[0]
    assert rolls == []


async def test_a_result_that_the_recording_lacks_is_an_error_that_says_what_to_do(path):
    with record(path):
        await agent_of([call("add", {"a": 1, "b": 1})], ["Done."]).run("go")
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if "tool_result" not in line]
    path.write_text("\n".join(kept), encoding="utf-8")
    with replay(path, fast=True):
        agent = silent()
        await agent.run("go")
    assert results(agent)[0].endswith("Record it again, or let the tools run (--live, in Python tools='live').")


async def test_live_tools_run_and_what_they_give_differently_is_told(path):
    @tool
    def dice() -> int:
        """Roll."""
        return random.randint(1, 10**9)

    with record(path):
        await agent_of([call("dice"), call("add", {"a": 1, "b": 1})], ["Done."], tools=(dice, add)).run("go")
    with replay(path, fast=True, tools="live") as tape:
        agent = silent(tools=(dice, add))
        events = await events_of(agent)
    (drift,) = tape.drift
    assert (drift.tool, drift.now) == ("dice", results(agent)[0])
    assert drift.recorded != drift.now
    notices = [e.notice for e in events if isinstance(e, TurnUpdateEvent)]
    assert [notice.text for notice in notices if notice.kind == "drift"] == [str(drift)]
    assert agent.messages[-1].text == "Done."


async def test_what_people_said_meanwhile_is_said_again(path):
    with record(path):
        agent = agent_of([call("add", {"a": 1, "b": 1})], ["Turned left."])
        stream = agent.stream("go")
        async for event in stream:
            if isinstance(event, ToolExecutionStartEvent):
                agent.steer("Look left!")
    with replay(path, fast=True):
        again = silent()
        await again.run("go")
    said = [m.content[0].text for m in again.messages if isinstance(m, UserMessage)]
    assert said == ["go", "Look left!"]
    assert again.messages[-1].text == "Turned left."


async def test_a_follow_up_is_said_again(path):
    with record(path):
        agent = agent_of(["One."], ["Two."])
        agent.follow_up("And then?")
        await agent.run("go")
    with replay(path, fast=True):
        again = silent()
        result = await again.run("go")
    assert result.text == "Two."


async def test_an_answer_that_had_to_be_asked_for_twice_is_read_once_more(path):
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    with record(path):
        await agent_of(["no JSON"], ['{"n": 3}'], output_type=schema).run("go")
    with replay(path, fast=True):
        result = await agent_of(output_type=schema).run("go")
    assert result.output == {"n": 3}
