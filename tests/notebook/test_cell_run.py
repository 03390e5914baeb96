"""A run behind a cell: how it ends, whatever happens. Kernels and pages have tests of their own."""

import asyncio
import signal
import threading
import time

import pytest

from jupyter_tools.agent.agent import Agent
from jupyter_tools.errors import ConfigurationError
from jupyter_tools.events import TextDelta
from jupyter_tools.notebook.cell_errors import CellError, CellInterrupted
from jupyter_tools.notebook.cell_run import CellRun
from jupyter_tools.notebook.conversation import Origin
from jupyter_tools.notebook.view import RunView
from jupyter_tools.providers.base import Request
from jupyter_tools.providers.scripted import ScriptedProvider, error, pause
from jupyter_tools.traces import traces

SLOW = [part for number in range(500) for part in (f"word{number} ", pause(0.01))]


class Display:
    """Remembers what it was asked to do."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.answers: list[str] = []
        self.closed_with: tuple[str, str] | None = None

    def open(self) -> None:
        self.calls.append("open")

    def update(self, view: RunView) -> None:
        self.answers.append(view.answer)

    def close(self, view: RunView, trouble: str) -> None:
        self.calls.append("close")
        self.closed_with = (view.answer, trouble)


async def interrupted(run: CellRun) -> None:
    """A cell as the shell runs it: what an interrupt raises does not leave the cell's task."""
    with pytest.raises(CellInterrupted):
        await run.wait()


def run_of(*turns) -> tuple[CellRun, Display]:
    display = Display()
    agent = Agent("scripted:test", provider=ScriptedProvider(turns), trace=False)
    return CellRun(agent, "Hi.", display), display


async def test_a_cell_that_awaits_gets_the_result_and_is_drawn():
    run, display = run_of(["Hello ", "there."])
    await run.wait()
    assert run.result is not None
    assert run.result.text == "Hello there."
    assert display.calls == ["open", "close"]
    assert display.closed_with == ("Hello there.", "")


def test_a_cell_that_blocks_does_the_same():
    run, display = run_of(["Hello ", "there."])
    run.block()
    assert run.result is not None
    assert run.result.text == "Hello there."
    assert display.closed_with == ("Hello there.", "")


async def test_the_answer_is_drawn_while_it_grows():
    run, display = run_of([part for n in range(8) for part in (f"{n} ", pause(0.05))])
    await run.wait()
    assert len(set(display.answers)) >= 3
    assert sorted(display.answers, key=len) == display.answers


async def test_an_interrupt_ends_the_cell_soon_and_keeps_the_text_and_the_conversation():
    run, display = run_of(SLOW)
    cell = asyncio.create_task(interrupted(run))
    await asyncio.sleep(0.3)
    pressed = time.monotonic()
    cell.cancel()
    await cell
    assert time.monotonic() - pressed < 0.5
    assert display.closed_with is not None
    assert "word3" in display.closed_with[0]
    assert run.view.stop_reason == "aborted"
    assert [message.role for message in run.agent.messages] == ["user", "assistant"]


class Deaf(ScriptedProvider):
    """Does not stop when it is asked to."""

    async def stream(self, request: Request):
        yield TextDelta(text="Well,")
        yield await asyncio.to_thread(time.sleep, 1.0)


def deaf_run() -> tuple[CellRun, Display]:
    display = Display()
    return CellRun(Agent("scripted:deaf", provider=Deaf([]), trace=False), "Hi.", display), display


async def test_a_provider_that_hears_nothing_is_left_behind():
    run, display = deaf_run()
    cell = asyncio.create_task(interrupted(run))
    await asyncio.sleep(0.1)
    pressed = time.monotonic()
    cell.cancel()
    await cell
    assert time.monotonic() - pressed < 0.7
    assert run.view.stop_reason == "aborted"
    assert display.calls == ["open", "close"]


def test_people_who_press_twice_lose_nothing():
    run, display = deaf_run()
    presses = [threading.Timer(after_s, signal.raise_signal, [signal.SIGINT]) for after_s in (0.2, 0.23, 0.26)]
    for press in presses:
        press.start()
    with pytest.raises(CellInterrupted):
        run.block()
    for press in presses:
        press.join()
    assert display.calls == ["open", "close"]
    assert display.closed_with == ("Well,", "")


async def test_a_stop_is_no_error():
    run, display = run_of(SLOW)
    cell = asyncio.create_task(run.wait())
    await asyncio.sleep(0.2)
    run.agent.abort()
    await cell
    assert run.result is not None
    assert run.result.stop_reason == "aborted"
    assert display.calls == ["open", "close"]


async def test_a_run_that_failed_is_one_sentence_and_keeps_its_text():
    run, display = run_of(["Half of ", error(status=400, message="no such model.")])
    with pytest.raises(CellError, match=r"scripted: no such model\."):
        await run.wait()
    assert display.closed_with == ("Half of ", "")


async def test_a_persons_mistake_found_late_is_one_sentence_without_a_traceback():
    def mistaken(request: Request):
        raise ConfigurationError("Set the key.")

    run, display = run_of(mistaken)
    with pytest.raises(CellError, match=r"^Set the key\.$"):
        await run.wait()
    assert display.closed_with == ("", "")


async def test_what_nobody_expected_is_one_sentence_with_its_traceback_folded():
    def broken(request: Request):
        return 1 / 0

    run, display = run_of(broken)
    with pytest.raises(CellError, match=r"^The run failed with ZeroDivisionError: division by zero$"):
        await run.wait()
    assert display.closed_with is not None
    assert "in broken" in display.closed_with[1]


def test_the_traces_know_the_cell():
    agent = Agent("scripted:test", provider=ScriptedProvider([["Hi."]]))
    CellRun(agent, "Hi.", Display(), Origin(cell_id="cell-7")).block()
    assert set(traces()["cell_id"]) == {"cell-7"}
