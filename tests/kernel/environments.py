"""Python environments with older kernels, made once and kept beside the virtual environment of the tests.

`current` is the environment the tests run in. The others hold this project, editable, and one release of ipykernel.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2]
KERNELS = {"current": "", "7.3": "ipykernel==7.3.*", "6.31": "ipykernel==6.31.*"}
FOLDER = Path(sys.prefix) / "kernels"


def python_with_kernel(name: str) -> str:
    """The path of a Python that has the kernel of this name. Makes its environment if there is none yet."""
    if name == "current":
        return sys.executable
    home = FOLDER / f"{name}-{_fingerprint()}"
    python = home / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    if not (home / "complete").exists():
        shutil.rmtree(home, ignore_errors=True)
        _make(home, python, KERNELS[name])
        (home / "complete").touch()
    return str(python)


def _fingerprint() -> str:
    declared = (PROJECT / "pyproject.toml").read_bytes() + sys.version.encode()
    return hashlib.sha256(declared).hexdigest()[:12]


def _make(home: Path, python: Path, kernel: str) -> None:
    wanted = [kernel, "ipywidgets", "-e", str(PROJECT)]
    uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if uv is not None:
        _run(uv, "venv", "--quiet", "--python", sys.executable, str(home))
        _run(uv, "pip", "install", "--quiet", "--python", str(python), *wanted)
    else:
        _run(sys.executable, "-m", "venv", str(home))
        _run(str(python), "-m", "pip", "install", "--quiet", *wanted)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
