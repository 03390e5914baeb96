import pytest

from jupyter_tools.errors import ConfigurationError, McpError, UnknownNameError
from jupyter_tools.mcp_servers.running import McpServers
from jupyter_tools.mcp_servers.server import McpServer
from jupyter_tools.tools.registry import ToolRegistry
from tests.servers.reference_mcp import time_server


@pytest.fixture
def registry() -> ToolRegistry:
    return ToolRegistry()


@pytest.fixture
def servers(registry: ToolRegistry):
    servers = McpServers(registry)
    yield servers
    servers.stop()


def test_the_tools_of_a_server_are_registered_until_it_is_removed(servers: McpServers, registry: ToolRegistry):
    server = McpServer("time", time_server())
    servers.add(server)
    assert registry.names() == ["time_convert_time", "time_get_current_time"]
    assert [tool.name for tool in registry.select("time_*")] == registry.names()
    servers.remove("time")
    assert registry.names() == []
    assert not server.running


def test_adding_again_replaces_and_stops_the_first(servers: McpServers):
    first, second = McpServer("time", time_server()), McpServer("time", time_server())
    servers.add(first)
    servers.add(second)
    assert not first.running
    assert second.running
    assert [server for server, _ in servers.all()] == [second]


def test_a_server_that_cannot_start_leaves_nothing(servers: McpServers, registry: ToolRegistry):
    with pytest.raises(McpError):
        servers.add(McpServer("bad", "no-such-program-at-all"))
    assert servers.all() == []
    assert registry.names() == []


def test_the_name_of_another_tool_is_not_taken(servers: McpServers, registry: ToolRegistry):
    def time_convert_time() -> str:
        """Another one."""
        return ""

    registry.register(time_convert_time)
    server = McpServer("time", time_server())
    with pytest.raises(ConfigurationError, match="another tool 'time_convert_time'"):
        servers.add(server)
    assert not server.running


def test_removing_what_is_not_there_names_the_nearest(servers: McpServers):
    servers.add(McpServer("time", time_server()))
    with pytest.raises(UnknownNameError, match="Did you mean 'time'"):
        servers.remove("tine")


def test_all_are_stopped_together(servers: McpServers):
    added = [McpServer(name, time_server()) for name in ("a", "b")]
    for server in added:
        servers.add(server)
    servers.stop()
    assert not any(server.running for server in added)
