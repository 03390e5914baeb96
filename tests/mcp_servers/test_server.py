"""The reference servers, over pipes and over HTTP."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from jupyter_tools.agent.agent import Agent
from jupyter_tools.errors import ConfigurationError, McpError
from jupyter_tools.events import ToolExecutionUpdateEvent
from jupyter_tools.loop_thread import loop_thread
from jupyter_tools.mcp_servers.server import McpServer
from jupyter_tools.messages import AssistantMessage, ImageContent, ToolCallContent, ToolResultMessage
from jupyter_tools.providers.scripted import ScriptedProvider, call
from jupyter_tools.streams import EventStream
from jupyter_tools.tools.execution import ExecutionOptions, execute_tool_calls
from tests.servers.npm import node_and_npm
from tests.servers.reference_mcp import a_file, npm_server, time_server


def asked(server: McpServer, name: str, **arguments: object) -> ToolResultMessage:
    """What a tool of the server gives, as an agent in this thread's own loop would call it."""
    return asyncio.run(asked_here(server, name, **arguments))


async def asked_here(server: McpServer, name: str, stream: EventStream | None = None, **arguments) -> ToolResultMessage:
    tools = await asyncio.to_thread(server.tools)
    message = AssistantMessage(content=(ToolCallContent(id="c1", name=name, arguments=arguments),))
    options = ExecutionOptions(approval="never")
    done = await execute_tool_calls(tools, message, None, stream or EventStream(), options=options)
    return done["tool_results"][0]


@pytest.fixture(scope="module")
def everything() -> Iterator[McpServer]:
    server = McpServer("everything", npm_server("everything"))
    yield server
    server.stop()


def test_tools_are_named_described_and_ask_before_they_run(everything: McpServer):
    echo = next(tool for tool in everything.tools() if tool.name == "everything_echo")
    assert echo.description
    assert echo.parameters["required"] == ["message"]
    assert echo.requires_approval


def test_a_tool_answers_with_text(everything: McpServer):
    assert "Привет" in asked(everything, "everything_echo", message="Привет").text


def test_pictures_are_carried_through(everything: McpServer):
    result = asked(everything, "everything_get-tiny-image")
    assert [block.mime_type for block in result.content if isinstance(block, ImageContent)] == ["image/png"]


def test_data_is_carried_through(everything: McpServer):
    result = asked(everything, "everything_get-structured-content", location="New York")
    assert result.details["temperature"] is not None


def test_progress_is_carried_through(everything: McpServer):
    async def run() -> list[str]:
        stream: EventStream = EventStream()
        said = []
        stream.listen(lambda event: said.append(event))
        await asked_here(everything, "everything_trigger-long-running-operation", stream, duration=0.6, steps=3)
        updates = [event.partial_result for event in said if isinstance(event, ToolExecutionUpdateEvent)]
        return [block.text for update in updates for block in update.content]

    assert [text for text in asyncio.run(run()) if text.startswith(("1 of 3", "2 of 3"))]


def test_wrong_arguments_are_refused_before_the_server_sees_them(everything: McpServer):
    result = asked(everything, "everything_get-sum", a="x", b=1)
    assert result.is_error
    assert "Invalid arguments" in result.text


def test_calls_run_beside_each_other(everything: McpServer):
    async def run() -> float:
        await asyncio.to_thread(everything.tools)
        started = time.monotonic()
        slow = [
            asked_here(everything, "everything_trigger-long-running-operation", duration=0.5, steps=1) for _ in range(4)
        ]
        await asyncio.gather(*slow)
        return time.monotonic() - started

    assert asyncio.run(run()) < 1.8


def test_a_deadline_ends_a_call_and_the_next_one_works(everything: McpServer):
    hurried = McpServer("hurried", npm_server("everything"), timeout_s=0.3)
    try:
        result = asked(hurried, "hurried_trigger-long-running-operation", duration=5, steps=1)
        assert "deadline" in result.text
        assert "again" in asked(hurried, "hurried_echo", message="again").text
    finally:
        hurried.stop()


def test_an_agent_uses_it(everything: McpServer):
    script = ScriptedProvider([[call("everything_get-sum", {"a": 2, "b": 3})], ["It is 5."]])
    agent = Agent(tools=everything.tools(), provider=script, trace=False, execution=ExecutionOptions(approval="never"))
    result = agent.run_sync("2 + 3?")
    assert "5" in next(m.text for m in result.messages if isinstance(m, ToolResultMessage))


def test_without_an_answer_of_a_person_nothing_is_called(everything: McpServer):
    script = ScriptedProvider([[call("everything_echo", {"message": "x"})], ["Done."]])
    result = Agent(tools=everything.tools(), provider=script, trace=False).run_sync("go")
    assert "denied" in next(m.text for m in result.messages if isinstance(m, ToolResultMessage))


