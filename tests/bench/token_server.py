"""A process that streams chat completions as fast as it can: the other end of `bench_stream`."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

TOKENS = 5000
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def event(delta: dict[str, str], finish_reason: str | None = None) -> bytes:
    """One event, as long as OpenAI's own."""
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    head = {"id": "chatcmpl-bench", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": "bench"}
    return b"data: " + json.dumps({**head, "choices": [choice]}, separators=(",", ":")).encode() + b"\n\n"


def answer_events() -> list[bytes]:
    """Reasoning in tags, then the answer: `TOKENS` events and the end."""
    words = ["alpha ", "beta ", "gamma ", "delta "]
    texts = ["<think>", *words * (TOKENS // 8), "</think>", *words * (TOKENS // 8)]
    return [*(event({"content": text}) for text in texts), event({}, "stop"), b"data: [DONE]\n\n"]


async def _serve() -> None:
    events = answer_events()
    blocks = [b"".join(events[i : i + 64]) for i in range(0, len(events), 64)]
    body = b"".join(b"%x\r\n%s\r\n" % (len(block), block) for block in blocks) + b"0\r\n\r\n"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            lines = head.lower().split(b"\r\n")
            length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length"))
            await reader.readexactly(length)
            writer.write(HEAD + body)
            await writer.drain()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def token_server() -> Iterator[str]:
    """The base_url of a server in a process of its own, so that its work is not counted as ours."""
    process = subprocess.Popen([sys.executable, "-m", __name__], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
    finally:
        process.kill()
        process.communicate()


if __name__ == "__main__":
    asyncio.run(_serve())
