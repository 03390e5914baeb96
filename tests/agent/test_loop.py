"""The loop of turns, from the prompt to the last answer, with a scripted model."""

import asyncio
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_tools import Agent, ConfigurationError, tool
from jupyter_tools.events import (
    AgentEndEvent,
    MessageUpdateEvent,
    Notice,
    StopDelta,
    ToolExecutionStartEvent,
    TurnEndEvent,
    TurnUpdateEvent,
)
from jupyter_tools.messages import AssistantMessage, ToolResultMessage, UserMessage, to_dict
from jupyter_tools.providers.scripted import call, cut, error, pause, thinking
from tests.agent.runs import agent_of, assert_valid, assert_well_formed, events_of, provider_of


async def test_a_plain_answer_is_one_turn():
    agent = agent_of(["Hello."])
    result = await agent.run("Hi")
    assert (result.text, result.stop_reason, str(result)) == ("Hello.", "stop", "Hello.")
    assert [m.role for m in agent.messages] == ["user", "assistant"]
    assert not agent.running


async def test_a_failure_tells_its_kind_in_the_message_and_at_the_end():
    events = await events_of(agent_of([error(status=429)]))
    turn, end = events[-2:]
    assert isinstance(turn, TurnEndEvent)
    assert isinstance(end, AgentEndEvent)
    assert (turn.message.error_type, end.error_type) == ("429", "429")


async def test_tools_run_and_the_model_sees_their_results():
    agent = agent_of(
        [thinking("I add."), call("add", {"a": 2, "b": 3}), call("add", {"a": 10, "b": 20})], ["5 and 30."]
    )
    events = await events_of(agent)
    assert_well_formed(events)
    assert_valid(agent.messages)
    assert [m.text for m in agent.messages if isinstance(m, ToolResultMessage)] == ["5", "30"]
    assert [m.role for m in provider_of(agent).requests[1].messages] == [
        "user",
        "assistant",
        "tool_result",
        "tool_result",
    ]
    assert [e.turn for e in events if isinstance(e, TurnEndEvent)] == [1, 2]


async def test_the_conversation_goes_on_in_the_next_run_with_the_system_message_first():
    agent = agent_of(["One."], ["Two."], system="Be brief.")
    await agent.run("first")
    await agent.run("second")
    roles = [m.role for m in provider_of(agent).requests[1].messages]
    assert roles == ["system", "user", "assistant", "user"]
    assert [m.role for m in agent.messages] == ["user", "assistant", "user", "assistant"]


async def test_a_failing_and_an_unknown_tool_are_results_and_the_run_goes_on():
    agent = agent_of([call("broken"), call("ad", {"a": 1, "b": 1}), call("add", {"a": "x", "b": 1})], ["I see."])
    events = await events_of(agent)
    assert_well_formed(events)
    results = [m for m in agent.messages if isinstance(m, ToolResultMessage)]
    assert all(m.is_error for m in results)
    assert "no luck" in results[0].text
    assert "add" in results[1].text
    assert agent.messages[-1].text == "I see."


async def test_half_a_surrogate_pair_breaks_nothing_that_has_to_be_written_down():
    @tool
    def name_of(text: str) -> dict:
        """Give it back."""
        return {"name": text + "\udc80"}

    arguments = '{"text": "\\ud83d, \ud83e"}'
    agent = agent_of(["Hm \ud83d", thinking("и \ud83d"), call("name_of", arguments)], ["End \ud83d."], tools=(name_of,))
    events = await events_of(agent)
    said = [event.delta for event in events if isinstance(event, MessageUpdateEvent)]
    "".join(getattr(delta, "text", "") + getattr(delta, "arguments", "") for delta in said).encode()
    json.dumps([to_dict(message) for message in agent.messages], ensure_ascii=False).encode()
    result = next(m for m in agent.messages if isinstance(m, ToolResultMessage))
    assert (json.loads(result.text), result.details) == ({"name": "\ufffd, \ufffd\ufffd"},) * 2


async def test_malformed_arguments_are_told_to_the_model():
    agent = agent_of([call("add", '{"a": 1, "b"')], ["Sorry."])
    result = await agent.run("go")
    (answer,) = [m for m in agent.messages if isinstance(m, ToolResultMessage)]
    assert answer.is_error
    assert "JSON" in answer.text
    assert result.stop_reason == "stop"


