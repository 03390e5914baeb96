"""What of a run is written down."""

import json

import pytest

from jupyter_tools import record, replay
from jupyter_tools.providers.scripted import call, thinking
from jupyter_tools.recordings.file import read_runs
from tests.agent.taped import agent_of, silent


@pytest.fixture
def path(tmp_path):
    return tmp_path / "demo.jsonl"


async def test_the_file_holds_what_was_asked_answered_and_what_tools_gave(path):
    with record(path):
        await agent_of([thinking("Hm."), call("add", {"a": 2, "b": 3})], ["Пять."]).run("2 + 3?")
    (run,) = read_runs(path)
    assert [call.prompt for call in run.calls] == ["2 + 3?"] * 2
    assert [call.stop.stop_reason for call in run.calls] == ["tool_calls", "stop"]
    (result,) = run.results
    assert (result.name, result.arguments, result.result.content[0].text) == ("add", {"a": 2, "b": 3}, "5")
    assert "Пять." in path.read_text(encoding="utf-8")


async def test_no_key_gets_into_the_file(path, monkeypatch):
    monkeypatch.setenv("MY_SERVICE_TOKEN", "swordfish-and-chips")
    with record(path):
        agent = agent_of([call("add", {"a": "sk-abcdefghijklmnop123456", "b": 1})], ["It is swordfish-and-chips."])
        await agent.run("Use sk-abcdefghijklmnop123456")
    text = path.read_text(encoding="utf-8")
    assert "sk-abc" not in text
    assert "swordfish" not in text
    with replay(path, fast=True):
        assert (await silent().run("Use sk-abcdefghijklmnop123456")).text == "It is [redacted]."


async def test_a_disk_that_is_full_leaves_the_run_unrecorded_and_whole(path):
    with record(path) as tape:
        path.unlink()
        path.mkdir()  # as good as a full disk
        with pytest.warns(RuntimeWarning, match="cannot be written"):
            result = await agent_of([call("add", {"a": 1, "b": 1})], ["2"]).run("go")
        path.rmdir()
        path.write_text(json.dumps({"type": "recording", "version": 1}))
    assert result.text == "2"
    assert tape.path == path
