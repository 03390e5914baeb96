"""Tab in a real kernel: what its `complete_request` answers, as JupyterLab and the terminal ask it."""

import time
from collections.abc import Iterator

import pytest

from tests.kernel.conftest import SETUP
from tests.kernel.driver import Kernel, running_kernel
from tests.kernel.environments import python_with_kernel

pytestmark = pytest.mark.kernel

MORE = """
import pandas
from typing import Literal
frame = pandas.DataFrame({"mass": [1]})
framework = 1

@tool
def boiling_point(substance: Literal["water", "ethanol"], exact: bool = False) -> float:
    "The boiling point."
    return 1.0

def shout(text: str) -> str:
    "Louder."
    return text.upper()
"""


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    folder = tmp_path_factory.mktemp("completion")
    (folder / "mine.gguf").touch()
    with running_kernel(python_with_kernel("current"), folder) as kernel:
        kernel.ok(SETUP)
        kernel.ok(MORE)
        kernel.ok("%%agent -m scripted:short --conversation review --new\nHi.")
        yield kernel


@pytest.mark.parametrize(
    ("code", "first", "start"),
    [
        ("%%agent --mo", ["--model", "--models"], 8),
        ("%agent hist", ["history "], 7),
        ("%agent st", ["steer ", "step ", "stop "], 7),
        ("%agent history re", ["review"], 15),
        ("%agent --conversation ", ["main", "review"], 22),
        ("%agent -m scripted:sh", ["scripted:short"], 10),
        ("%agent --model=scripted:sh", ["scripted:short"], 15),
        ("%agent -m local:./m", ["local:./mine.gguf"], 10),
        ("%agent --model openai:x,scripted:sh", ["scripted:short"], 24),
        ("%%agent --tools math_eval,boil", ["boiling_point"], 26),
        ("%%agent --tools sho", ["shout"], 16),
        ("%%agent --approve al", ["always"], 18),
        ("%%agent --limit se", ["seconds="], 16),
        ("%agent --login anth", ["anthropic"], 15),
        ("%tool boil", ["boiling_point "], 6),
        ("result = %tool boil", ["boiling_point "], 15),
        ("%tool boiling_point ", ["substance=", "exact="], 20),
        ("%tool boiling_point substance=", ["water", "ethanol"], 30),
        ("%tool boiling_point substance=water exact=", ["true", "false"], 42),
        ("%%agent --new\nThe mass is {{ fram", ["frame", "framework"], 29),
        ("%%agent --new\nThe mass is {{ frame.colu", ["frame.columns"], 29),
        ("%%experiment --over fr", ["frame"], 20),
        ("%%experiment -m scripted:sh", ["scripted:short"], 16),
        ("%%experiment -p temp", ["temperature="], 16),
        ("%%experiment --score ex", ["exact"], 21),
        ("%%experiment -t no", ["none"], 16),
        ("%%experiment --over frame\nThe mass is {{ ", ["mass"], 41),
        ("%%experiment --over frame\nThe mass is {{ ma", ["mass"], 41),
        ("%%experiment --over frame\nThe mass is {{ framew", ["framework"], 41),
    ],
)
def test_tab_offers(notebook: Kernel, code: str, first: list[str], start: int):
    matches, begin, end = notebook.complete(code)
    assert matches[: len(first)] == first
    assert (begin, end) == (start, len(code))


def test_options_on_the_line_are_not_offered_again(notebook: Kernel):
    matches, _, _ = notebook.complete("%%agent --model x --option seed=1 --")
    assert "--model" not in matches
    assert {"--option", "--tools", "--background"} <= set(matches)


def test_a_cell_offers_no_commands(notebook: Kernel):
    assert "history " not in notebook.complete("%%agent hist")[0]


def test_python_is_completed_as_ever(notebook: Kernel):
    assert "frame" in notebook.complete("x = fram")[0]


def test_tab_never_waits_for_a_server(notebook: Kernel):
    notebook.ok(
        "import asyncio\n"
        "models = get_ipython().magics_manager.registry['AgentMagics']._commands.completion._models\n"
        "models._looked_at, models._look = float('-inf'), lambda: asyncio.sleep(30)"
    )
    asked = time.monotonic()
    matches, _, _ = notebook.complete("%agent --model op")
    assert time.monotonic() - asked < 1
    assert "openai:" in matches