async def test_the_last_turn_answers_without_tools_instead_of_raising():
    agent = agent_of([call("add", {"a": 1, "b": 1})], [call("add", {"a": 1, "b": 2})], ["Enough."], max_turns=3)
    result = await agent.run("go")
    assert [r.tool_choice for r in provider_of(agent).requests] == ["auto", "auto", "none"]
    assert (result.text, result.stop_reason) == ("Enough.", "max_turns")


async def test_calls_that_the_last_turn_makes_all_the_same_are_skipped():
    agent = agent_of([call("add", {"a": 1, "b": 1})], max_turns=1)
    events = await events_of(agent)
    assert_well_formed(events)
    assert_valid(agent.messages)
    assert events[-1].stop_reason == "max_turns"
    assert agent.messages[-1].is_error


async def test_a_model_that_repeats_the_same_call_has_to_answer():
    again = [call("add", {"a": 1, "b": 1})]
    agent = agent_of(again, again, again, ["Two, then."], ["never"])
    result = await agent.run("go")
    assert [r.tool_choice for r in provider_of(agent).requests] == ["auto", "auto", "auto", "none"]
    assert (result.text, result.stop_reason) == ("Two, then.", "limit")
    assert result.error_message.startswith("add was called with these arguments 2 times")


async def test_zero_turns_are_refused():
    with pytest.raises(ConfigurationError, match="max_turns"):
        agent_of(max_turns=0)


async def test_a_cut_stream_keeps_the_partial_answer_as_an_error():
    agent = agent_of(["The answer is ", cut()])
    result = await agent.run("go")
    assert (result.text, result.stop_reason) == ("The answer is ", "error")
    assert result.error_message
    assert_valid(agent.messages)


async def test_a_call_in_a_cut_message_does_not_run_and_is_answered():
    agent = agent_of(["Hm ", call("add", {"a": 1, "b": 1}), cut()], ["Next."])
    events = await events_of(agent)
    assert_well_formed(events)
    assert_valid(agent.messages)
    assert next(m for m in agent.messages if isinstance(m, ToolResultMessage)).is_error
    assert (await agent.run("again")).text == "Next."


async def test_a_retry_is_told_and_then_the_answer_comes():
    agent = agent_of([error(status=429, retry_after_s=0.0), "Here."])
    events = await events_of(agent)
    assert any(
        isinstance(e, TurnUpdateEvent) and isinstance(e.notice, Notice) and e.notice.kind == "retry" for e in events
    )
    assert events[-1].stop_reason == "stop"


async def test_abort_while_the_model_speaks_keeps_what_it_had_said():
    agent = agent_of(["One two three ", pause(30), "never"], ["Next."])
    stream = agent.stream("go")
    stream.listen(lambda event: agent.abort() if "three" in str(getattr(event, "delta", "")) else None)
    begin = time.monotonic()
    result = await stream
    assert time.monotonic() - begin < 2
    assert (result.text.strip(), result.stop_reason) == ("One two three", "aborted")
    assert_valid(agent.messages)
    assert (await agent.run("again")).text == "Next."


class Deaf:
    """A provider that does not look at the signal."""

    name = "deaf"

    async def stream(self, request):
        yield StopDelta(stop_reason="stop") if request.tools else None
        await asyncio.sleep(60)

    async def aclose(self):
        pass


async def test_abort_ends_a_provider_that_does_not_obey_the_signal():
    agent = Agent("deaf:x", provider=Deaf(), trace=False)
    stream = agent.stream("go")
    asyncio.get_running_loop().call_later(0.05, agent.abort)
    begin = time.monotonic()
    assert (await stream).stop_reason == "aborted"
    assert time.monotonic() - begin < 2


async def test_abort_while_tools_run_keeps_finished_results_and_answers_the_others():
    agent = agent_of([call("add", {"a": 1, "b": 1}), call("nap", {"seconds": 30})], ["Next."])
    stream = agent.stream("go")
    stream.listen(lambda event: agent.abort() if getattr(event, "status", "") == "done" else None)
    events = [event async for event in stream]
    assert_well_formed(events)
    assert_valid(agent.messages)
    results = [m for m in agent.messages if isinstance(m, ToolResultMessage)]
    assert [m.is_error for m in results] == [False, True]
    assert events[-1].stop_reason == "aborted"
    assert (await agent.run("again")).text == "Next."


async def test_cancelling_the_run_leaves_a_valid_conversation_and_the_last_event():
    agent = agent_of([call("nap", {"seconds": 30})], ["Next."])
    stream, seen = agent.stream("go"), []
    stream.listen(seen.append)
    while not isinstance(await anext(stream), ToolExecutionStartEvent):
        pass
    await stream.aclose()
    with pytest.raises(asyncio.CancelledError):
        await stream
    assert isinstance(last := seen[-1], AgentEndEvent)
    assert last.stop_reason == "aborted"
    assert_valid(agent.messages)
    assert (await agent.run("again")).text == "Next."


