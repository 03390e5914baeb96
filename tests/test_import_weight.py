"""`import jupyter_tools` is cheap: what is heavy is loaded when it is first needed."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

MAX_MS = 80
MAX_MIB = 30
RUNS = 7
HEAVY = {
    *("IPython", "ipywidgets", "anywidget", "traitlets", "pandas", "numpy", "matplotlib", "dask", "distributed"),
    *(
        "httpx",
        "httpcore",
        "aiohttp",
        "pydantic",
        "jsonschema_rs",
        "docstring_parser",
        "xllamacpp",
        "markdown_it",
        "nh3",
    ),
    *("tqdm", "sqlite3", "keyring", "nest_asyncio2"),
}
PEAK_KIB = """
from pathlib import Path
print([line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")][0])
"""


def python(program: str) -> str:
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return result.stdout


def seconds(program: str) -> float:
    started = time.perf_counter()
    python(program)
    return time.perf_counter() - started


def test_import_takes_little_time_over_bare_python() -> None:
    pairs = [(seconds("pass"), seconds("import jupyter_tools")) for _ in range(RUNS)]
    bare, ours = (min(times) for times in zip(*pairs, strict=True))
    assert (ours - bare) * 1000 <= MAX_MS


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of a process's memory is read from /proc")
def test_import_takes_little_memory_over_bare_python() -> None:
    bare, ours = (
        min(int(python(f"{start}\n{PEAK_KIB}")) for _ in range(2)) for start in ("pass", "import jupyter_tools")
    )
    assert (ours - bare) / 1024 <= MAX_MIB


def test_import_loads_nothing_heavy() -> None:
    loaded = json.loads(python("import json, sys, jupyter_tools; print(json.dumps(sorted(sys.modules)))"))
    assert {name.partition(".")[0] for name in loaded} & HEAVY == set()


def test_importing_the_nouns_loads_nothing_heavy() -> None:
    nouns = "jupyter_tools.errors, jupyter_tools.messages, jupyter_tools.events, jupyter_tools.streams, jupyter_tools.tools.tool"
    loaded = json.loads(python(f"import json, sys, {nouns}; print(json.dumps(sorted(sys.modules)))"))
    assert {name.partition(".")[0] for name in loaded} & HEAVY == set()
