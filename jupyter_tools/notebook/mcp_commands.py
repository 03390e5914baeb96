"""`%agent mcp`: list, add and remove MCP servers."""

from __future__ import annotations

import re

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.mcp_servers.running import mcp_servers
from jupyter_tools.mcp_servers.server import McpServer
from jupyter_tools.notebook.command_table import CommandLine
from jupyter_tools.notebook.options import split_words
from jupyter_tools.notebook.tables import Table

_VARIABLE = re.compile(r"(?P<name>[A-Za-z_]\w*)=(?P<value>.*)", re.DOTALL)
_HOW = "Write:  %agent mcp add NAME COMMAND...  or  %agent mcp add NAME https://HOST/mcp"


def mcp(line: CommandLine) -> Table | str:
    """List the servers, or add or remove one."""
    match split_words(line.text):
        case []:
            return servers_table()
        case ["add", name, *command] if command:
            return _add(name, command)
        case ["add", *_]:
            raise ConfigurationError(_HOW)
        case ["remove", name]:
            mcp_servers().remove(name)
            return f"The server {name} is stopped, and its tools are forgotten."
        case ["remove", *_]:
            raise ConfigurationError("Write which one:  %agent mcp remove NAME")
        case words:
            raise UnknownNameError("command of %agent mcp", words[0], ["add", "remove"])


def _add(name: str, words: list[str]) -> Table:
    env: dict[str, str] = {}
    while words and (found := _VARIABLE.fullmatch(words[0])) and "://" not in found["name"]:
        env[found["name"]] = found["value"]
        words = words[1:]
    if not words:
        raise ConfigurationError(_HOW)
    tools = mcp_servers().add(McpServer(name, words, env=env))
    rows = [(tool.name, tool.description) for tool in tools]
    return Table(columns=(f"tools of {name} (--tools {name}_*)", "description"), rows=rows)


def servers_table() -> Table:
    """The servers: whether they run, what started them (never their arguments), and their tools."""
    rows = [
        (server.name, server.place, "running" if server.running else "ended; starts at the next call", ", ".join(tools))
        for server, tools in mcp_servers().all()
    ]
    return Table(columns=("server", "what", "state", "tools"), rows=rows)
