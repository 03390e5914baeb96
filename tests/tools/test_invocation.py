import asyncio
import math
import sys
import threading
import time

import pytest

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.events import AgentToolResult, ToolExecutionUpdateEvent
from jupyter_tools.messages import TextContent
from jupyter_tools.tools.context import ToolContext
from jupyter_tools.tools.execution import ExecutionOptions, execute_tool_calls
from jupyter_tools.tools.running import running_tools
from jupyter_tools.tools.tool import AgentTool
from tests.tools.batches import (
    Recorder,
    assert_well_formed,
    call,
    calls,
    execute,
    message_of,
    text_of_one,
    tool_of,
    until,
)


async def test_an_async_tool_is_cancelled_at_its_deadline():
    cleaned: list[bool] = []

    async def hang(number: int) -> None:
        try:
            await asyncio.sleep(30)
        finally:
            cleaned.append(True)

    started = time.monotonic()
    result, recorder = await execute([tool_of(hang, timeout_s=0.05)], *calls("hang"))
    assert time.monotonic() - started < 1
    assert cleaned == [True]
    assert recorder.statuses == ["timeout"]
    assert result["tool_results"][0].text == "hang was stopped at its deadline of 0.05 s."
    assert 40 < recorder.ends["c1"].duration_ms < 1000


async def test_a_hung_thread_is_abandoned_named_and_listed_until_it_ends():
    release = threading.Event()

    def hang(number: int) -> None:
        release.wait(20)

    started = time.monotonic()
    _, recorder = await execute([tool_of(hang, timeout_s=0.05)], *calls("hang"), run_id="run-1")
    assert time.monotonic() - started < 1
    assert recorder.statuses == ["timeout"]
    [hung] = running_tools()
    assert (hung.tool_name, hung.tool_call_id, hung.run_id, hung.place) == ("hang", "c1", "run-1", "thread")
    assert hung.abandoned
    assert hung.seconds >= 0.05
    release.set()
    await until(lambda: not running_tools())


async def test_what_comes_back_after_the_deadline_is_dropped():
    async def late(number: int) -> str:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            return "too late"
        return "never"

    result, recorder = await execute([tool_of(late, timeout_s=0.02)], *calls("late"))
    assert recorder.statuses == ["timeout"]
    assert "deadline" in result["tool_results"][0].text


async def test_the_default_deadline_holds_for_tools_that_name_none():
    async def hang(number: int) -> None:
        await asyncio.sleep(30)

    _, recorder = await execute([hang], *calls("hang"), default_timeout_s=0.02)
    assert recorder.statuses == ["timeout"]


async def test_a_tool_may_have_no_deadline():
    async def nap(number: int) -> int:
        await asyncio.sleep(0.03)
        return number

    _, recorder = await execute([tool_of(nap, timeout_s=math.inf)], *calls("nap"), default_timeout_s=0.01)
    assert recorder.statuses == ["ok"]


async def test_waiting_for_a_free_thread_does_not_count_against_the_deadline():
    def slow(number: int) -> int:
        time.sleep(0.05)
        return number

    names = ["slow"] * 100  # more than there are threads
    _, recorder = await execute([tool_of(slow, timeout_s=0.1)], *calls(*names))
    assert recorder.statuses == ["ok"] * 100


def exit_quietly(number: int) -> None:
    sys.exit(3)


def interrupt(number: int) -> None:
    raise KeyboardInterrupt


def say_nothing(number: int) -> None:
    raise ValueError


async def exit_in_loop(number: int) -> None:
    raise SystemExit


async def cancel_itself(number: int) -> None:
    raise asyncio.CancelledError


async def stop_iterating(number: int) -> None:
    raise StopAsyncIteration


def stop_iterating_in_thread(number: int) -> None:
    raise StopIteration


def tell_the_user(number: int) -> None:
    raise ConfigurationError("Set the city first.")


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (exit_quietly, "SystemExit: 3"),
        (exit_in_loop, "SystemExit"),
        (interrupt, "KeyboardInterrupt"),
        (say_nothing, "ValueError"),
        (cancel_itself, "asyncio.exceptions.CancelledError"),
        (stop_iterating, "StopAsyncIteration"),
        (stop_iterating_in_thread, "StopIteration"),
        (tell_the_user, "Set the city first."),
    ],
)
async def test_whatever_a_tool_raises_is_an_error_that_is_named(function, text):
    result, recorder = await execute([function], *calls(function.__name__))
    assert recorder.statuses == ["error"]
    assert result["tool_results"][0].text == text


async def test_the_traceback_is_for_the_page_and_begins_in_the_tool():
    def broken(number: int) -> None:
        raise LookupError("nowhere")

    result, _ = await execute([broken], *calls("broken"))
    [message] = result["tool_results"]
    assert "Traceback" not in message.text
    assert message.details["error"] == "LookupError"
    lines = message.details["traceback"].splitlines()
    assert lines[0].startswith("Traceback")
    assert "in broken" in lines[1]


async def test_a_dict_with_an_error_is_an_error():
    async def report(number: int) -> dict:
        return {"error": "no such city"} if number == 1 else {"error": None, "city": "Kazan"}

    _, recorder = await execute([report], *calls("report", "report"))
    assert recorder.statuses == ["error", "ok"]


