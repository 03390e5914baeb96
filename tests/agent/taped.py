"""Agents to record and to replay."""

import random

from jupyter_tools import Agent, tool
from jupyter_tools.events import MessageUpdateEvent
from jupyter_tools.messages import ToolResultMessage
from jupyter_tools.providers.scripted import ScriptedProvider
from tests.agent.runs import add, broken

rolls = []


@tool(requires_approval=True)
def roll(sides: int) -> int:
    """Roll a die, if somebody lets you."""
    rolls.append(sides)
    return random.randint(1, 10**9)


def agent_of(*turns, tools=(add, broken, roll), **options):
    return Agent("scripted:test", tools, provider=ScriptedProvider(list(turns)), trace=False, **options)


def silent(**options):
    """An agent whose model would fail: whoever answers is not it."""
    return agent_of(**options)


def results(agent):
    return [m.text for m in agent.messages if isinstance(m, ToolResultMessage)]


def deltas(events):
    return [event.delta for event in events if isinstance(event, MessageUpdateEvent)]
