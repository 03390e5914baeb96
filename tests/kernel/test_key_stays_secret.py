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
import pandas
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
    "%%agent -m responses:refused\nHello.",
    "%%agent -m anthropic:refused\nHello.",
    "%%agent -m ollama:refused\nHello.",
    "%%agent -m openai:m,openai:refused --tools math_eval --record recording.jsonl --new\nWhat is 2 + 2?",
    "%%agent --step -m openai:m --tools math_eval --new\nWhat is 2 + 2?",
    "%agent step show",
    "%agent step end",
    "%agent last",
    "%%experiment -m openai:m,openai:refused -r 2 -o frame\nHello.",
    "frame",
    "%agent",
    "%agent history",
    "%agent --models",
    "reply",
    "traces()",
    "traces().to_csv('traces.csv'); traces().to_json('traces.json', default_handler=str)",
    "for end in ('jsonl', 'csv', 'parquet'): traces.export(f'all.{end}', all=True)",
    "%traces export http://127.0.0.1:PORT",
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
    "agent.tools = Agent(tools=['math_eval'], trace=False).tools\n"
    "agent.run_sync('What is 2 + 2?').text, agent.save('chat.json')",
]


class Server(BaseHTTPRequestHandler):
    """Asks for a tool, answers, and quotes the key when it refuses."""

    keys: ClassVar[list[str]] = []
    exported: ClassVar[list[bytes]] = []

    def do_GET(self) -> None:
        self._answer(200, b'{"data": [{"id": "m"}]}')

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path.endswith("/traces"):  # as a collector
            self.exported.append(body)
            self._answer(200, b"")
            return
        request, key = json.loads(body), self.headers["x-api-key"] or self.headers["authorization"]
        self.keys.append(key.removeprefix("Bearer "))
        if request["model"] == "refused":
            self._answer(401, json.dumps({"error": {"message": f"Bad key {key}"}}).encode())
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
        for provider in ("OPENAI", "ANTHROPIC", "OLLAMA"):
            patch.setenv(f"{provider}_BASE_URL", base_url)
            patch.setenv(f"{provider}_API_KEY", KEY)
        patch.setenv("OLLAMA_HOST", base_url.removesuffix("/v1"))
        patch.setenv("JUPYTER_TOOLS_TRACES", str(folder / "traces.db"))
        port = base_url.removesuffix("/v1").rpartition(":")[2]
        cells = [nbformat.v4.new_code_cell(cell.replace("PORT", port)) for cell in CELLS]
        notebook = nbformat.v4.new_notebook(cells=cells)
        resources = {"metadata": {"path": str(folder)}}
        nbclient.NotebookClient(notebook, timeout=120, resources=resources, allow_errors=True).execute()
    nbformat.write(notebook, folder / "notebook.ipynb")
    return folder


def test_the_session_did_what_it_was_to_do(session: Path):
    assert set(Server.keys) == {KEY}
    assert "It is 4." in said(session, "%%agent -m openai:m --tools")
    for wire in ("openai", "responses", "anthropic", "ollama"):
        assert "refused the API key" in said(session, f"%%agent -m {wire}:refused")
    assert "openai:m" in said(session, "%agent --models")
    assert "2 of 2 cells" in said(session, "%%experiment")
    assert "LookupError" in said(session, "from jupyter_tools import Agent")
    assert "It is 4." in said(session, "agent.tools = ")
    assert len(Server.exported) == 1


def said(session: Path, start: str) -> str:
    """What the cell that starts so has put out."""
    cells = nbformat.read(session / "notebook.ipynb", as_version=4).cells
    return json.dumps(next(cell.outputs for cell in cells if cell.source.startswith(start)))


LEFT = {
    *("traces.db", "notebook.ipynb", "session.log", "traces.csv", "traces.json", "all.jsonl", "all.csv", "all.parquet"),
    *("recording.jsonl", "chat.json"),
}


def test_nothing_that_the_session_left_holds_the_key(session: Path):
    files = [path for path in session.rglob("*") if path.is_file()]
    assert {path.name for path in files if path.stat().st_size} >= LEFT
    assert [path.name for path in files if KEY.encode() in _content(path)] == []
    assert KEY.encode() not in b"".join(gzip.decompress(body) if _is_gzip(body) else body for body in Server.exported)


def _content(path: Path) -> bytes:
    if path.suffix == ".parquet":
        return pandas.read_parquet(path).to_csv().encode()
    data = path.read_bytes()
    return gzip.decompress(data) if _is_gzip(data) else data


def _is_gzip(data: bytes) -> bool:
    return data.startswith(b"\x1f\x8b")
