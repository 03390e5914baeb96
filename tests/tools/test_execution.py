import asyncio

import pytest

from jupyter_tools.events import (
    AgentToolResult,
    MessageEndEvent,
    ToolExecutionEndEvent,
    ToolExecutionStartEvent,
    ToolExecutionUpdateEvent,
)
from jupyter_tools.messages import TextContent, ToolCallContent, user_message
from jupyter_tools.streams import EventStream
from jupyter_tools.tools.execution import execute_tool_calls, skip_tool_call, with_unique_ids
from jupyter_tools.tools.tool import AgentTool
from tests.tools.batches import Recorder, assert_well_formed, call, calls, execute, message_of, tool_of


async def echo(number: int) -> str:
    return f"number {number}"


async def seed_tool(tool_call_id, args, signal, on_update):
    on_update(AgentToolResult(content=[{"type": "text", "text": "Searching..."}]))
    return AgentToolResult(content=[{"type": "text", "text": f"{tool_call_id}: {args['query']}"}], details={"n": 1})


async def test_a_message_without_calls_gives_nothing():
    recorder = Recorder()
    result = await execute_tool_calls(None, message_of(), None, recorder)
    assert result == {"tool_results": [], "steering_messages": None}
    assert recorder.events == []


async def test_a_tool_of_the_seeds_signature_runs_as_it_is():
    tool = AgentTool(name="search", execute=seed_tool)
    result, recorder = await execute([tool], call("search", query="oil"))
    [message] = result["tool_results"]
    assert (message.text, message.details, message.is_error) == ("c1: oil", {"n": 1}, False)
    updates = [event.partial_result.content for event in recorder.events[1:3]]
    assert updates == [(TextContent(text="Searching..."),), (TextContent(text="c1: oil"),)]


async def test_all_starts_come_before_any_tool_runs():
    recorder = Recorder()
    started: list[int] = []

    async def look(number: int) -> None:
        started.append(len(recorder.of(ToolExecutionStartEvent)))

    await execute([look], *calls("look", "look", "look"), recorder=recorder)
    assert started == [3, 3, 3]


async def test_ends_come_in_source_order_though_the_last_call_is_done_first():
    async def wait(number: int) -> int:
        await asyncio.sleep(0.03 / number)
        return number

    result, recorder = await execute([wait], *calls("wait", "wait", "wait"))
    assert_well_formed(recorder.events, ["c1", "c2", "c3"])
    assert [event.tool_call_id for event in recorder.events[3:6]] == ["c3", "c2", "c1"]
    assert [message.text for message in result["tool_results"]] == ["1", "2", "3"]


async def test_one_failing_call_leaves_its_siblings_alone():
    async def boom(number: int) -> None:
        raise ValueError("no luck")

    declared = AgentTool(name="declared")
    names = ("echo", "boom", "ecko", "declared", "echo")
    result, recorder = await execute([echo, boom, declared], *calls(*names))
    assert recorder.statuses == ["ok", "error", "error", "error", "ok"]
    assert [message.text for message in result["tool_results"]] == [
        "number 1",
        "ValueError: no luck",
        "There is no tool 'ecko'. Did you mean 'echo'? Known tools: echo, boom, declared.",
        "declared is only declared and cannot be run here.",
        "number 5",
    ]


async def test_no_tools_at_all_is_an_error_result():
    result = await execute_tool_calls(None, message_of(call("echo")), None, Recorder())
    assert result["tool_results"][0].text == "There is no tool 'echo'. No tools are available."


async def test_arguments_are_validated_and_the_end_event_shows_the_coerced_ones():
    parameters = {"type": "object", "properties": {"number": {"type": "integer"}}, "required": ["number"]}
    tool = tool_of(echo, parameters=parameters)
    result, recorder = await execute([tool], call("echo", "a", number="7"), call("echo", "b", number="many"))
    assert recorder.statuses == ["ok", "error"]
    assert recorder.of(ToolExecutionStartEvent)[0].args == {"number": "7"}
    assert recorder.ends["a"].args == {"number": 7}
    assert "number" in result["tool_results"][1].text
    assert "many" in result["tool_results"][1].text


async def test_a_call_whose_json_was_broken_is_answered_with_what_was_wrong():
    result, recorder = await execute([echo], call("echo", problem="the arguments are not valid JSON: {"))
    assert recorder.statuses == ["error"]
    assert "not valid JSON" in result["tool_results"][0].text


@pytest.mark.parametrize(("reason", "status"), [("length", "skipped"), ("error", "skipped"), ("aborted", "skipped")])
async def test_a_message_that_was_cut_off_runs_nothing(reason, status):
    ran = []
    result, recorder = await execute([tool_of(ran.append, name="t")], call("t", item=1), stop_reason=reason)
    assert ran == []
    assert recorder.statuses == [status]
    assert result["tool_results"][0].text.startswith("Not run: the answer")
    assert_well_formed(recorder.events, ["c1"])


async def test_ids_are_made_unique_and_each_result_has_its_own():
    result, recorder = await execute([echo], *(call("echo", call_id, number=1) for call_id in ("a", "a", "", "", "a")))
    ids = [message.tool_call_id for message in result["tool_results"]]
    assert len(set(ids)) == 5
    assert ids[0] == "a"
    assert_well_formed(recorder.events, ids)


def test_a_message_with_unique_ids_is_returned_as_it_is():
    message = message_of(call("echo", "a"), call("echo", "b"))
    assert with_unique_ids(message) is message


async def test_steering_is_asked_once_and_after_all_results():
    recorder = Recorder()
    asked: list[int] = []

    async def steering():
        asked.append(len(recorder.of(ToolExecutionEndEvent)))
        return [user_message("stop that")]

    result = await execute_tool_calls([tool_of(echo)], message_of(*calls("echo", "echo")), None, recorder, steering)
    assert asked == [2]
    assert result["steering_messages"] == [user_message("stop that")]


async def test_no_steering_is_none():
    async def nothing():
        return []

    result = await execute_tool_calls([tool_of(echo)], message_of(*calls("echo")), None, Recorder(), nothing)
    assert result["steering_messages"] is None


async def test_a_tool_may_end_the_run():
    async def last(number: int) -> AgentToolResult:
        return AgentToolResult(content=(TextContent(text="done"),), terminate=True)

    result, _ = await execute([echo, last], *calls("echo", "last"))
    assert result["terminate"] is True


def test_skipping_gives_an_error_result_with_its_start_and_end():
    recorder = Recorder()
    message = skip_tool_call(ToolCallContent(id="x", name="echo"), recorder)
    assert message.is_error
    assert [event.type for event in recorder.events] == [
        "tool_execution_start",
        "tool_execution_end",
        "message_start",
        "message_end",
    ]
    assert recorder.statuses == ["skipped"]


async def test_calls_that_nobody_hears_of_give_the_same_results_and_one_who_listens_meanwhile_hears_of_the_rest():
    stream, heard = EventStream(kept=False), []

    async def first(number: int) -> int:
        return number

    async def second(number: int) -> int:
        stream.listen(heard.append)
        return number

    message = message_of(*calls("first", "second"))
    outcome = await execute_tool_calls([tool_of(first), tool_of(second)], message, None, stream)
    assert [message.text for message in outcome["tool_results"]] == ["1", "2"]
    assert [event.tool_call_id for event in heard if isinstance(event, ToolExecutionUpdateEvent)] == ["c2"]
    ends = [event.message for event in heard if isinstance(event, MessageEndEvent)]
    assert ends == outcome["tool_results"]