# --- the other servers ---
def test_the_server_of_files_reads_what_is_there_and_refuses_what_is_outside(tmp_path: Path):
    path = a_file(tmp_path)
    server = McpServer("files", npm_server("filesystem", str(tmp_path)))
    try:
        assert "Привет, bees" in asked(server, "files_read_text_file", path=str(path)).text
        refused = asked(server, "files_read_text_file", path="/etc/passwd")
        assert refused.is_error
        assert "outside" in refused.text
    finally:
        server.stop()


def test_the_server_of_memories_remembers(tmp_path: Path):
    server = McpServer("memory", npm_server("memory"), env={"MEMORY_FILE_PATH": str(tmp_path / "memory.jsonl")})
    try:
        bee = {"name": "Майя", "entityType": "bee", "observations": ["dances"]}
        asked(server, "memory_create_entities", entities=[bee])
        assert "dances" in asked(server, "memory_search_nodes", query="Майя").text
        server.stop()
        assert "dances" in asked(server, "memory_read_graph").text
    finally:
        server.stop()


def test_the_server_of_times_says_what_is_wrong():
    server = McpServer("time", time_server())
    try:
        assert (
            json.loads(asked(server, "time_get_current_time", timezone="Asia/Tokyo").text)["timezone"] == "Asia/Tokyo"
        )
        wrong = asked(server, "time_get_current_time", timezone="Nowhere/Else")
        assert wrong.is_error
        assert "Nowhere" in wrong.text
    finally:
        server.stop()


@pytest.fixture
def http_server() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = npm_server("everything", "streamableHttp")
    environment = {**os.environ, "PORT": str(port)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}/mcp"
        for _ in range(200):
            try:
                httpx.get(url)
                break
            except httpx.HTTPError:
                time.sleep(0.05)
        yield url
        process.terminate()


def test_a_server_at_an_address_answers(http_server: str):
    server = McpServer("remote", http_server, headers={"x-key": "k"})
    try:
        assert "over HTTP" in asked(server, "remote_echo", message="over HTTP").text
        assert "image" in asked(server, "remote_get-tiny-image").content[1].mime_type
    finally:
        server.stop()


# --- its life ---
def children() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


def test_stopping_ends_the_process_and_the_next_call_starts_it_again():
    server, before = McpServer("memory", npm_server("memory")), {child.pid for child in children()}
    tools = server.tools()
    [process] = [child for child in children() if child.pid not in before]
    assert server.running
    server.stop()
    assert not server.running
    assert not process.is_running()
    assert tools
    assert not asked(server, "memory_read_graph").is_error
    server.stop()


def test_a_server_that_dies_is_an_error_of_that_call_and_is_started_again_for_the_next():
    server, before = McpServer("memory", npm_server("memory")), {child.pid for child in children()}
    server.tools()
    [process] = [child for child in children() if child.pid not in before]

    async def killed() -> ToolResultMessage:
        tools = server.tools()
        process.send_signal(signal.SIGKILL)
        process.wait(5)
        message = AssistantMessage(content=(ToolCallContent(id="c1", name="memory_read_graph", arguments={}),))
        options = ExecutionOptions(approval="never")
        done = await execute_tool_calls(tools, message, None, EventStream(), options=options)
        return done["tool_results"][0]

    try:
        first = asyncio.run(killed())
        assert not first.is_error or "has ended" in first.text
        assert not asked(server, "memory_read_graph").is_error
    finally:
        server.stop()


def test_a_server_that_does_not_answer_is_given_up_in_time():
    silent = McpServer("silent", [sys.executable, "-c", "import time; time.sleep(60)"], start_timeout_s=0.5)
    started = time.monotonic()
    with pytest.raises(McpError, match=r"not ready after 0\.5 s"):
        silent.tools()
    assert time.monotonic() - started < 8


@pytest.mark.parametrize("name", ["", "a b", "имя", "x" * 31, "-x", "a.b"])
def test_a_name_that_cannot_stand_before_tools_is_refused(name: str):
    with pytest.raises(ConfigurationError, match="no name for a server"):
        McpServer(name, "python")


def test_its_repr_shows_no_arguments():
    assert repr(McpServer("a", "serve --key abc")) == "McpServer('a', 'serve')"


def test_many_callers_start_it_once():
    server = McpServer("memory", npm_server("memory"))
    before = len(children())

    async def start_twice():
        return await asyncio.gather(*(server._connected() for _ in range(5)))

    try:
        assert len(set(loop_thread().run(start_twice()))) == 1
        assert len(children()) == before + 1
    finally:
        server.stop()


def test_node_is_here():
    assert node_and_npm()
