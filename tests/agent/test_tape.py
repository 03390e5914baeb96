"""Runs into a recording and out of it again."""

import pytest

from jupyter_tools import Agent, ConfigurationError, TraceStore, record, replay
from jupyter_tools.agent.tape import Recording, Replay, current_tape
from jupyter_tools.errors import RecordingError
from jupyter_tools.events import TurnUpdateEvent
from jupyter_tools.providers.scripted import ScriptedProvider, call, cut, error, thinking
from jupyter_tools.recordings.entries import AskedFrom
from jupyter_tools.traces import Traces
from tests.agent.runs import add, assert_well_formed, events_of
from tests.agent.taped import agent_of, deltas, results, silent


@pytest.fixture
def path(tmp_path):
    return tmp_path / "demo.jsonl"


async def test_a_replayed_run_is_the_recorded_one_piece_by_piece(path):
    turns = [[thinking("Посчитаю."), "Adding. ", call("add", {"a": 2, "b": 3}), call("broken")], ["5, and a failure."]]
    with record(path):
        recorded = await events_of(agent_of(*turns))
    with replay(path, fast=True):
        agent = silent()
        replayed = await events_of(agent)
    assert_well_formed(replayed)
    assert [event.type for event in replayed if event.type != "turn_update"] == [event.type for event in recorded]
    assert [getattr(d, "text", "") for d in deltas(replayed)] == [getattr(d, "text", "") for d in deltas(recorded)]
    assert results(agent)[0] == "5"
    assert "no luck" in results(agent)[1]
    assert agent.messages[-1].text == "5, and a failure."


async def test_a_retry_and_a_cut_are_played_as_they_were(path):
    with record(path):
        recorded = await agent_of([error(status=429), "Half an ans", cut()]).run("go")
    with replay(path, fast=True):
        agent = silent()
        events = await events_of(agent)
    assert agent.messages[-1].text == recorded.text == "Half an ans"
    assert agent.messages[-1].error_message == recorded.error_message
    assert [e.notice.kind for e in events if isinstance(e, TurnUpdateEvent)] == ["replay", "retry"]


async def test_a_conversation_goes_on_in_a_replay(path):
    with record(path):
        agent = agent_of(["One."], ["Two."])
        await agent.run("first")
        await agent.run("second")
    with replay(path, fast=True) as tape:
        again = silent()
        assert [(await again.run(text)).text for text in ("first", "second")] == ["One.", "Two."]
    assert (tape.answers, tape.played) == (2, 2)


async def test_a_prompt_that_was_not_recorded_is_an_error_and_the_agent_can_go_on(path):
    with record(path):
        await agent_of(["One."]).run("first")
    with replay(path, fast=True):
        agent = silent()
        with pytest.raises(RecordingError, match="nearest recorded one is 'first'"):
            await agent.run("firsst")
        assert (await agent.run("first")).text == "One."


async def test_an_agent_keeps_to_a_tape_of_its_own(path, tmp_path):
    await agent_of(["mine"], tape=Recording(path)).run("go")
    with record(tmp_path / "other.jsonl"):
        result = await agent_of(tape=Replay(path, fast=True)).run("go")
    assert result.text == "mine"
    assert "model_call" not in (tmp_path / "other.jsonl").read_text()


async def test_the_traces_know_where_a_replayed_run_came_from(path):
    with record(path):
        await agent_of(["One."]).run("go")
    with replay(path, fast=True):
        events = await events_of(silent())
    assert events[0].info["replayed_from"] == str(path)


async def test_replayed_answers_are_marked_in_the_traces(path):
    with record(path):
        await agent_of([call("add", {"a": 1, "b": 1})], ["Two."]).run("go")
    store = TraceStore(":memory:")
    with replay(path, fast=True):
        await Agent("scripted:test", [add], provider=ScriptedProvider([]), trace=store).run("go")
    frame = Traces(lambda: store)()
    store.close()
    assert list(frame[frame["kind"] == "model"]["status"]) == ["replayed", "replayed"]


def test_run_sync_is_recorded_and_replayed_from_another_thread(path):
    with record(path):
        agent_of(["One."]).run_sync("go")
    with replay(path, fast=True):
        assert silent().run_sync("go").text == "One."


def test_tapes_lie_one_on_the_other(path, tmp_path):
    with record(path) as outer:
        with record(tmp_path / "inner.jsonl") as inner:
            assert current_tape() is inner
        assert current_tape() is outer
    assert current_tape() is None


def test_another_way_of_running_tools_is_refused(path):
    with pytest.raises(ConfigurationError, match="'recorded' or 'live'"):
        Replay(path, tools="never")


async def asked(agent, prompt, cell, execution):
    stream = agent.stream(prompt, asked_from=AskedFrom(place=cell, occasion=execution))
    try:
        return (await stream).text
    finally:
        await stream.aclose()


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "kernel died"])
async def test_a_cell_that_was_run_again_is_answered_as_the_last_time(path, closed):
    tape = Recording(path)
    for number, answer in enumerate(["Hm.", "Well.", "Yes!"]):
        agent = agent_of([answer])
        agent.tape = tape
        await asked(agent, "Is it?", "cell-1", f"execution-{number}")
    if closed:
        tape.close()
    with replay(path, fast=True) as played:
        assert [(await silent().run("Is it?")).text for _ in range(2)] == ["Yes!", "Yes!"]
        assert played.answers == 1


async def test_what_one_execution_asks_several_times_is_answered_in_order(path):
    with record(path):
        for answer in ("one", "two", "three"):
            await asked(agent_of([answer]), "Count.", "cell-1", "execution-1")
    with replay(path, fast=True):
        assert [await asked(silent(), "Count.", "cell-1", "later") for _ in range(4)] == ["one", "two", "three", "one"]


async def test_two_cells_that_ask_the_same_get_each_its_own_answer(path):
    with record(path):
        await asked(agent_of(["the first's"]), "Hi", "cell-1", "a")
        await asked(agent_of(["the second's"]), "Hi", "cell-2", "b")
    with replay(path, fast=True):
        assert [await asked(silent(), "Hi", cell, "") for cell in ("cell-2", "cell-1")] == [
            "the second's",
            "the first's",
        ]


async def test_other_instructions_and_options_have_answers_of_their_own(path):
    settings = [{"system": "Be short."}, {"system": "Be long."}, {"temperature": 1}]
    with record(path):
        for number, options in enumerate(settings):
            await agent_of([f"answer {number}"], **options).run("Hi")
    with replay(path, fast=True):
        given = [(await silent(**options).run("Hi")).text for options in reversed(settings)]
    assert given == ["answer 2", "answer 1", "answer 0"]


async def test_a_second_recording_of_one_cell_leaves_the_others(path):
    for answers in (["old", "other"], ["new"]):
        with record(path):
            for place, answer in enumerate(answers):
                await asked(agent_of([answer]), "Hi", f"cell-{place}", "")
    with replay(path, fast=True):
        assert [await asked(silent(), "Hi", cell, "") for cell in ("cell-0", "cell-1")] == ["new", "other"]
