"""A run of 10,000 tool calls that goes on until it is killed: `python -m tests.traces.kill_child STORE`.

It prints the number of each turn's last call together with the time, so that the test knows what had to be on disk.
"""

import asyncio
import sys
import time

from jupyter_tools import Agent, ExecutionOptions, tool
from jupyter_tools.events import TurnEndEvent
from jupyter_tools.providers.scripted import ScriptedProvider, call
from jupyter_tools.traces.store import TraceStore

CALLS, AT_ONCE = 10_000, 50


@tool
async def answer(number: int) -> str:
    """Answer at length."""
    await asyncio.sleep(0.005)
    return f"ответ {number} " * 20


async def main(path: str) -> None:
    turns = [
        [call("answer", {"number": number}, id=f"call_{number}") for number in range(first, first + AT_ONCE)]
        for first in range(0, CALLS, AT_ONCE)
    ]
    agent = Agent(
        "scripted:killed",
        [answer],
        provider=ScriptedProvider([*turns, ["Done."]]),
        max_turns=len(turns) + 1,
        execution=ExecutionOptions(max_calls=CALLS),
        trace=TraceStore(path),
    )
    async for event in agent.stream("Call it until you are stopped."):
        if isinstance(event, TurnEndEvent):
            sys.stdout.write(f"{event.turn * AT_ONCE - 1} {time.monotonic()}\n")
            sys.stdout.flush()
    await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
