"""`Connection`: one connection to an MCP server, from its start to its end, in one task of the loop's thread."""

from __future__ import annotations

import asyncio
import logging
import shlex
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from jupyter_tools.auth import Secret
from jupyter_tools.errors import ConfigurationError, McpError, MissingExtraError
from jupyter_tools.tools.attempt import attempt

if TYPE_CHECKING:
    from mcp import Client
    from mcp.types import Tool

_LAST_WORDS = 600  # characters of what a server said before it failed
_MAX_PAGES = 100
_SILENT = logging.NullHandler()
_CONNECT_S, _READ_S = 30.0, 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a server is.

    Attributes:
        command: The words that start it; empty if it is at an address.
        url: Its address, or "".
        env: Environment variables for the command.
        headers: Headers for the address.
        cwd: The folder that the command runs in.
    """

    command: tuple[str, ...] = field(default=(), repr=False)
    url: str = field(default="", repr=False)
    env: Mapping[str, str | Secret] = field(default_factory=dict[str, "str | Secret"], repr=False)
    headers: Mapping[str, str | Secret] = field(default_factory=dict[str, "str | Secret"], repr=False)
    cwd: str | None = None

    @classmethod
    def of(
        cls,
        command: str | Sequence[str],
        *,
        env: Mapping[str, str | Secret] | None = None,
        headers: Mapping[str, str | Secret] | None = None,
        cwd: str | None = None,
    ) -> Target:
        """What a command or an address says.

        Raises:
            ConfigurationError: If it is neither.
        """
        words = _split(command) if isinstance(command, str) else list(command)
        if not words or not all(words):
            raise ConfigurationError("Write the command that starts the MCP server, or its address.")
        if "://" not in words[0]:
            return cls(command=tuple(words), env=dict(env or {}), cwd=cwd)
        if len(words) > 1 or not words[0].startswith(("http://", "https://")):
            raise ConfigurationError(f"{words[0][:100]!r} is no address of an MCP server. Write https://HOST/mcp.")
        return cls(url=words[0], headers=dict(headers or {}))

    @property
    def place(self) -> str:
        """The address without a query, or the command's first word: no keys."""
        return self.url.partition("?")[0] if self.url else Path(self.command[0]).name


def _split(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        raise ConfigurationError(f"A quotation mark is not closed: {command}") from None


class Connection:
    """A connection that is open from `open` to `close`, or until the server ends.

    Attributes:
        tools: The server's tools.
    """

    def __init__(self, name: str, target: Target) -> None:
        self.tools: list[Tool] = []
        self._name = name
        self._target = target
        self._log: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115  # closed by `close`
        self._client: Client | None = None
        self._enough = asyncio.Event()
        self._task: asyncio.Task[Any] | None = None

    @property
    def alive(self) -> bool:
        """True while calls can be made."""
        return self._client is not None and not self._enough.is_set()

    async def open(self) -> None:
        """Start the server and learn its tools.

        Raises:
            McpError: If that fails.
        """
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._live(ready))
        try:
            await asyncio.shield(ready)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """End the connection, and the server if it was started for it."""
        self._enough.set()
        if self._task is not None:
            if self._client is None:
                self._task.cancel()
            await asyncio.wait([self._task])

    async def call(self, ask: Callable[[Client], Awaitable[Any]]) -> Any:
        """Ask the server something.

        Raises:
            McpError: If it refuses, or is gone.
        """
        from mcp import MCPError
        from mcp.types import CONNECTION_CLOSED

        if self._client is None:
            raise McpError(f"The MCP server {self._name!r} is not running.")
        try:
            return await ask(self._client)
        except MCPError as error:
            if error.code != CONNECTION_CLOSED:
                raise McpError(f"The MCP server {self._name!r} refuses: {error.message}") from None
            self._enough.set()
            raise McpError(f"The MCP server {self._name!r} has ended.{self.last_words()}") from None

    def last_words(self) -> str:
        """What the server wrote to its error output last, as the end of a sentence about its failure."""
        if self._log.closed:
            return ""
        self._log.seek(0)
        said = self._log.read().strip()[-_LAST_WORDS:]
        return f" It said:\n{said}" if said else ""

    # --- the task ---
    async def _live(self, ready: asyncio.Future[None]) -> None:
        _, error = await attempt(lambda: self._converse(ready))
        self._enough.set()
        self._client = None
        if not ready.done():
            ready.set_exception(self._failure(error))
        self._log.close()

    async def _converse(self, ready: asyncio.Future[None]) -> None:
        async with self._transport() as transport, _library().Client(transport) as client:
            self.tools = await _all_tools(client)
            self._client = client
            ready.set_result(None)
            await self._enough.wait()

    @asynccontextmanager
    async def _transport(self) -> AsyncGenerator[Any]:
        """What carries the messages, not yet entered: the library does that."""
        _library()
        if self._target.url:
            import httpx2
            from mcp.client.streamable_http import streamable_http_client

            headers, timeout = _revealed(self._target.headers), httpx2.Timeout(_CONNECT_S, read=_READ_S)
            async with httpx2.AsyncClient(headers=headers, timeout=timeout) as http:
                yield streamable_http_client(self._target.url, http_client=http)
        else:
            from mcp.client.stdio import StdioServerParameters, stdio_client

            program, *arguments = self._target.command
            cwd, env = self._target.cwd, _revealed(self._target.env)
            yield stdio_client(
                StdioServerParameters(
                    command=program, args=arguments, env=env, cwd=cwd, encoding_error_handler="replace"
                ),
                errlog=self._log,  # pyright: ignore[reportArgumentType]  # a text file
            )

    def _failure(self, error: BaseException | None) -> Exception:
        """Why the server could not be started, in a sentence."""
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        if isinstance(error, MissingExtraError):
            return error
        match error:
            case FileNotFoundError():
                reason = f"there is no program {self._target.place!r}."
            case asyncio.CancelledError() | None:
                reason = "it was stopped."
            case _:
                reason = f"{str(error) or type(error).__name__}."
        return McpError(f"The MCP server {self._name!r} cannot be started: {reason}{self.last_words()}")


async def _all_tools(client: Client) -> list[Tool]:
    page = await client.list_tools()
    tools = list(page.tools)
    for _ in range(_MAX_PAGES):
        if page.next_cursor is None:
            break
        page = await client.list_tools(cursor=page.next_cursor)
        tools += page.tools
    return tools


def _revealed(values: Mapping[str, str | Secret]) -> dict[str, str]:
    return {name: value.reveal() if isinstance(value, Secret) else value for name, value in values.items()}


def _library() -> Any:
    logging.getLogger("mcp").addHandler(_SILENT)  # else Python prints tracebacks of what is told in one sentence
    try:
        return import_module("mcp")
    except ImportError as error:
        raise MissingExtraError("mcp", "mcp", "An MCP server") from error
