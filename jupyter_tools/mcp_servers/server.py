"""`McpServer`: an MCP server's tools as tools of ours.

A connection lives in the loop's thread, in a task of its own: the protocol's library wants it opened and closed by the
same task. Calls come from any loop.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_tools.auth import Secret
from jupyter_tools.errors import ConfigurationError, McpError
from jupyter_tools.events import AgentToolResult
from jupyter_tools.json_types import JsonObject
from jupyter_tools.loop_thread import loop_thread
from jupyter_tools.mcp_servers.connection import Connection, Target
from jupyter_tools.mcp_servers.results import progress_text, result_of
from jupyter_tools.mcp_servers.tool_names import tool_names
from jupyter_tools.tools.tool import AgentTool, OnUpdate

if TYPE_CHECKING:
    from mcp.types import Tool

T = TypeVar("T")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,29}")


class McpServer:
    """An MCP server. It is started when its tools are first asked for, and again if it has ended by itself.

        files = McpServer("files", "npx -y @modelcontextprotocol/server-filesystem .")
        remote = McpServer("papers", "https://papers.example/mcp", headers={"Authorization": "Bearer ..."})
        agent = Agent(tools=[*files.tools(), *remote.tools()])

    Args:
        name: Stands before the name of each of its tools: "files_read_file".
        command: The command that starts it, in one text or in its words; or its address (streamable HTTP).
        env: Environment variables for the command. Of ours it sees only what every program needs, such as PATH.
        headers: Headers of the requests to an address.
        cwd: The folder that the command runs in, by default the one of this process.
        approve: False if its tools need not ask a person before they run.
        timeout_s: Deadline of one call.
        start_timeout_s: How long it may take to start. The first start of a command may have to fetch it.

    Raises:
        ConfigurationError: If the name or the command cannot be one.
    """

    def __init__(
        self,
        name: str,
        command: str | Sequence[str],
        *,
        env: Mapping[str, str | Secret] | None = None,
        headers: Mapping[str, str | Secret] | None = None,
        cwd: str | None = None,
        approve: bool = True,
        timeout_s: float = 60.0,
        start_timeout_s: float = 120.0,
    ) -> None:
        if not _NAME.fullmatch(name):
            raise ConfigurationError(
                f"{name[:60]!r} is no name for a server: use up to 30 Latin letters, digits, '_' and '-'."
            )
        self.name = name
        self.approve = approve
        self.timeout_s = timeout_s
        self.start_timeout_s = start_timeout_s
        self._target = Target.of(command, env=env, headers=headers, cwd=cwd)
        self._connection: Connection | None = None
        self._starting: asyncio.Lock | None = None

    def __repr__(self) -> str:
        return f"McpServer({self.name!r}, {self.place!r})"  # without arguments and headers: they may hold keys

    @property
    def place(self) -> str:
        """The program's name, or the address."""
        return self._target.place

    @property
    def running(self) -> bool:
        """True while it is connected."""
        return self._connection is not None and self._connection.alive

    def tools(self) -> list[AgentTool]:
        """Its tools, named "SERVER_TOOL". Starts it if need be. To be called from code that does not await.

        Raises:
            McpError: If it cannot be started. It says why, with the server's own last words.
            MissingExtraError: If the extra `mcp` is not installed.
        """
        connection = loop_thread().run(self._connected())
        names = tool_names(self.name, [tool.name for tool in connection.tools])
        return [self._tool(name, tool) for name, tool in zip(names, connection.tools, strict=True)]

    def stop(self) -> None:
        """End it and wait until it has ended. It can be started again."""
        loop_thread().run(self.stopped())

    async def stopped(self) -> None:
        """End it, in the loop's thread."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    def _tool(self, name: str, tool: Tool) -> AgentTool:
        async def execute(_id: str, arguments: JsonObject, _signal: Any, on_update: OnUpdate) -> AgentToolResult:
            future = loop_thread().submit(self._call(tool.name, arguments, on_update))
            return await asyncio.wrap_future(future)

        return AgentTool(
            name=name,
            description=(tool.description or tool.title or "").strip(),
            parameters={"properties": {}, **tool.input_schema, "type": "object"},
            execute=execute,
            timeout_s=self.timeout_s,
            requires_approval=self.approve,
        )

    async def _call(self, name: str, arguments: JsonObject, on_update: OnUpdate) -> AgentToolResult:
        async def progress(done: float, total: float | None, message: str | None) -> None:
            on_update(progress_text(done, total, message))

        connection = await self._connected()
        return result_of(await connection.call(partial(_ask, name, arguments, progress)))

    async def _connected(self) -> Connection:
        """The connection, opened if need be, by one caller for all."""
        if self._starting is None:
            self._starting = asyncio.Lock()
        async with self._starting:
            if self._connection is None or not self._connection.alive:
                self._connection = None
                connection = Connection(self.name, self._target)
                try:
                    async with asyncio.timeout(self.start_timeout_s):
                        await connection.open()
                except TimeoutError:
                    problem = f"The MCP server {self.name!r} was not ready after {self.start_timeout_s:g} s."
                    raise McpError(f"{problem}{connection.last_words()}") from None
                self._connection = connection
            return self._connection


async def _ask(name: str, arguments: JsonObject, progress: Any, client: Any) -> Any:
    return await client.call_tool(name, arguments, progress_callback=progress)
