"""`Agent`: how it is made, its doors, its conversation."""

import asyncio
import threading

import pytest

from jupyter_tools import Agent, ConfigurationError, UnknownNameError
from jupyter_tools.providers.scripted import ScriptedProvider, pause
from tests.agent.runs import add, agent_of


async def test_one_run_at_a_time():
    agent = agent_of([pause(5), "slow"])
    stream = agent.stream("go")
    with pytest.raises(ConfigurationError, match="running"):
        agent.stream("again")
    agent.abort()
    await stream


def test_run_sync_works_in_a_script_in_a_thread_and_inside_a_running_loop():
    def ask():
        return agent_of(["Hi."]).run_sync("go").text

    answers = [ask()]
    worker = threading.Thread(target=lambda: answers.append(ask()))
    worker.start()
    worker.join()

    async def inside():
        return ask()

    answers.append(asyncio.run(inside()))
    assert answers == ["Hi.", "Hi.", "Hi."]


def test_names_of_tools_are_looked_up_and_functions_become_tools():
    def shout(text: str) -> str:
        """Say it loudly."""
        return text.upper()

    agent = Agent("scripted:test", ["math_eval", shout], provider=ScriptedProvider([]), trace=False)
    assert [t.name for t in agent.tools] == ["math_eval", "shout"]
    with pytest.raises(UnknownNameError, match="math_eval"):
        Agent("scripted:test", ["math_evl"], provider=ScriptedProvider([]))
    with pytest.raises(ConfigurationError, match="same name"):
        Agent("scripted:test", [add, add], provider=ScriptedProvider([]))


def test_provenance_changes_with_what_is_sent_and_only_with_it():
    def provenance(**kwargs):
        return agent_of(**kwargs).provenance()

    assert provenance() == provenance()
    assert provenance()["schema_hash"] != provenance(tools=(add,))["schema_hash"]
    assert provenance()["system_hash"] != provenance(system="Be brief.")["system_hash"]
    assert provenance()["tools"] == ["add", "nap", "broken"]
