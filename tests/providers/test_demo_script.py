from jupyter_tools.agent.agent import Agent
from jupyter_tools.messages import ThinkingContent, ToolCallContent, ToolResultMessage
from jupyter_tools.providers.scripted import ScriptedProvider


async def test_the_demo_reasons_calls_both_tools_and_uses_their_results():
    agent = Agent("scripted:demo", tools=["math_eval", "time_now"])
    result = await agent.run("What is 12.5 % of 3,480, and what time is it in Tokyo?")
    question, answer = agent.messages[1], agent.messages[-1]
    assert [type(block) for block in question.content] == [ThinkingContent, ToolCallContent, ToolCallContent]
    assert not any(m.is_error for m in agent.messages if isinstance(m, ToolResultMessage))
    assert "435" in answer.text
    assert "+09:00" in answer.text
    assert result.stop_reason == "stop"


async def test_the_demo_can_be_asked_again():
    agent = Agent("scripted:demo", tools=["math_eval", "time_now"])
    first, second = await agent.run("?"), await agent.run("?")
    assert len(first.messages) == len(second.messages) == 5


async def test_the_demo_without_tools_says_what_it_needs():
    agent = Agent("scripted:demo", provider=ScriptedProvider())
    for _ in range(2):
        assert "math_eval" in (await agent.run("?")).text
