import asyncio
import json
import logging
import sys
import time
from collections.abc import Iterator

import pytest

from jupyter_tools.tools.runner import AgentAction, ToolRequest, ToolResponse, ToolRunner
from jupyter_tools.tools.running import running_tools


def shout(text: str) -> str:
    return text.upper()


async def repeat(text: str, times: int = 2) -> list[str]:
    return [text] * times


def anything(**arguments: object) -> dict:
    return {"got": sorted(arguments)}


def no_city() -> dict:
    return {"error": "no such city"}


def boom() -> None:
    raise ValueError("boom")


def silent_boom() -> None:
    raise ValueError


def leave() -> None:
    sys.exit(2)


def slow() -> None:
    time.sleep(0.5)


def log_in(user: str, api_key: str) -> dict:
    return {"user": user, "session": {"access_token": "abc"}}


@pytest.fixture
def runner() -> Iterator[ToolRunner]:
    runner = ToolRunner()
    for function in (shout, repeat, anything, no_city, boom, silent_boom, leave, log_in):
        runner.register(function.__name__, function)
    runner.register("slow", slow, timeout=0.05)
    yield runner
    while running_tools():  # an abandoned one is no business of the next test
        time.sleep(0.01)


def test_a_call_gives_an_action_with_its_response(runner):
    action = runner.run("request", 3, ToolRequest("shout", {"text": "тише"}))
    assert isinstance(action, AgentAction)
    assert (action.step, action.tool, action.input) == (3, "shout", {"text": "тише"})
    assert isinstance(action.output, ToolResponse)
    assert (action.output.ok, action.output.data) == (True, "ТИШЕ")
    assert action.output.meta["error"] is None
    assert action.output.meta["took_ms"] > 0


def test_async_tools_and_coerced_arguments_work_from_synchronous_code(runner):
    assert runner.run("r", 1, ToolRequest("repeat", {"text": "a", "times": "3"})).output.data == ["a", "a", "a"]


async def test_it_can_be_awaited_and_also_called_where_a_loop_runs(runner):
    awaited = await runner.arun("r", 1, ToolRequest("shout", {"text": "a"}))
    called = runner.run("r", 1, ToolRequest("shout", {"text": "a"}))
    assert awaited.output.data == called.output.data == "A"


@pytest.mark.parametrize(
    ("tool", "error", "data"),
    [
        ("shuot", "tool_not_found:shuot", "There is no tool 'shuot'. Did you mean 'shout'?"),
        ("slow", "timeout>50ms", "slow was stopped at its deadline of 0.05 s."),
        ("boom", "boom", "ValueError: boom"),
        ("silent_boom", "ValueError", "ValueError"),
        ("leave", "2", "SystemExit: 2"),
        ("no_city", "no such city", '{"error": "no such city"}'),
    ],
)
def test_what_goes_wrong_is_in_the_response(runner, tool, error, data):
    response = runner.run("r", 1, ToolRequest(tool)).output
    assert response.ok is False
    assert response.meta["error"] == error
    assert response.data.startswith(data)


def test_a_timeout_returns_at_the_deadline(runner):
    started = time.monotonic()
    runner.run("r", 1, ToolRequest("slow"))
    assert time.monotonic() - started < 0.4


def test_raw_text_becomes_the_one_required_string(runner):
    assert runner.run("r", 1, ToolRequest("shout", {"raw_input": "hey"})).output.data == "HEY"
    assert runner.run("r", 1, ToolRequest("repeat", {"raw_input": "hey"})).output.data == ["hey", "hey"]


def test_raw_text_that_fits_nowhere_is_an_error_that_shows_the_schema(runner):
    error = runner.run("r", 1, ToolRequest("log_in", {"raw_input": "me"})).output.meta["error"]
    assert "not text" in error
    assert '"required": ["user", "api_key"]' in error


def test_a_wrapper_that_takes_anything_gets_anything(runner):
    assert runner.run("r", 1, ToolRequest("anything", {"a": 1, "b": None})).output.data == {"got": ["a", "b"]}
    assert runner.run("r", 1, ToolRequest("anything", {"raw_input": "x"})).output.data == {"got": ["raw_input"]}


def test_a_key_in_the_middle_of_a_text_is_not_traced_either():
    lines = []
    runner = ToolRunner(trace=lines.append)
    runner.register("echo", lambda text: text)
    runner.run("r1", 1, ToolRequest("echo", {"text": "use sk-" + "a1B2c3D4" * 4 + ", please"}))
    assert "a1B2c3D4" not in lines[0]
    assert json.loads(lines[0])["output"] == "use [redacted], please"


def test_the_trace_has_one_line_of_json_a_call_and_no_secrets():
    lines: list[str] = []
    runner = ToolRunner(trace=lines.append)
    runner.register("log_in", log_in)
    runner.run("request-9", 4, ToolRequest("log_in", {"user": "Анна", "api_key": "sk-123"}))
    runner.run("request-9", 5, ToolRequest("nobody"))
    first, second = map(json.loads, lines)
    assert (first["request_id"], first["step"], first["tool"], first["ok"]) == ("request-9", 4, "log_in", True)
    assert first["input"] == {"user": "Анна", "api_key": "***"}
    assert first["output"] == {"user": "Анна", "session": {"access_token": "***"}}
    assert {"started_ms", "took_ms", "error"} <= first.keys()
    assert second["error"] == "tool_not_found:nobody"


def test_nothing_of_the_arguments_is_logged_or_printed(runner, caplog, capfd):
    with caplog.at_level(logging.DEBUG):
        runner.run("r", 1, ToolRequest("log_in", {"user": "Anna", "api_key": "sk-123"}))
    assert "log_in" in caplog.text
    assert "Anna" not in caplog.text
    assert capfd.readouterr() == ("", "")


def test_a_name_may_be_registered_again(runner):
    runner.register("shout", lambda text: text + "!", timeout=1)
    assert runner.run("r", 1, ToolRequest("shout", {"text": "a"})).output.data == "a!"
    assert "shout" in runner.names()


async def test_many_calls_at_once_do_not_disturb_each_other(runner):
    requests = [ToolRequest("repeat", {"text": str(number)}) for number in range(50)]
    actions = await asyncio.gather(*(runner.arun("r", n, request) for n, request in enumerate(requests)))
    assert [action.output.data[0] for action in actions] == [str(number) for number in range(50)]
