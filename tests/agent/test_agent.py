"""`Agent`: how it is made, its doors, its conversation."""

import asyncio
import threading

import pytest

from jupyter_tools import Agent, ConfigurationError, RateLimiter, UnknownNameError
from jupyter_tools.errors import TraceStoreError
from jupyter_tools.events import AgentStartEvent
from jupyter_tools.providers.scripted import ScriptedProvider, call, pause
from tests.agent.runs import add, agent_of


async def test_one_run_at_a_time():
    agent = agent_of([pause(5), "slow"])
    stream = agent.stream("go")
    with pytest.raises(ConfigurationError, match="running"):
        agent.stream("again")
    agent.abort()
    await stream


async def test_a_run_that_nobody_iterates_need_not_hold_its_events():
    heard = []
    stream = agent_of(["One two."]).stream("go", kept=False)
    stream.listen(heard.append)
    assert (await stream).text == "One two."
    assert (heard[-1].type, [event async for event in stream]) == ("agent_end", [])


async def test_a_run_ends_with_the_caller_who_waited_for_it():
    agent = agent_of([call("nap", {"seconds": 30})], ["Next."])
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await agent.run("go")
    assert not agent.running
    assert (await agent.run("again")).text == "Next."


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


async def test_a_saved_conversation_goes_on_in_another_agent(tmp_path):
    first = agent_of([call("add", {"a": 1, "b": 2})], ["Три."])
    await first.run("Сколько будет 1 + 2?")
    first.save(tmp_path / "chat.json")
    second = agent_of(["Again 3."])
    second.load(tmp_path / "chat.json")
    assert second.messages == first.messages
    await second.run("Sure?")
    assert [m.role for m in second.messages] == ["user", "assistant", "tool_result", "assistant", "user", "assistant"]


async def test_a_running_agent_loads_no_conversation(tmp_path):
    agent = agent_of([pause(5), "slow"])
    agent.save(tmp_path / "empty.json")
    stream = agent.stream("go")
    with pytest.raises(ConfigurationError, match="running"):
        agent.load(tmp_path / "empty.json")
    agent.abort()
    await stream


async def test_agents_with_one_limiter_keep_to_its_pace_together():
    running = most = 0

    class Counting(ScriptedProvider):
        async def stream(self, request):
            nonlocal running, most
            running += 1
            most = max(most, running)
            async for part in super().stream(request):
                yield part
            running -= 1

    limiter = RateLimiter(concurrency=2)
    agents = [
        Agent("scripted:t", provider=Counting([[pause(0.01), "Hi."]]), rate_limit=limiter, trace=False)
        for _ in range(6)
    ]
    results = await asyncio.gather(*(agent.run("go") for agent in agents))
    assert ({result.text for result in results}, most) == ({"Hi."}, 2)


def test_provenance_changes_with_what_is_sent_and_only_with_it():
    def provenance(**kwargs):
        return agent_of(**kwargs).provenance()

    assert provenance() == provenance()
    assert provenance()["schema_hash"] != provenance(tools=(add,))["schema_hash"]
    assert provenance()["system_hash"] != provenance(system="Be brief.")["system_hash"]
    assert provenance()["tools"] == ["add", "nap", "broken"]


async def test_runs_of_an_agent_and_its_clones_tell_the_same_provenance_until_it_changes():
    told: list[object] = []

    def listen(event):
        if isinstance(event, AgentStartEvent):
            told.append(event.info)

    agent = agent_of(*[["Hi."]] * 4)
    for each in (agent, agent.clone(), agent.clone()):
        await each.run("go", listener=listen)
    agent.system = "Be brief."
    await agent.clone().run("go", listener=listen)
    assert told[0] is told[1] is told[2]
    assert told[3]["system_hash"] != told[0]["system_hash"]


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: Agent(5), "A model is text .*, not 5"),  # pyright: ignore[reportArgumentType]
        (lambda: agent_of(limits={"tokens": 5}), "Limits"),
        (lambda: agent_of(["Hi."]).run_sync({"go": 1}), "A prompt is text.*, not {'go': 1}"),  # pyright: ignore[reportArgumentType]
    ],
)
def test_what_is_of_the_wrong_kind_is_told_before_a_run_begins(make, problem):
    with pytest.raises(ConfigurationError, match=problem):
        make()


async def test_a_run_that_is_closed_before_it_began_leaves_the_agent_free():
    agent = agent_of(["Hi."])
    await agent.stream("go").aclose()
    assert (await agent.run("again")).text == "Hi."


async def test_a_run_that_cannot_be_recorded_leaves_the_agent_free(tmp_path, monkeypatch):
    file = tmp_path / "traces.db"
    file.write_bytes(b"no database" * 100)
    monkeypatch.setenv("JUPYTER_TOOLS_TRACES", str(file))
    agent = Agent("scripted:test", provider=ScriptedProvider([["Hi."]]))
    with pytest.raises(TraceStoreError):
        await agent.run("go")
    monkeypatch.setenv("JUPYTER_TOOLS_TRACES", ":memory:")
    assert (await agent.run("go")).text == "Hi."
