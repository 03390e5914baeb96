"""A process that streams chat completions as fast as it can: the other end of `bench_stream`."""

import json
from contextlib import AbstractContextManager

from tests.bench.http_server import serve, served_by

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


def body() -> bytes:
    """All of it, in chunks of 64 events."""
    events = answer_events()
    blocks = [b"".join(events[i : i + 64]) for i in range(0, len(events), 64)]
    return HEAD + b"".join(b"%x\r\n%s\r\n" % (len(block), block) for block in blocks) + b"0\r\n\r\n"


def token_server() -> AbstractContextManager[str]:
    """The base_url of this server."""
    return served_by(__name__)


if __name__ == "__main__":
    answer = body()
    serve(lambda _request: answer)