async def test_steering_is_heard_after_the_tools_of_the_turn():
    agent = agent_of([call("add", {"a": 1, "b": 1})], ["As you like."])
    stream = agent.stream("go")
    stream.listen(lambda e: agent.steer("in French") if isinstance(e, ToolExecutionStartEvent) else None)
    events = [event async for event in stream]
    assert_well_formed(events)
    assert_valid(agent.messages)
    assert [m.role for m in agent.messages] == ["user", "assistant", "tool_result", "user", "assistant"]


async def test_steering_is_heard_when_the_model_called_no_tool_or_had_its_last_turn():
    agent = agent_of(["First."], ["Second."], max_turns=1)
    stream = agent.stream("go")
    agent.steer("more")
    assert (await stream).text == "Second."


async def test_a_follow_up_is_heard_after_the_answer():
    agent = agent_of([call("add", {"a": 1, "b": 1})], ["Two."], ["Bye."])
    stream = agent.stream("go")
    agent.follow_up("and now say bye")
    result = await stream
    assert result.text == "Bye."
    assert [m.role for m in agent.messages] == ["user", "assistant", "tool_result", "assistant", "user", "assistant"]


async def test_a_tool_may_end_the_run():
    from jupyter_tools import AgentToolResult, TextContent

    @tool
    def finish() -> AgentToolResult:
        """End it."""
        return AgentToolResult(content=(TextContent(text="finished"),), terminate=True)

    agent = agent_of([call("finish")], tools=(finish,))
    result = await agent.run("go")
    assert result.stop_reason == "stop"
    assert [m.role for m in agent.messages] == ["user", "assistant", "tool_result"]


async def test_what_can_never_work_is_raised_after_the_last_event():
    class Keyless(Deaf):
        async def stream(self, request):
            raise ConfigurationError("no key")
            yield

    agent = Agent("deaf:x", provider=Keyless(), trace=False)
    stream = agent.stream("go")
    seen = []
    stream.listen(seen.append)
    with pytest.raises(ConfigurationError, match="no key"):
        await stream
    assert isinstance(last := seen[-1], AgentEndEvent)
    assert (last.stop_reason, last.error_message) == ("error", "no key")
    assert not agent.running
    assert agent.messages == []


async def test_a_prompt_that_got_no_answer_is_not_in_the_conversation_so_that_it_can_be_sent_again():
    agent = agent_of([error(status=401, message="wrong key")], ["Hello."])
    assert (await agent.run("Hi")).stop_reason == "error"
    assert agent.messages == []
    await agent.run("Hi")
    assert [m.role for m in agent.messages] == ["user", "assistant"]


async def test_usage_adds_up_over_turns():
    agent = agent_of([call("add", {"a": 1, "b": 1})], ["Two."])
    result = await agent.run("go")
    turns = [m.usage for m in agent.messages if isinstance(m, AssistantMessage)]
    assert result.usage == turns[0] + turns[1]


parts = st.one_of(
    st.just("text "),
    st.just(thinking("hm")),
    st.builds(
        call,
        st.sampled_from(["add", "broken", "nap", "nobody"]),
        st.sampled_from(['{"a": 1, "b": 2}', '{"seconds": 0}', "{}", "{", "null"]),
    ),
    st.just(cut()),
    st.just(StopDelta(stop_reason="length")),
)


@settings(deadline=None, max_examples=60)
@given(
    turns=st.lists(st.lists(parts, max_size=4), max_size=4),
    abort_at=st.none() | st.integers(0, 30),
    max_turns=st.integers(1, 4),
)
def test_whatever_happens_the_events_are_well_formed_and_the_conversation_is_valid(turns, abort_at, max_turns):
    async def main():
        agent = agent_of(*turns, ["end"], ["end"], ["end"], ["end"], max_turns=max_turns)
        stream, seen = agent.stream("go"), []

        def listen(event):
            seen.append(event)
            if len(seen) == abort_at:
                agent.abort()

        stream.listen(listen)
        await stream
        assert_well_formed(seen)
        assert_valid(agent.messages)
        assert not agent.messages or isinstance(agent.messages[0], UserMessage)
        assert seen[-1].messages == tuple(agent.messages)

    asyncio.run(main())
