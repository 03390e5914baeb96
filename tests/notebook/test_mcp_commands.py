import pytest
from IPython.core.interactiveshell import InteractiveShell

from jupyter_tools.mcp_servers.running import mcp_servers
from jupyter_tools.notebook.cell_errors import CellError
from tests.servers.reference_mcp import time_server


@pytest.fixture(autouse=True)
def none_left():
    yield
    for server, _ in mcp_servers().all():
        mcp_servers().remove(server.name)


def agent(shell: InteractiveShell, line: str):
    return shell.run_line_magic("agent", line)


def test_a_server_is_added_listed_used_and_removed(shell: InteractiveShell):
    added = agent(shell, f"mcp add time TZ=UTC {' '.join(time_server())}")
    assert "time_get_current_time" in repr(added)
    assert "running" in repr(agent(shell, "mcp"))
    assert "local-timezone" not in repr(agent(shell, "mcp"))
    outcome = shell.run_line_magic("tool", "time_get_current_time timezone=Asia/Tokyo")
    assert "Asia/Tokyo" in outcome.text
    assert "time_convert_time, time_get_current_time" in repr(agent(shell, "--tools time_*"))
    agent(shell, "--no-tools")
    assert "stopped" in agent(shell, "mcp remove time")
    assert "time" not in repr(agent(shell, "mcp"))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("mcp add", "Write"),
        ("mcp add name", "Write"),
        ("mcp add name KEY=value", "Write"),
        ("mcp add 'my server' python", "no name for a server"),
        ("mcp add x no-such-program-at-all", "no program"),
        ("mcp add x ftp://host", "no address"),
        ("mcp remove", "Write which one"),
        ("mcp remove nothing", "no MCP server 'nothing'"),
        ("mcp ad x y", "Did you mean 'add'"),
        ("mcp add x 'open", "quotation mark"),
    ],
)
def test_mistakes_are_explained_in_a_sentence(shell: InteractiveShell, line: str, why: str):
    with pytest.raises(CellError, match=why):
        agent(shell, line)
