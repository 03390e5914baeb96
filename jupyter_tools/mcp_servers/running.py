"""The MCP servers of this process: added by name, their tools registered, all of them stopped when it ends."""

from __future__ import annotations

import asyncio
import atexit
import concurrent.futures
from functools import cache

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.loop_thread import loop_thread
from jupyter_tools.mcp_servers.server import McpServer
from jupyter_tools.tools.registry import ToolRegistry, default_registry
from jupyter_tools.tools.tool import AgentTool

_END_S = 6.0  # the protocol gives a server two seconds to end, and as long again when told


class McpServers:
    """Servers by name.

    Args:
        registry: Where their tools are registered.
    """

    def __init__(self, registry: ToolRegistry) -> None:
        self._registry = registry
        self._servers: dict[str, tuple[McpServer, list[str]]] = {}

    def add(self, server: McpServer) -> list[AgentTool]:
        """Start a server and register its tools. One of the same name is stopped first.

        Raises:
            McpError: If it cannot be started.
            ConfigurationError: If one of its tools would take the name of another tool.
        """
        if server.name in self._servers:
            self.remove(server.name)
        tools = server.tools()
        taken = [tool.name for tool in tools if tool.name in self._registry]
        if taken:
            server.stop()
            raise ConfigurationError(f"There is another tool {taken[0]!r}. Give the server another name.")
        for tool in tools:
            self._registry.register(tool)
        self._servers[server.name] = (server, [tool.name for tool in tools])
        return tools

    def remove(self, name: str) -> None:
        """Stop a server and forget its tools.

        Raises:
            UnknownNameError: If there is none of that name.
        """
        if name not in self._servers:
            raise UnknownNameError("MCP server", name, self._servers)
        server, tools = self._servers.pop(name)
        for tool in tools:
            self._registry.unregister(tool)
        server.stop()

    def all(self) -> list[tuple[McpServer, list[str]]]:
        """The servers and the names of their tools, in the order in which they were added."""
        return list(self._servers.values())

    def stop(self) -> None:
        """Stop all of them, together, within a few seconds."""
        servers = [server for server, _ in self._servers.values()]
        if servers:
            future = loop_thread().submit(_stopped(servers))
            concurrent.futures.wait([future], timeout=_END_S)


async def _stopped(servers: list[McpServer]) -> None:
    await asyncio.gather(*(server.stopped() for server in servers), return_exceptions=True)


@cache
def mcp_servers() -> McpServers:
    """The servers of this process."""
    servers = McpServers(default_registry())
    atexit.register(servers.stop)
    return servers
