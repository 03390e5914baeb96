from collections.abc import Iterator

import pytest

from jupyter_tools.agent.agent import Agent
from jupyter_tools.errors import ConfigurationError
from jupyter_tools.events import StepStartEvent
from jupyter_tools.notebook.cell_run import CellRun
from jupyter_tools.notebook.conversation import NOWHERE, Conversation, Origin
from jupyter_tools.notebook.display import LateDisplay
from jupyter_tools.notebook.runs import Run, Runs
from jupyter_tools.providers.scripted import ScriptedProvider, pause


@pytest.fixture
def runs() -> Iterator[Runs]:
    runs = Runs()
    yield runs
    for run in runs.going_on:
        run.end()  # the process would wait for it


def begun(runs: Runs, conversation: Conversation, origin: Origin = NOWHERE, *turns) -> Run:
    agent = Agent("scripted:test", provider=ScriptedProvider(turns or [["Hello."]]), trace=False)
    cell_run = CellRun(agent, "Hi.", LateDisplay())
    return runs.begin(cell_run, conversation, conversation.begin(origin), background=True)


def test_runs_are_named_by_number(runs):
    conversation = Conversation()
    first, second = begun(runs, conversation), begun(runs, conversation)
    assert runs.named("#2 look again") == ([second], "look again")
    assert [run.name for run in runs] == ["#1", "#2"]
    first.end()
    assert runs.named("look again") == ([second], "look again")


def test_a_run_says_that_it_waits_for_an_approval(runs):
    run = begun(runs, Conversation())
    run.cell_run.view.add(StepStartEvent(step_id="s", kind="approval", name="erase", tool_call_id="c"))
    assert run.state == "waiting for your approval of erase"


def test_with_several_runs_one_must_be_named(runs):
    conversation = Conversation()
    begun(runs, conversation)
    begun(runs, conversation)
    with pytest.raises(ConfigurationError, match=r"Say which run\. Going on: #1, #2\."):
        runs.named("look again")
    with pytest.raises(ConfigurationError, match=r"No run #7 is going on\. Going on: #1, #2\."):
        runs.named("#7 look again")


def test_where_none_goes_on_none_is_meant(runs):
    assert runs.named("look again") == ([], "look again")
    with pytest.raises(ConfigurationError, match=r"No run #1 is going on\.$"):
        runs.named("#1")


def test_only_the_last_runs_are_remembered_and_all_that_go_on(runs):
    conversation = Conversation()
    going_on = begun(runs, conversation)
    for _ in range(60):
        begun(runs, conversation).end()
    names = [run.name for run in runs]
    assert len(names) <= 51
    assert going_on.name in names
    assert names[-1] == "#61"


def test_a_run_in_the_background_ends_with_its_turn(runs, capsys):
    conversation = Conversation()
    run = begun(runs, conversation)
    run.cell_run.leave(run.end)
    assert run.over.wait(5)
    assert run.state == "done"
    assert [message.role for message in conversation.messages] == ["user", "assistant"]
    assert "Hello." in capsys.readouterr().out


def test_a_failed_run_in_the_background_raises_nowhere_and_says_so(runs, capsys):
    conversation = Conversation()
    run = begun(runs, conversation, NOWHERE, lambda request: 1 / 0)
    run.cell_run.leave(run.end)
    assert run.over.wait(5)
    assert run.state == "failed"
    assert "failed" in capsys.readouterr().out


def test_a_cell_run_again_stops_the_run_it_left_behind(runs, capsys):
    conversation = Conversation()
    slow = [["One ", pause(20), "two"]]
    first = begun(runs, conversation, Origin("a", "1"), *slow)
    first.cell_run.leave(first.end)
    second = begun(runs, conversation, Origin("a", "2"))
    second.cell_run.leave(second.end)
    assert first.over.wait(5)
    assert second.over.wait(5)
    assert (first.state, second.state) == ("stopped", "done")
    assert len(conversation.messages) == 2


def test_at_the_kernels_end_what_goes_on_is_stopped_at_once(runs, capsys):
    conversation = Conversation()
    run = begun(runs, conversation, NOWHERE, ["One ", pause(20), "two"])
    run.cell_run.leave(run.end)
    runs.close()
    assert run.state == "stopped"
