"""A key that opens a server, looked for afterwards in everything that a session leaves behind."""

import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import nbclient
import nbformat
import pytest

from tests.providers.wire import CALLS, DONE, STOP, call, calls, sse, text

pytestmark = pytest.mark.kernel
KEY = "sk-very-secret-0123456789abcdef"
CELLS = [
    # all that anybody logs, ours and that of the libraries below
    "import logging\nlogging.basicConfig(filename='session.log', level=logging.DEBUG, force=True)",
    "%xmode Verbose",
    "%load_ext jupyter_tools",
    "%%agent -m openai:m --tools math_eval -o reply\nWhat is 2 + 2?",
    "%%agent -m openai:refused\nHello.",
    "%agent",
    "%agent history",
    "%agent --models",
    "reply",
    "traces()",
    "traces().to_csv('traces.csv'); traces().to_json('traces.json', default_handler=str)",
    # a person's own mistake around the agent, with all local variables shown
    "from jupyter_tools import Agent\n"
    "from jupyter_tools.providers.openai import OpenAIProvider\n"
    "from jupyter_tools.providers.registry import provider_for\n"
    "agent = Agent('openai:m', trace=False)\n"
    "provider, explicit = provider_for(agent.model), OpenAIProvider(api_key=__import__('os').environ['OPENAI_API_KEY'])\n"
    "def fails(agent, provider, explicit):\n"
    "    state = vars(agent), vars(provider), vars(explicit), repr(provider)\n"
    "    raise LookupError(state)\n"
    "fails(agent, provider, explicit)",
]


class Server(BaseHTTPRequestHandler):
    """Asks for a tool, answers, and quotes the key when it refuses."""

    keys: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self._answer(200, b'{"data": [{"id": "m"}]}')

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.keys.append(self.headers["authorization"])
        if request["model"] == "refused":
            self._answer(401, json.dumps({"error": {"message": f"Bad key {self.headers['authorization']}"}}).encode())
        elif any(message["role"] == "tool" for message in request["messages"]):
            self._answer(200, sse(text("It is 4."), STOP, DONE))
        else:
            self._answer(200, sse(calls(call(0, "c", "math_eval", '{"expression": "2+2"}')), CALLS, DONE))

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Nothing to standard error."""


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def session(base_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a session whose cells have all been run: the notebook, the traces, the logs, the exports."""
    folder = tmp_path_factory.mktemp("session")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_BASE_URL", base_url)
        patch.setenv("OPENAI_API_KEY", KEY)
        patch.setenv("JUPYTER_TOOLS_TRACES", str(folder / "traces.db"))
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
        resources = {"metadata": {"path": str(folder)}}
        nbclient.NotebookClient(notebook, timeout=120, resources=resources, allow_errors=True).execute()
    nbformat.write(notebook, folder / "notebook.ipynb")
    return folder


def test_the_session_did_what_it_was_to_do(session: Path):
    assert set(Server.keys) == {f"Bearer {KEY}"}
    notebook = nbformat.read(session / "notebook.ipynb", as_version=4)
    assert "It is 4." in json.dumps(notebook.cells[3].outputs)
    assert "refused the API key" in json.dumps(notebook.cells[4].outputs)
    assert "openai:m" in json.dumps(notebook.cells[7].outputs)
    assert "LookupError" in json.dumps(notebook.cells[-1].outputs)
    assert (session / "session.log").stat().st_size > 0
    assert (session / "traces.csv").stat().st_size > 0


def test_nothing_that_the_session_left_holds_the_key(session: Path):
    files = [path for path in session.rglob("*") if path.is_file()]
    assert {"traces.db", "notebook.ipynb", "session.log", "traces.csv", "traces.json"} <= {path.name for path in files}
    assert [path.name for path in files if KEY.encode() in _content(path)] == []


def _content(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
