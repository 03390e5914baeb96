"""Tools that are written in a notebook and misbehave: whatever they do, the cell ends and the next one works."""

import pytest

from tests.kernel.driver import Kernel

pytestmark = pytest.mark.kernel

SETUP = """
import asyncio, os, sys, threading, time
from jupyter_tools.messages import AssistantMessage, ToolCallContent
from jupyter_tools.streams import EventStream
from jupyter_tools.tools.decorator import tool
from jupyter_tools.tools.execution import execute_tool_calls
from jupyter_tools.tools.running import running_tools

GREETING = "hello from the notebook"

async def call(function, **arguments):
    calls = (ToolCallContent(id="c1", name=function.name, arguments=arguments),)
    done = await execute_tool_calls([function], AssistantMessage(content=calls), None, EventStream())
    return done["tool_results"][0]
"""


@pytest.fixture
def notebook(kernel: Kernel) -> Kernel:
    kernel.ok(SETUP)
    return kernel


def test_a_hung_thread_is_abandoned_and_listed_and_the_next_cell_works(notebook):
    notebook.ok("@tool(timeout_s=0.2)\ndef hang() -> str:\n    '''Hang.'''\n    time.sleep(3)\n    return 'late'")
    shown = notebook.ok(
        "started = time.monotonic(); print((await call(hang)).text, time.monotonic() - started < 1)"
    ).text
    assert "hang was stopped at its deadline of 0.2 s. True" in shown
    assert "hang True" in notebook.ok("print(*[(t.tool_name, t.abandoned) for t in running_tools()][0])").text


def test_a_loop_in_a_process_of_its_own_is_killed(notebook):
    notebook.ok(
        "@tool(timeout_s=1.5, isolation='process')\ndef spin() -> str:\n    '''Spin.'''\n    while True:\n        pass"
    )
    assert "spin was stopped at its deadline of 1.5 s." in notebook.ok("print((await call(spin)).text)").text
    running = "await asyncio.sleep(0.3); print('spin' in {tool.tool_name for tool in running_tools()})"
    assert "False" in notebook.ok(running).text


def test_a_notebooks_function_runs_in_a_process_with_the_names_it_uses(notebook):
    notebook.ok(
        "@tool(isolation='process')\ndef greet(name: str) -> str:\n    '''Greet.'''\n"
        "    return f'{GREETING}, {name} {os.getpid()}'"
    )
    shown = notebook.ok("print((await call(greet, name='Анна')).text, os.getpid())").text
    *words, there, here = shown.split()
    assert " ".join(words) == "hello from the notebook, Анна"
    assert there != here


def test_exits_and_crashes_stay_with_the_tool(notebook):
    notebook.ok("@tool\ndef leave() -> str:\n    '''Leave.'''\n    sys.exit(1)")
    notebook.ok("@tool(isolation='process')\ndef crash() -> str:\n    '''Crash.'''\n    os.abort()")
    assert "SystemExit: 1" in notebook.ok("print((await call(leave)).text)").text
    assert "SIGABRT" in notebook.ok("print((await call(crash)).text)").text


def test_what_cannot_be_sent_to_a_process_says_what_to_do(notebook):
    notebook.ok(
        "lock = threading.Lock()\n@tool(isolation='process')\ndef use() -> str:\n    '''Use.'''\n    lock.acquire()"
    )
    assert 'use isolation="thread"' in notebook.ok("print((await call(use)).text)").text


def test_what_a_thread_prints_goes_to_the_cell_that_called_it(notebook):
    notebook.ok("@tool\ndef say() -> str:\n    '''Say.'''\n    print('said in a thread')\n    return 'ok'")
    first, second = notebook.run_all(["await call(say)\n'first'", "'second'"])
    assert "said in a thread" in first.text
    assert "said in a thread" not in second.text
