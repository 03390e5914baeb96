import sys

import pytest

from jupyter_tools.auth import Secret
from jupyter_tools.errors import ConfigurationError, McpError
from jupyter_tools.loop_thread import loop_thread
from jupyter_tools.mcp_servers.connection import Connection, Target


@pytest.mark.parametrize(
    "command", ["", "   ", [], ["python", ""], "ftp://host/x", "https://a.example/mcp more", "'open"]
)
def test_what_is_neither_a_command_nor_an_address_is_refused(command):
    with pytest.raises(ConfigurationError):
        Target.of(command)


def test_a_command_in_one_text_is_split_as_a_shell_would():
    assert Target.of("npx -y 'my server' .").command == ("npx", "-y", "my server", ".")


def test_keys_show_nowhere():
    target = Target.of("/usr/bin/serve --token abc123secret", env={"KEY": Secret("abc123secret")})
    assert "abc123secret" not in repr(target)
    assert target.place == "serve"
    remote = Target.of("https://a.example/mcp?key=abc123secret", headers={"Authorization": "abc123secret"})
    assert "abc123secret" not in repr(remote)
    assert remote.place == "https://a.example/mcp"


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (["no-such-program-at-all"], "there is no program 'no-such-program-at-all'"),
        ([sys.executable, "-c", "import sys; sys.exit('the key is missing')"], "the key is missing"),
        ([sys.executable, "-c", "print('not JSON')"], "cannot be started"),
        (["http://127.0.0.1:9/mcp"], "cannot be started"),
    ],
)
def test_a_server_that_cannot_be_started_says_why(command: list[str], why: str, capfd):
    async def open_it():
        await Connection("bad", Target.of(command)).open()

    with pytest.raises(McpError, match=why):
        loop_thread().run(open_it())
    assert "Traceback" not in capfd.readouterr().err
