import asyncio
import threading

from jupyter_tools.tools.running import running_tools
from tests.tools.batches import calls, execute, tool_of, until


async def test_what_runs_is_listed_with_its_place_longest_first():
    release = asyncio.Event()
    gate = threading.Event()

    async def in_loop(number: int) -> None:
        await release.wait()

    def in_thread(number: int) -> None:
        gate.wait(10)

    batch = asyncio.ensure_future(execute([in_loop, in_thread], *calls("in_loop", "in_thread"), run_id="r"))
    await until(lambda: len(running_tools()) == 2)
    first, second = running_tools()
    assert first.seconds >= second.seconds >= 0
    assert {(tool.tool_name, tool.place, tool.run_id) for tool in (first, second)} == {
        ("in_loop", "loop", "r"),
        ("in_thread", "thread", "r"),
    }
    assert not first.abandoned
    release.set()
    gate.set()
    await batch
    assert running_tools() == []


async def test_it_may_be_asked_from_another_thread_while_tools_come_and_go():
    async def quick(number: int) -> None:
        await asyncio.sleep(0)

    stop = threading.Event()

    def ask() -> int:
        asked = 0
        while not stop.is_set():
            running_tools()
            asked += 1
        return asked

    asking = asyncio.ensure_future(asyncio.to_thread(ask))
    for _ in range(5):
        await execute([tool_of(quick)], *calls(*["quick"] * 200))
    stop.set()
    assert await asking > 0
    assert running_tools() == []
