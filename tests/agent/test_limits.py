import pytest

from jupyter_tools import Agent, ConfigurationError, Limits, tool
from jupyter_tools.agent.limits import Spending
from jupyter_tools.messages import ToolResultMessage, Usage
from jupyter_tools.providers.scripted import ScriptedProvider, call, pause


@tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


def agent_with(limits, *turns):
    return Agent("scripted:test", [add], provider=ScriptedProvider(list(turns)), trace=False, limits=limits)


def adding(a):
    return [call("add", {"a": a, "b": 1})]


async def test_a_run_ends_at_its_limit_of_tool_calls_with_what_it_has():
    agent = agent_with(Limits(tool_calls=2), adding(1), adding(2), ["never"], ["Next."])
    result = await agent.run("go")
    assert (result.stop_reason, result.error_message) == ("limit", "The run ended at its limit: 2 tool calls of 2.")
    assert [m.text for m in result.messages if isinstance(m, ToolResultMessage)] == ["2", "3"]


async def test_a_run_ends_at_its_limit_of_tokens():
    result = await agent_with(Limits(tokens=1), adding(1), ["never"]).run("go")
    assert result.stop_reason == "limit"
    assert "tokens of 1" in result.error_message


async def test_a_run_ends_at_its_limit_of_seconds_and_keeps_the_text():
    agent = agent_with(Limits(seconds=0.2), ["Well, ", pause(30), "never"], ["Next."])
    result = await agent.run("go")
    assert (result.stop_reason, result.text) == ("limit", "Well, ")
    assert "of 0.2" in result.error_message
    agent._limits = Limits()
    assert (await agent.run("again")).text == "Next."


async def test_a_run_ends_at_its_limit_of_cost():
    limits = Limits(cost=0.000001, input_price=1.0, output_price=2.0)
    result = await agent_with(limits, adding(1), ["never"]).run("go")
    assert result.stop_reason == "limit"
    assert "of cost" in result.error_message


async def test_an_answer_that_came_before_the_limit_is_no_limit():
    result = await agent_with(Limits(tokens=1), ["Done."]).run("go")
    assert (result.stop_reason, result.text) == ("stop", "Done.")


def test_cost_counts_both_directions():
    limits = Limits(cost=1, input_price=3.0, output_price=15.0)
    assert limits.spent(Usage(input_tokens=1_000_000, output_tokens=100_000)) == pytest.approx(4.5)
    assert Spending(Limits()).reached() is None


@pytest.mark.parametrize("wrong", [{"tokens": -1}, {"seconds": -0.5}, {"cost": 1.0}])
def test_limits_that_cannot_work_are_refused(wrong):
    with pytest.raises(ConfigurationError):
        Limits(**wrong)
