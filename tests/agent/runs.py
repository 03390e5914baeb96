"""What runs are tested with: tools, agents with a script, and what must hold of any run."""

import asyncio
import json

from jupyter_tools import Agent, tool
from jupyter_tools.events import (
    AgentEndEvent,
    AgentStartEvent,
    MessageEndEvent,
    MessageStartEvent,
    ToolExecutionEndEvent,
    ToolExecutionStartEvent,
    TurnStartEvent,
)
from jupyter_tools.messages import AssistantMessage, ToolResultMessage, from_dict, to_dict
from jupyter_tools.providers.scripted import ScriptedProvider


@tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@tool
async def nap(seconds: float) -> str:
    """Sleep."""
    await asyncio.sleep(seconds)
    return "slept"


@tool
def broken() -> str:
    """Always fails."""
    raise LookupError("no luck")


def agent_of(*turns, tools=(add, nap, broken), **kwargs):
    return Agent("scripted:test", tools, provider=ScriptedProvider(list(turns)), trace=False, **kwargs)


def provider_of(agent):
    return agent._provider


async def events_of(agent, prompt="go"):
    return [event async for event in agent.stream(prompt)]


def assert_well_formed(events):
    """One start and one end of each thing, in the order events.py promises."""
    assert isinstance(events[0], AgentStartEvent)
    assert isinstance(events[-1], AgentEndEvent)
    assert sum(isinstance(e, AgentStartEvent | AgentEndEvent) for e in events) == 2
    open_calls, seen_calls = set(), set()
    for event in events:
        if isinstance(event, ToolExecutionStartEvent):
            assert event.tool_call_id not in seen_calls
            open_calls.add(event.tool_call_id)
            seen_calls.add(event.tool_call_id)
        elif isinstance(event, ToolExecutionEndEvent):
            open_calls.remove(event.tool_call_id)
    assert not open_calls
    starts = [e.message.role for e in events if isinstance(e, MessageStartEvent)]
    ends = [e.message.role for e in events if isinstance(e, MessageEndEvent)]
    assert starts == ends
    turns = [e.turn for e in events if isinstance(e, TurnStartEvent)]
    assert turns == list(range(1, len(turns) + 1))


def assert_valid(messages):
    """Every call has its result right after the message that asked for it, and no message is empty."""
    waiting = []
    for message in messages:
        if isinstance(message, ToolResultMessage):
            assert message.tool_call_id == waiting.pop(0)
            continue
        assert waiting == []
        assert message.content
        if isinstance(message, AssistantMessage):
            waiting = [c.id for c in message.tool_calls]
    assert waiting == []
    assert [from_dict(json.loads(json.dumps(to_dict(m)))) for m in messages] == list(messages)
