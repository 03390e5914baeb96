"""What a whole run costs, from the prompt to the answer: beside a bare loop over the same transport.

The bare loop knows no schema, no event, no error and no limit: it posts, parses, calls and posts again.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from jupyter_tools.agent.agent import Agent
from jupyter_tools.providers.base import Model
from jupyter_tools.providers.shared_client import shared_client
from jupyter_tools.tools.decorator import tool
from jupyter_tools.tools.execution import ExecutionOptions
from tests.bench.chat_server import ANSWER, chat_server
from tests.bench.measure import bench, cpu_us

PROMPTS, AT_ONCE = 2000, 64
BUSY = ExecutionOptions(max_calls=10_000, max_same_calls=10_000)
ONE_TURN, ROUNDS, PLAIN = "calls=100,rounds=1", "calls=1,rounds=20", "calls=0"


async def noop(x: int, text: str) -> str:
    """Return a short text at once.

    Args:
        x: A number.
        text: A text.
    """
    return f"ok {x}"


NOOP = tool(noop)
SPEC = {
    "type": "function",
    "function": {"name": NOOP.name, "description": NOOP.description, "parameters": NOOP.parameters},
}
Ask = Callable[[str, str, bool], Awaitable[str]]


async def bare(base_url: str, model: str, stream: bool) -> str:
    """The floor: the least that gives the same answer."""
    client, url = await shared_client(), f"{base_url}/chat/completions"
    messages: list[dict[str, Any]] = [{"role": "user", "content": "go"}]
    while True:
        body = {"model": model, "messages": messages, "stream": stream, "tools": [SPEC]}
        response = await client.post(url, json=body)
        message = joined(response.content) if stream else response.json()["choices"][0]["message"]
        if not message.get("tool_calls"):
            return message["content"]
        messages += [message, *await asyncio.gather(*map(called, message["tool_calls"]))]


async def called(call: dict[str, Any]) -> dict[str, Any]:
    content = await noop(**json.loads(call["function"]["arguments"]))
    return {"role": "tool", "tool_call_id": call["id"], "content": content}


def joined(body: bytes) -> dict[str, Any]:
    """A message out of its pieces."""
    texts, calls = [], {}
    for line in body.split(b"\n"):
        if line.startswith(b"data: {"):
            delta = json.loads(line[6:])["choices"][0]["delta"]
            texts.append(delta.get("content") or "")
            for piece in delta.get("tool_calls") or ():
                call = calls.setdefault(piece["index"], piece)
                if call is not piece:
                    call["function"]["arguments"] += piece["function"]["arguments"]
    return {"role": "assistant", "content": "".join(texts), "tool_calls": list(calls.values())}


async def agent(base_url: str, model: str, stream: bool) -> str:
    """Ours."""
    chosen = Model(provider="openai", name=model, base_url=base_url, options={"stream": stream})
    return (await Agent(chosen, [NOOP], max_turns=100, execution=BUSY, trace=False).run("go")).text


def once(ask: Ask, model: str, units: int, *, stream: bool = False) -> float:
    async def work(base_url: str) -> None:
        assert (await ask(base_url, model, stream)).strip() == ANSWER.strip()

    return against_server(work, units) / 1000


def many(ask: Ask) -> float:
    async def work(base_url: str) -> None:
        prompts = iter(range(PROMPTS))

        async def drain() -> None:
            for _ in prompts:
                assert await ask(base_url, PLAIN, False) == ANSWER

        await asyncio.gather(*(drain() for _ in range(AT_ONCE)))

    return against_server(work, PROMPTS) / 1000


def against_server(work: Callable[[str], Awaitable[object]], units: int) -> float:
    async def warm_then_measured(base_url: str) -> float:
        for _ in range(3 if units < PROMPTS else 1):
            await work(base_url)
        return await cpu_us(units, lambda: work(base_url))

    with chat_server() as base_url:
        return asyncio.run(warm_then_measured(base_url))


@bench(
    "a turn with 100 parallel calls",
    unit="ms CPU",
    floor=lambda: once(bare, ONE_TURN, 1),
    floor_name="bare loop",
    at_most=4,
    at_floor=1.89,
)
def one_turn() -> float:
    return once(agent, ONE_TURN, 1)


@bench(
    "a turn with 100 parallel calls, streamed",
    unit="ms CPU",
    floor=lambda: once(bare, ONE_TURN, 1, stream=True),
    floor_name="bare loop",
    at_most=12,
    at_floor=5.1,
)
def one_turn_streamed() -> float:
    return once(agent, ONE_TURN, 1, stream=True)


@bench(
    "20 rounds of one call",
    unit="ms CPU a round",
    floor=lambda: once(bare, ROUNDS, 20),
    floor_name="bare loop",
    at_most=0.8,
)
def rounds() -> float:
    return once(agent, ROUNDS, 20)


@bench(
    f"{PROMPTS:,} prompts, {AT_ONCE} at once",
    unit="ms CPU a prompt",
    floor=lambda: many(bare),
    floor_name="bare loop",
    at_most=0.3,
    at_floor=0.181,
    rounds=7,
)
def prompts() -> float:
    return many(agent)
