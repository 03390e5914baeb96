"""A hundred thousand calls in a process of its own: what other tests leave behind would disturb the measure.

python -m tests.tools.soak      prints what grew, as JSON
"""

import asyncio
import gc
import json
import sys
import threading
import tracemalloc

from jupyter_tools.tools.execution import ExecutionOptions, execute_tool_calls
from jupyter_tools.tools.running import running_tools
from tests.tools.batches import calls, message_of, tool_of

BATCH = 1000
BATCHES = 100


async def at_once(number: int) -> int:
    return number


async def waiting(number: int) -> int:
    await asyncio.sleep(0)
    return number


def in_thread(number: int) -> int:
    return number


async def failing(number: int) -> None:
    raise ValueError


TOOLS = [tool_of(function) for function in (at_once, waiting, in_thread, failing)]
NAMES = ["at_once"] * 17 + ["waiting", "in_thread", "failing"]


class Counter:
    events = 0

    def push(self, _event) -> None:
        self.events += 1


async def soaked(batches: int) -> int:
    message, counter = message_of(*calls(*NAMES * (BATCH // len(NAMES)))), Counter()
    for _ in range(batches):
        result = await execute_tool_calls(TOOLS, message, asyncio.Event(), counter, None, ExecutionOptions())
        assert len(result["tool_results"]) == BATCH
    return counter.events


async def grown_bytes() -> int:
    tracemalloc.start()
    try:
        await soaked(1)
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        await soaked(4)
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


async def measured() -> dict[str, int]:
    await soaked(3)
    tasks, threads = len(asyncio.all_tasks()), threading.active_count()
    grown = await grown_bytes()
    gc.collect()
    objects = len(gc.get_objects())
    events = await soaked(BATCHES)
    gc.collect()
    return {
        "events": events,
        "bytes": grown,
        "objects": len(gc.get_objects()) - objects,
        "tasks": len(asyncio.all_tasks()) - tasks,
        "threads": threading.active_count() - max(threads, 34),
        "running": len(running_tools()),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(measured())))
