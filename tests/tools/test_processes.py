import asyncio
import os
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from jupyter_tools.errors import ToolDefinitionError
from jupyter_tools.events import ToolExecutionUpdateEvent
from jupyter_tools.tools.context import ToolContext
from jupyter_tools.tools.processes import Errand, packed
from jupyter_tools.tools.running import running_tools
from jupyter_tools.tools.tool import AgentTool
from tests.tools.batches import call, calls, execute, text_of_one, tool_of, until

FACTOR = 3
LOCK = threading.Lock()


def process_tool(function, **fields) -> AgentTool:
    return tool_of(function, isolation="process", **{"timeout_s": 20, **fields})


def triple(number: int) -> dict:
    print("on standard output")  # noqa: T201  # must not get between the lines of the protocol
    return {"tripled": number * FACTOR, "elsewhere": os.getpid()}


def spin(number: int) -> None:
    while True:
        pass


def grab_memory(number: int) -> int:
    return len(bytearray(10**9))


def leave(number: int) -> None:
    os._exit(3)


def crash(number: int) -> None:
    os.abort()


def locked(number: int) -> None:
    LOCK.acquire()


def divide(number: int) -> float:
    return number / 0


async def wait_and_tell(number: int, context: ToolContext) -> str:
    context.progress(f"{context.tool_call_id} is half done")
    await asyncio.sleep(0)
    return "done"


async def seed_tool(tool_call_id, args, signal, on_update):
    on_update("one moment")
    return f"{tool_call_id} {args['number']} {signal}"


async def test_a_function_of_a_module_runs_in_another_process():
    result, recorder = await execute([process_tool(triple)], *calls("triple"))
    assert recorder.statuses == ["ok"]
    details = result["tool_results"][0].details
    assert details["tripled"] == 3
    assert details["elsewhere"] != os.getpid()


async def test_a_loop_that_no_thread_could_stop_is_killed_at_the_deadline():
    started = time.monotonic()
    _, recorder = await execute([process_tool(spin, timeout_s=0.5)], *calls("spin"))
    assert time.monotonic() - started < 5
    assert recorder.statuses == ["timeout"]
    await until(lambda: not running_tools())


async def test_an_abort_kills_the_process():
    signal = asyncio.Event()
    asyncio.get_running_loop().call_later(0.2, signal.set)
    _, recorder = await execute([process_tool(spin)], *calls("spin"), signal=signal)
    assert recorder.statuses == ["aborted"]
    await until(lambda: not running_tools())


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is known to hold on Linux")
async def test_memory_is_limited():
    result, recorder = await execute([process_tool(grab_memory)], *calls("grab_memory"), memory_limit_mb=300)
    assert recorder.statuses == ["error"]
    assert result["tool_results"][0].text == ("MemoryError: grab_memory needed more than its 300 MB of memory")


async def test_a_crash_is_an_error_that_says_how_the_process_ended():
    text = await text_of_one(process_tool(crash), number=1)
    assert text.startswith("The process of crash ended without a result (exit code -6, SIGABRT).")
    assert "2048 MB" in text


async def test_a_process_that_ends_itself_is_not_said_to_need_memory():
    text = await text_of_one(process_tool(leave), number=1)
    assert text == "The process of leave ended without a result (exit code 3)."


async def test_an_exception_in_the_process_is_named_and_its_traceback_kept():
    result, _ = await execute([process_tool(divide)], *calls("divide"))
    [message] = result["tool_results"]
    assert message.text == "ZeroDivisionError: division by zero"
    assert "in divide" in message.details["traceback"]


async def test_progress_and_context_reach_across():
    tool = process_tool(wait_and_tell, context_parameter="context")
    result, recorder = await execute([tool], *calls("wait_and_tell"))
    assert result["tool_results"][0].text == "done"
    updates = [event.partial_result.content[0].text for event in recorder.of(ToolExecutionUpdateEvent)]
    assert updates == ["c1 is half done", "done"]


async def test_the_seeds_signature_runs_in_a_process_too():
    tool = AgentTool(name="seed", execute=seed_tool, isolation="process", timeout_s=20)
    result, recorder = await execute([tool], call("seed", number=7))
    assert result["tool_results"][0].text == "c1 7 None"
    assert recorder.of(ToolExecutionUpdateEvent)[0].partial_result.content[0].text == "one moment"


async def test_a_function_that_cannot_be_sent_says_what_to_do():
    lock = threading.Lock()

    def locked_in(number: int) -> None:
        lock.acquire()

    text = await text_of_one(process_tool(locked_in), number=1)
    assert "cannot be sent to a process of its own" in text
    assert 'isolation="thread"' in text


def test_what_cannot_be_packed_is_the_tools_definition_error():
    errand = Errand(
        tool_name="t",
        tool_call_id="c",
        run_id="",
        code=print,
        arguments={"lock": LOCK},
        seed_signature=False,
        context_parameter=None,
        memory_limit_mb=None,
    )
    with pytest.raises(ToolDefinitionError, match="'t'"):
        packed(errand)


def test_a_function_of_a_scripts_main_module_runs_without_running_the_script_again(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent(
            """
            from jupyter_tools.tools.runner import ToolRequest, ToolRunner
            from jupyter_tools.tools.tool import AgentTool

            print("script")
            OFFSET = 40

            def add(number: int) -> int:
                return number + OFFSET

            runner = ToolRunner()
            tool = AgentTool(name="add", function=add, isolation="process", parameters={"type": "object"})
            runner.register("add", tool, timeout=20)
            print(runner.run("r", 1, ToolRequest("add", {"number": 2})).output.data)
            """
        ),
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["script", "42"]
