"""A pytest plugin: test your agents without a key.

    def test_the_answer_names_the_city(agent_recording):
        assert "Tokyo" in my_agent.run_sync("Where is it later than here?").text

`pytest --agent-record` asks the models and keeps what they and the tools give in `recordings/`, beside the test.
Without the option the same runs are answered from there, in no time and the same each time. Which file, and whether
tools run: `@pytest.mark.agent_recording("name.jsonl", tools="live")`.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_tools.digests import digest

if TYPE_CHECKING:
    from jupyter_tools.agent.tape import Recording, Replay

OPTION = "--agent-record"
MARKER = "agent_recording"
FOLDER = "recordings"
_LONGEST = 80  # characters of a test's name: file systems take 255 bytes


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--agent-record`."""
    text = "ask the models, and keep what they answer for the runs without this option (fixture agent_recording)"
    parser.getgroup("jupyter_tools").addoption(OPTION, action="store_true", default=False, help=text)


def pytest_configure(config: pytest.Config) -> None:
    """Tell of the marker."""
    text = f'{MARKER}(file, tools="recorded"): where the runs of the test are recorded, and whether tools run ("live")'
    config.addinivalue_line("markers", text)


@pytest.fixture
def agent_recording(request: pytest.FixtureRequest) -> Generator[Recording | Replay]:
    """The test's runs are answered from its recording, or with `--agent-record` written into it."""
    marker: pytest.Mark | None = request.node.get_closest_marker(MARKER)
    arguments, options = (marker.args, dict(marker.kwargs)) if marker is not None else ((), {})
    path = request.path.parent / FOLDER / (arguments[0] if arguments else _name(request))
    with _tape(path, recording=bool(request.config.getoption(OPTION)), options=options) as tape:
        yield tape


def _name(request: pytest.FixtureRequest) -> str:
    """One for each test: where a file's name cannot hold all of the test's, a digest tells it from others."""
    tests = [node.name for node in request.node.listchain() if isinstance(node, pytest.Class | pytest.Function)]
    said = re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), ".".join(tests))  # pytest's own escapes
    name = re.sub(r"[^\w.-]+", "-", said.removesuffix("]"))
    if len(name) > _LONGEST or re.search(r"[^\w.\-\[\]]", said):
        name = f"{name[:_LONGEST]}-{digest(said)[:8]}"
    return f"{request.path.stem}.{name}.jsonl"


def _tape(path: Path, *, recording: bool, options: dict[str, Any]) -> AbstractContextManager[Recording | Replay]:
    from jupyter_tools.agent.tape import record, replay

    if recording:
        path.unlink(missing_ok=True)  # what the test no longer asks is not kept
        return record(path)
    if not path.exists():
        pytest.fail(f"There is no recording {path}. Make it with:  pytest {OPTION}", pytrace=False)
    return replay(path, fast=True, **options)
