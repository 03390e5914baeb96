"""What a person sees when the key, the model, the address or the server is wrong: one sentence that says what to do."""

import json
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.kernel.driver import Kernel, running_kernel
from tests.kernel.environments import KERNELS, python_with_kernel

pytestmark = pytest.mark.kernel
KEY = "sk-not-the-right-one-0123456789"
WIRES = ["openai", "responses", "anthropic", "ollama"]
PAGE = b"<!DOCTYPE html><html><body><h1>Welcome to nginx!</h1></body></html>"
UNKNOWN = {"type": "not_found_error", "message": "model 'gpt-5-turbo-max' not found"}


HTML = {"content-type": "text/html"}
ANSWERS = {  # by the beginning of the path
    "key": (401, json.dumps({"error": {"message": f"Incorrect API key: {KEY}"}}).encode(), {}),
    "word": (400, b'[{"error": {"message": "API key not valid. Please pass a valid API key."}}]', {}),
    "model": (404, json.dumps({"error": UNKNOWN}).encode(), {}),
    "page": (200, PAGE, HTML),
    "lost": (404, PAGE, HTML),
    "proxy": (502, b"<html><body>502 Bad Gateway</body></html>", HTML),
    "welcome": (200, b'{"message": "Welcome"}', {}),
    "nowhere": (200, b'{"error": "Unexpected endpoint or method. (POST /chat/completions)"}', {}),
    "moved": (301, b"", {"location": "https://models.example/v1"}),
    "tools": (500, b'{"error": {"message": "tools param requires --jinja flag"}}', {}),
    "busy": (503, b"", {"retry-after": "1"}),
    "405": (405, PAGE, HTML),
    "501": (501, PAGE, HTML),
    "pong": (200, b"PONG", {"content-type": "text/plain"}),
}


class BadServer(BaseHTTPRequestHandler):
    """Answers as `ANSWERS` says."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.answer(*ANSWERS[self.path.split("/")[1]])

    def do_GET(self) -> None:
        self.answer(404, b"{}", {})

    def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        usual = {"content-type": "application/json", "content-length": str(len(body)), "retry-after": "0"}
        self.send_response(status)
        for name, value in {**usual, **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), BadServer) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    newest = list(KERNELS)[-1]
    with running_kernel(python_with_kernel(newest), tmp_path_factory.mktemp("kernel")) as kernel:
        keys = "\n".join(f"os.environ['{name}_API_KEY'] = {KEY!r}" for name in ("OPENAI", "ANTHROPIC", "OLLAMA"))
        kernel.ok(f"import os\n{keys}\n%load_ext jupyter_tools")
        yield kernel


def said(kernel: Kernel, wire: str, address: str, name: str = "gpt-5-turbo-max") -> str:
    """The one line that the cell ends with."""
    cell = kernel.run(f"%%agent -m {wire}:{name} --base-url {address} --new\nHello")
    assert cell.status == "error"
    assert "\n" not in cell.error
    assert KEY not in cell.error + json.dumps(cell.outputs)
    return cell.error


@pytest.mark.parametrize("wire", WIRES)
def test_a_wrong_key(kernel: Kernel, server: str, wire: str):
    for place in ("key", "word"):  # told by the status, or only in words, as by Gemini
        error = said(kernel, wire, f"{server}/{place}")
        assert "refused the API key" in error
        assert "Check the key" in error


@pytest.mark.parametrize("wire", WIRES)
def test_a_wrong_model(kernel: Kernel, server: str, wire: str):
    error = said(kernel, wire, f"{server}/model")
    assert re.search(r"no (such )?model", error)
    assert "gpt-5-turbo-max" in error
    assert "ollama pull" in error if wire == "ollama" else "Check the model's name" in error


@pytest.mark.parametrize("wire", WIRES)
def test_a_page_where_a_server_should_be(kernel: Kernel, server: str, wire: str):
    assert "leads to a web page" in said(kernel, wire, f"{server}/page")
    error = said(kernel, wire, f"{server}/lost")
    assert "Check the model's name and the base_url" in error
    assert "nginx" not in error


@pytest.mark.parametrize("wire", WIRES)
def test_an_address_that_only_the_server_knows_better(kernel: Kernel, server: str, wire: str):
    assert said(kernel, wire, f"{server}/moved").endswith("as base_url. That is https://models.example/v1")
    asked = time.monotonic()
    assert "Check it; it often" in said(kernel, wire, f"{server}/nowhere")
    assert time.monotonic() - asked < 5


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(("place", "quoted"), [("pong", "PONG"), ("welcome", '{"message": "Welcome"}')])
def test_something_else_than_an_answer(kernel: Kernel, server: str, wire: str, place: str, quoted: str):
    asked = time.monotonic()
    error = said(kernel, wire, f"{server}/{place}")
    assert "does not answer as a model's server does. Check it" in error
    assert error.endswith(f"It says: {quoted}")
    assert time.monotonic() - asked < 5  # what does not heal is not tried again


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("status", [405, 501])
def test_a_web_server_that_takes_no_questions(kernel: Kernel, server: str, wire: str, status: int):
    error = said(kernel, wire, f"{server}/{status}")
    assert "answers questions" in error
    assert "Check the base_url." in error


def test_a_model_without_tool_calls(kernel: Kernel, server: str):
    cell = kernel.run(f"%%agent -m openai:gemma --base-url {server}/tools --tools math_eval --new\nWhat is 2 + 2?")
    assert cell.status == "error"
    assert "'gemma' cannot call tools at this server" in cell.error
    assert "--tool-format json" in cell.error


def test_a_retry_is_seen_while_it_is_waited_for(kernel: Kernel, server: str):
    cell = kernel.send(f"%%agent -m openai:gpt-5 --base-url {server}/busy --new\nHello")
    kernel.until(lambda: any("retrying in 1 s (2 of 5)" in json.dumps(said) for said in kernel.said))
    kernel.interrupt()
    kernel.until(lambda: cell.done)


@pytest.mark.parametrize("wire", WIRES)
def test_a_proxy_that_finds_no_server(kernel: Kernel, server: str, wire: str):
    error = said(kernel, wire, f"{server}/proxy")
    assert "a proxy before it, failed (502 Bad Gateway)" in error
    assert "<html>" not in error


@pytest.mark.parametrize("wire", WIRES)
def test_a_server_that_is_not_running(kernel: Kernel, wire: str):
    error = said(kernel, wire, "http://127.0.0.1:9/v1")
    assert "no server at http://127.0.0.1:9" in error
    assert "ollama serve" in error if wire == "ollama" else "Is it running" in error


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("address", ["localhost:8000/v1x y", "ftp://host/v1", "http://me:secret@host/v1"])
def test_what_is_no_address(kernel: Kernel, wire: str, address: str):
    cell = kernel.run(f"%%agent -m {wire}:m --base-url '{address}' --new\nHello")
    assert cell.status == "error"
    assert "no base_url. One looks like http" in cell.error
    assert "secret" not in cell.error + json.dumps(cell.outputs)


def test_a_missing_key_says_how_to_give_one(kernel: Kernel):
    cell = kernel.run("%%agent -m groq:llama-3.1-8b-instant --new\nHello")
    assert cell.status == "error"
    assert "Set the environment variable GROQ_API_KEY" in cell.error
    assert "%agent --login groq" in cell.error


def test_after_all_that_the_next_cell_works(kernel: Kernel):
    assert "script" in kernel.ok("%%agent -m scripted:demo --new\nHello").text
