import pytest

from jupyter_tools.errors import UnknownNameError
from jupyter_tools.messages import user_message
from jupyter_tools.notebook.options import AgentSettings
from jupyter_tools.notebook.session import Session
from jupyter_tools.tools.decorator import tool

SHORT = AgentSettings(model="scripted:demo")


@tool
def shout(text: str) -> str:
    """Say it loudly."""
    return text.upper()


def test_an_agent_continues_the_conversation_and_does_not_share_its_list():
    session = Session({})
    session.messages.append(user_message("before"))
    agent = session.agent(SHORT)
    agent.messages.append(user_message("after"))
    assert [len(session.messages), len(agent.messages)] == [1, 2]


def test_a_new_conversation_forgets_the_old_one():
    session = Session({})
    session.messages.append(user_message("before"))
    assert session.agent(SHORT, new=True).messages == session.messages == []


def test_an_agent_that_cannot_be_made_forgets_nothing():
    session = Session({})
    session.messages.append(user_message("before"))
    with pytest.raises(UnknownNameError):
        session.agent(AgentSettings(model="scripted:demo", tools=("nothing",)), new=True)
    assert len(session.messages) == 1


def test_what_a_run_left_is_the_conversation_afterwards():
    session = Session({})
    agent = session.agent(SHORT)
    with session.going_on(agent):
        assert session.running is agent
        agent.messages.append(user_message("said"))
    assert session.running is None
    assert session.messages == agent.messages


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


async def test_stop_aborts_the_run_that_goes_on():
    session = Session({})
    agent = session.agent(SHORT)
    with session.going_on(agent):
        stream = agent.stream("Hi")
        assert session.stop() == "Stopping."
        assert (await stream).stop_reason == "aborted"
