"""The page about agents in Python: its code runs from top to bottom, with a script in the place of the model."""

import ast
import re

import pytest

from jupyter_tools.messages import STOP_REASONS
from jupyter_tools.providers.openai import OpenAIProvider
from jupyter_tools.providers.scripted import ScriptedProvider, call
from tests.source_tree import ROOT

PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
ANSWERS = [
    [call("population", {"country": "France"})],
    ["68 million."],
    ["123 million."],
    ["Japan has more."],
    ['{"name": "Tokyo", "country": "Japan"}'],
    ["Bees."],
    ["By the sun."],
]


def test_every_reason_is_explained():
    reasons = set(re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE))
    assert reasons - {"stop_reason"} == set(STOP_REASONS) - {"tool_calls"}


async def test_the_code_runs(monkeypatch: pytest.MonkeyPatch, tmp_path, capsys):
    script = ScriptedProvider(ANSWERS)
    monkeypatch.setattr(OpenAIProvider, "stream", lambda _, request: script.stream(request))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plot.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    code = compile("".join(BLOCKS), "docs/python.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    await eval(code, {})  # as a notebook runs its cells
    said = capsys.readouterr().out
    assert "68 million. stop" in said
    assert "name='Tokyo' country='Japan'" in said
    assert "By \nthe \nsun." in said
