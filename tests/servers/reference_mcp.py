"""The public reference servers of MCP, started by the tests. Nobody of this project wrote them."""

import json
import sys
from pathlib import Path

from tests.servers.npm import HERE, installed, node_and_npm

PACKAGE = HERE / "mcp.package.json"


def npm_server(name: str, *arguments: str) -> list[str]:
    """The command that starts one of npm's: "everything", "filesystem" or "memory"."""
    home = installed(PACKAGE) / "node_modules" / "@modelcontextprotocol" / f"server-{name}"
    [program] = json.loads((home / "package.json").read_text(encoding="utf-8"))["bin"].values()
    return [*node_and_npm()[0], str(home / program), *arguments]


def time_server() -> list[str]:
    """The command that starts PyPI's `mcp-server-time`."""
    return [sys.executable, "-m", "mcp_server_time", "--local-timezone", "UTC"]


def a_file(folder: Path) -> Path:
    """A file for the server of files to find."""
    path = folder / "письмо.txt"
    path.write_text("Привет, bees", encoding="utf-8")
    return path
