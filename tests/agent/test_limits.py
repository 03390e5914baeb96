import pytest

from jupyter_tools import PRICES, Agent, ConfigurationError, Limits, Price, tool
from jupyter_tools.agent.limits import Spending
from jupyter_tools.events import UsageDelta
from jupyter_tools.messages import NO_USAGE, AssistantMessage, ToolResultMessage, Usage
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


async def test_calls_beyond_the_limit_are_not_run_even_if_they_come_at_once():
    agent = agent_with(Limits(tool_calls=1), [*adding(1), *adding(2), *adding(3)], ["never"])
    result = await agent.run("go")
    assert (result.stop_reason, result.error_message) == ("limit", "The run ended at its limit: 1 tool calls of 1.")
    first, *others = [m for m in result.messages if isinstance(m, ToolResultMessage)]
    assert (first.text, first.is_error) == ("2", False)
    assert [(other.is_error, "add is not run" in other.text) for other in others] == [(True, True)] * 2


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


async def test_a_run_ends_at_its_limit_of_cost(monkeypatch):
    monkeypatch.setitem(PRICES, "scripted:test", Price(input=1.0, output=2.0))
    result = await agent_with(Limits(cost=0.000001), adding(1), ["never"]).run("go")
    assert result.stop_reason == "limit"
    assert "dollars of 1e-06" in result.error_message


async def test_a_limit_of_cost_without_a_known_price_ends_the_run_and_says_how_to_give_one():
    result = await agent_with(Limits(cost=1), adding(1), ["never"]).run("go")
    assert result.stop_reason == "limit"
    assert "PRICES['provider:model']" in result.error_message
    assert [m.text for m in result.messages if isinstance(m, ToolResultMessage)] == ["2"]


class Silent(ScriptedProvider):
    """Does not say what was used, as some servers."""

    async def stream(self, request):
        async for part in super().stream(request):
            if not isinstance(part, UsageDelta):
                yield part


@pytest.mark.parametrize("limits", [Limits(tokens=5), Limits(cost=0.000001)])
async def test_a_limit_holds_where_nobody_counts_tokens(limits, monkeypatch):
    monkeypatch.setitem(PRICES, "scripted:test", Price(input=1.0, output=2.0))
    agent = Agent(
        "scripted:test", [add], provider=Silent([adding(1), adding(2), ["never"]]), trace=False, limits=limits
    )
    result = await agent.run("go")
    assert (result.stop_reason, result.usage.estimated) == ("limit", True)
    assert len([m for m in result.messages if isinstance(m, AssistantMessage)]) == 1


async def test_without_a_limit_of_tokens_what_nobody_counts_stays_unknown():
    agent = Agent("scripted:test", provider=Silent([["Hi."]]), trace=False, limits=Limits(tool_calls=5))
    assert (await agent.run("go")).usage == NO_USAGE


async def test_the_costs_of_all_turns_are_added_up(monkeypatch):
    monkeypatch.setitem(PRICES, "scripted:test", Price(input=1.0, output=2.0))
    result = await agent_with(Limits(cost=1), adding(1), ["Done."]).run("go")
    costs = [m.usage.cost for m in result.messages if isinstance(m, AssistantMessage)]
    assert len(costs) == 2
    assert result.usage.cost == sum(costs) > 0


async def test_an_answer_that_came_before_the_limit_is_no_limit():
    result = await agent_with(Limits(tokens=1), ["Done."]).run("go")
    assert (result.stop_reason, result.text) == ("stop", "Done.")


def test_large_numbers_are_written_out():
    spent = Spending(Limits(tokens=1_000_000), usage=Usage(input_tokens=1_234_567))
    assert spent.reached() == "The run ended at its limit: 1234567 tokens of 1000000."


def test_nothing_used_reaches_no_limit():
    assert Spending(Limits(cost=1)).reached() is None


@pytest.mark.parametrize(
    "wrong", [{"tokens": -1}, {"seconds": -0.5}, {"cost": -1.0}, {"tokens": "5000"}, {"cost": float("nan")}]
)
def test_limits_that_cannot_work_are_refused(wrong):
    with pytest.raises(ConfigurationError, match=f"The limit {next(iter(wrong))}=.* is no number from 0 on"):
        Limits(**wrong)
