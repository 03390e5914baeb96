import pytest

from jupyter_tools.errors import UnknownNameError
from jupyter_tools.messages import user_message
from jupyter_tools.notebook.cell_run import CellRun
from jupyter_tools.notebook.conversation import NOWHERE
from jupyter_tools.notebook.display import LateDisplay
from jupyter_tools.notebook.options import AgentSettings
from jupyter_tools.notebook.session import Session
from jupyter_tools.tools.approval import ApprovalRequest
from jupyter_tools.tools.decorator import tool

TOOLS = ("shout", "time_now", "math_eval", "web_search")
SHORT = AgentSettings(model="scripted:demo")


@tool
def shout(text: str) -> str:
    """Say it loudly."""
    return text.upper()


def remember(session: Session, text: str) -> None:
    session.conversation.end(session.conversation.begin(NOWHERE), [user_message(text)])


def run_of(session: Session) -> CellRun:
    """A run that nobody starts."""
    return CellRun(session.agent(SHORT), "Hi.", LateDisplay())


def test_an_agent_continues_the_conversation_and_does_not_share_its_list():
    session = Session({})
    remember(session, "before")
    agent = session.agent(SHORT)
    agent.messages.append(user_message("after"))
    assert [len(session.conversation.messages), len(agent.messages)] == [1, 2]


def test_a_new_conversation_forgets_the_old_one():
    session = Session({})
    remember(session, "before")
    assert session.agent(SHORT, new=True).messages == session.conversation.messages == []


def test_an_agent_that_cannot_be_made_forgets_nothing():
    session = Session({})
    remember(session, "before")
    with pytest.raises(UnknownNameError):
        session.agent(AgentSettings(model="scripted:demo", tools=("nothing",)), new=True)
    assert len(session.conversation.messages) == 1


def test_what_a_run_left_is_in_its_conversation_afterwards():
    session = Session({})
    remember(session, "before")
    cell_run = run_of(session)
    run = session.begin(cell_run, "main", NOWHERE)
    assert session.runs.going_on == [run]
    cell_run.agent.messages.append(user_message("said"))
    run.end()
    assert session.runs.going_on == []
    assert session.conversation.messages == cell_run.agent.messages


def test_tools_named_for_approval_are_asked_about_beside_those_that_want_it():
    session = Session({"shout": shout})
    policy = session._policy("shout,time_now")
    asked = {
        name: policy(ApprovalRequest(tool=session.find_tool(name), tool_call_id="1", arguments={})) for name in TOOLS
    }
    assert asked == {"shout": True, "time_now": True, "math_eval": False, "web_search": True}


def test_the_notebooks_own_tools_come_before_registered_ones():
    def math_eval(x: int) -> int:
        """Mine."""
        return x

    session = Session({"shout": shout, "math_eval": math_eval})
    assert session.find_tool("shout") is shout
    assert session.find_tool("math_eval").description == "Mine."


def test_a_variable_that_is_no_function_is_no_tool():
    session = Session({"math_eval": 3, "shout": shout})
    assert session.find_tool("math_eval").name == "math_eval"
    with pytest.raises(UnknownNameError, match=r"There is no tool 'shuot'\. Did you mean 'shout'\?"):
        session.find_tool("shuot")


def test_the_notebooks_own_tools_are_known_beside_the_registered_ones():
    names = [tool.name for tool in Session({"loud": shout, "x": 1}).known_tools()]
    assert names == sorted(names)
    assert {"shout", "math_eval"} <= set(names)


def test_the_summary_names_every_model_of_a_chain_and_each_key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    session = Session({})
    for chain, model, key in (
        ("scripted:demo", "scripted:demo", "not needed"),
        ("openai:a,scripted:demo", "openai:a, else scripted:demo", "openai: found; scripted: not needed"),
    ):
        session.settings = AgentSettings(model=chain)
        rows = dict(session.summary().rows)
        assert (rows["model"], rows["key"]) == (model, key)
