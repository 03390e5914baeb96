"""One cell, answered. (`jupyter_tools.experiments.running` and `jupyter_tools.experiments.answers` are tested by whole experiments.)"""

import asyncio

import pytest

from jupyter_tools.experiments.answers import Answer, from_json, to_json
from jupyter_tools.experiments.asking import Asker, AskOptions
from jupyter_tools.experiments.cells import Cell, cells_of
from jupyter_tools.experiments.variants import variants_of
from jupyter_tools.providers.scripted import pause, register_script
from tests.experiments.models import Calls

OPTIONS = AskOptions(experiment="e")


def cell(model: str) -> Cell:
    [cell] = cells_of(variants_of({"prompts": "France?", "models": model}), [{}], 1)
    return cell


async def test_an_answer_has_what_the_frame_needs(calls: Calls) -> None:
    answer = await Asker(OPTIONS).ask(cell("scripted:calculates"))
    assert (answer.text, answer.stop_reason, answer.failed) == ("42", "stop", False)
    assert answer.tool_calls == ({"name": "math_eval", "arguments": {"expression": "6*7"}},)
    assert answer.turns == 2
    assert answer.latency_ms > 0


async def test_whatever_fails_is_in_the_answer(calls: Calls) -> None:
    assert "There is no script" in str((await Asker(OPTIONS).ask(cell("scripted:nobody"))).error)
    register_script("bug", [lambda _: [1 / 0]])  # pyright: ignore[reportArgumentType]
    assert "ZeroDivisionError" in str((await Asker(OPTIONS).ask(cell("scripted:bug"))).error)


async def test_a_cancellation_is_raised(calls: Calls) -> None:
    register_script("long", [[pause(5), "late"]])
    task = asyncio.create_task(Asker(OPTIONS).ask(cell("scripted:long")))
    await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_what_a_later_version_wrote_is_read_as_far_as_it_is_known() -> None:
    text = to_json(Answer(text="x")).replace('"text"', '"new": 1, "text"')
    assert from_json(text) == Answer(text="x")
