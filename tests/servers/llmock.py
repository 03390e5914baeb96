"""Starts llmock, a model's server that breaks on demand and judges its client, on loopback. Nobody here wrote it."""

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import filelock
import httpx
import platformdirs

VERSION = "0.2.2"


def program() -> Path:
    """The program, in an environment of its own (it brings a web framework), made once for each version."""
    home = platformdirs.user_cache_path("jupyter_tools") / "test-servers" / f"llmock-{VERSION}"
    scripts = home / ("Scripts" if sys.platform == "win32" else "bin")
    home.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(f"{home}.lock"):
        if not (home / "complete").exists():
            shutil.rmtree(home, ignore_errors=True)
            _make(home, scripts / "python")
            (home / "complete").touch()
    return scripts / "llmock"


def _make(home: Path, python: Path) -> None:
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is not None:
        _run(uv, "venv", "--quiet", "--python", sys.executable, str(home))
        _run(uv, "pip", "install", "--quiet", "--python", str(python), f"llmock=={VERSION}")
    else:
        _run(sys.executable, "-m", "venv", str(home))
        _run(str(python), "-m", "pip", "install", "--quiet", f"llmock=={VERSION}")


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


@dataclass(frozen=True)
class LLMock:
    """A running server.

    Attributes:
        url: Its address.
    """

    url: str

    def will(self, *behaviors: dict[str, object]) -> None:
        """Forget what was, and do this at the next requests."""
        httpx.post(f"{self.url}/_llmock/reset").raise_for_status()
        if behaviors:
            httpx.post(f"{self.url}/_llmock/scenario", json={"behaviors": list(behaviors)}).raise_for_status()

    def findings(self) -> list[str]:
        """What its client did wrong, in its eyes."""
        verdict = httpx.get(f"{self.url}/_llmock/verdict").raise_for_status().json()
        return [finding["code"] for finding in verdict["findings"]]

    def attempts(self) -> int:
        """How many requests came."""
        return httpx.get(f"{self.url}/_llmock/verdict").raise_for_status().json()["attempts"]


@contextlib.contextmanager
def llmock() -> Iterator[LLMock]:
    """A running server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # with a pause between pieces, so that it notices when a client stops reading
    options = ["--port", str(port), "--log-level", "error", "--stream-chunk-delay-ms", "20"]
    command = [str(program()), "serve", *options]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            server = LLMock(f"http://127.0.0.1:{port}")
            _wait_for(server, process)
            yield server
        finally:
            process.terminate()


def _wait_for(server: LLMock, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        with contextlib.suppress(httpx.TransportError):
            server.will()
            return
        if process.poll() is not None:
            raise RuntimeError("llmock ended before it could be asked")
        time.sleep(0.05)
    raise RuntimeError("llmock does not answer")