async def test_updates_come_from_any_thread_as_text_or_results_and_end_with_the_call():
    late: list = []

    def work(tool_call_id, args, signal, on_update):
        on_update("a quarter")
        other = threading.Thread(target=on_update, args=(AgentToolResult(content=(TextContent(text="half"),)),))
        other.start()
        other.join()
        late.append(on_update)
        return "all"

    tool = AgentTool(name="work", execute=work)
    _, recorder = await execute([tool], call("work"))
    late[0]("too late")
    await asyncio.sleep(0)
    texts = [event.partial_result.content[0].text for event in recorder.of(ToolExecutionUpdateEvent)]
    assert texts == ["a quarter", "half", "all"]
    assert_well_formed(recorder.events, ["c1"])


async def test_a_context_knows_its_call_and_reports_progress():
    seen: list[ToolContext] = []

    async def train(epochs: int, context: ToolContext) -> str:
        seen.append(context)
        context.progress("epoch 1")
        return "trained"

    signal = asyncio.Event()
    tool = tool_of(train, context_parameter="context")
    _, recorder = await execute([tool], call("train", epochs=1), signal=signal, run_id="r")
    [context] = seen
    assert (context.run_id, context.tool_call_id, context.signal) == ("r", "c1", signal)
    assert context.logger.name == "jupyter_tools.tools.train"
    assert recorder.of(ToolExecutionUpdateEvent)[0].partial_result.content[0].text == "epoch 1"
    assert recorder.ends["c1"].args == {"epochs": 1}


async def test_a_hook_before_may_change_the_arguments_or_answer_in_the_tools_place():
    async def echo(number: int) -> int:
        return number

    async def before(tool, tool_call):
        match tool_call.arguments["number"]:
            case 1:
                return {"number": 10}
            case 2:
                return AgentToolResult(content=(TextContent(text="from the cache"),))
            case 3:
                return AgentToolResult(content=(TextContent(text="not today"),), is_error=True)
        return None

    result, recorder = await execute([echo], *calls("echo", "echo", "echo", "echo"), before=before)
    assert [message.text for message in result["tool_results"]] == ["10", "from the cache", "not today", "4"]
    assert recorder.statuses == ["ok", "ok", "denied", "ok"]
    assert recorder.ends["c1"].args == {"number": 10}


async def test_changed_arguments_are_validated_again():
    async def echo(number: int) -> int:
        return number

    parameters = {"type": "object", "properties": {"number": {"type": "integer"}}}
    tool = tool_of(echo, parameters=parameters)
    result, recorder = await execute([tool], *calls("echo"), before=lambda *_: {"number": "no number"})
    assert recorder.statuses == ["error"]
    assert "no number" in result["tool_results"][0].text


async def test_a_hook_after_may_change_the_result():
    async def echo(number: int) -> int:
        return number

    def after(tool, tool_call, result):
        return f"{tool.name}({tool_call.arguments['number']}) is {result.content[0].text}"

    result, _ = await execute([echo], *calls("echo"), after=after)
    assert result["tool_results"][0].text == "echo(1) is 1"


@pytest.mark.parametrize("in_thread", [False, True])
async def test_a_hook_after_hears_of_failures_and_may_mend_them(in_thread):
    async def broken(number: int) -> None:
        raise ValueError("broken")

    def after(tool, tool_call, result):
        return "mended" if result.is_error else None

    tool = tool_of(broken, isolation="thread" if in_thread else "loop")
    result, recorder = await execute([tool], *calls("broken"), after=after)
    assert recorder.statuses == ["ok"]
    assert result["tool_results"][0].text == "mended"


async def test_a_hook_after_does_not_hear_of_what_was_stopped():
    async def hang(number: int) -> None:
        await asyncio.sleep(30)

    heard: list = []
    tool = tool_of(hang, timeout_s=0.02)
    _, recorder = await execute([tool], *calls("hang"), after=lambda *arguments: heard.append(arguments))
    assert recorder.statuses == ["timeout"]
    assert heard == []


async def test_waiting_for_a_free_thread_is_not_running():
    def slow(number: int) -> None:
        time.sleep(0.05)

    _, recorder = await execute([slow], *calls(*["slow"] * 64))
    assert max(end.duration_ms for end in recorder.ends.values()) < 95


@pytest.mark.parametrize("hook", ["before", "after"])
async def test_a_hook_that_raises_is_an_error_result(hook):
    async def echo(number: int) -> int:
        return number

    def broken(*_args):
        raise RuntimeError("the hook is broken")

    result, recorder = await execute([echo], *calls("echo"), **{hook: broken})
    assert recorder.statuses == ["error"]
    assert result["tool_results"][0].text == "RuntimeError: the hook is broken"


async def test_a_hook_that_returns_nonsense_is_an_error_result():
    async def echo(number: int) -> int:
        return number

    assert "returned int" in (await execute([echo], *calls("echo"), before=lambda *_: 5))[0]["tool_results"][0].text


async def test_the_same_call_over_and_over_is_stopped():
    async def echo(number: int) -> int:
        return number

    options = ExecutionOptions(max_calls=5).for_run("r")
    statuses = []
    for _ in range(3):
        recorder = Recorder()
        message = message_of(call("echo", number=1))
        result = await execute_tool_calls([tool_of(echo)], message, None, recorder, None, options)
        statuses += recorder.statuses
    assert statuses == ["ok", "ok", "error"]
    assert result["tool_results"][0].text.startswith("echo was called with these arguments 2 times already")


async def test_async_code_may_be_sent_to_a_thread_of_its_own():
    async def where(number: int) -> bool:
        await asyncio.sleep(0)
        return threading.current_thread() is not threading.main_thread()

    assert await text_of_one(tool_of(where, isolation="thread"), number=1) == "true"


async def test_a_sync_function_that_returns_an_awaitable_is_awaited():
    async def later(number: int) -> int:
        return number

    assert await text_of_one(tool_of(lambda number: later(number), name="t"), number=4) == "4"
