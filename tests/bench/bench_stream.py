"""What a streamed token costs, from the bytes to the pieces of a message and to the events of a run."""

import asyncio
import json
from collections.abc import Awaitable, Callable

from jupyter_tools.agent.agent import Agent
from jupyter_tools.messages import user_message
from jupyter_tools.providers.base import Model, Request
from jupyter_tools.providers.openai import OpenAIProvider
from jupyter_tools.providers.openai_stream import ChatCompletionDecoder
from jupyter_tools.providers.shared_client import shared_client
from tests.bench.measure import bench, cpu_us
from tests.bench.token_server import TOKENS, answer_events, token_server

EVENTS = answer_events()
CHUNKS = [b"".join(EVENTS[i : i + 64]) for i in range(0, len(EVENTS), 64)]


def read_and_no_more(chunk: bytes) -> int:
    """The least that reading can be: split, parse, take out the text."""
    read = 0
    for line in chunk.split(b"\n"):
        if line.startswith(b"data: {"):
            read += len(json.loads(line[6:])["choices"][0]["delta"].get("content") or "")
    return read


def floor_of_decoding() -> float:
    async def work() -> None:
        sum(map(read_and_no_more, CHUNKS))

    return asyncio.run(cpu_us(TOKENS, work))


@bench("decode a token", unit="µs CPU a token", floor=floor_of_decoding, floor_name="json.loads", at_most_ratio=3)
def decoding() -> float:
    async def work() -> None:
        decoder = ChatCompletionDecoder("bench")
        parts = [part for chunk in CHUNKS for part in decoder.decode(chunk)]
        assert len(parts) >= TOKENS - 10

    return asyncio.run(cpu_us(TOKENS, work))


def against_server(work: Callable[[str], Awaitable[object]]) -> float:
    async def warm_then_measured() -> float:
        await work(base_url)
        return await cpu_us(TOKENS, lambda: work(base_url))

    with token_server() as base_url:
        return asyncio.run(warm_then_measured())


async def transport_and_json(base_url: str) -> None:
    client = await shared_client()
    async with client.stream("POST", f"{base_url}/chat/completions", content=b"{}") as response:
        rest = b""
        async for chunk in response.aiter_bytes():
            lines, _, rest = (rest + chunk).rpartition(b"\n")
            read_and_no_more(lines)


def floor_of_streaming() -> float:
    return against_server(transport_and_json)


def model_at(base_url: str) -> Model:
    return Model(provider="openai", name="bench", base_url=base_url)


@bench(
    "stream a token from a server",
    unit="µs CPU a token",
    floor=floor_of_streaming,
    floor_name="transport, json.loads",
    at_most=10,
)
def streaming() -> float:
    async def work(base_url: str) -> None:
        request = Request(model=model_at(base_url), messages=(user_message("hi"),), signal=asyncio.Event())
        parts = [part async for part in OpenAIProvider().stream(request)]
        assert len(parts) >= TOKENS - 10

    return against_server(work)


@bench(
    "stream a token into events",
    unit="µs CPU a token",
    floor=floor_of_streaming,
    floor_name="transport, json.loads",
    at_most=10,
)
def streaming_into_events() -> float:
    async def work(base_url: str) -> None:
        events = [event async for event in Agent(model_at(base_url)).stream("hi")]
        assert len(events) >= TOKENS - 10

    return against_server(work)
