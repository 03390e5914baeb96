"""A process that answers chat completions with tool calls or text: the other end of `bench_agent`.

The model's name says what is answered: `calls=100,rounds=1` are a hundred calls of the tool `noop`, then text.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

ANSWER = "alpha beta gamma delta " * 5


@cache
def answer(calls: int, turn: int, stream: bool) -> bytes:
    """One HTTP answer; of no calls, a text."""
    asked = [
        {"index": i, "id": f"call_{turn}_{i}", "type": "function", "function": {"name": "noop", "arguments": args}}
        for i, args in enumerate(json.dumps({"x": x, "text": f"item {x}"}) for x in range(calls))
    ]
    message = {"role": "assistant", "content": None, "tool_calls": asked} if calls else {"content": ANSWER}
    reason = "tool_calls" if calls else "stop"
    head = {"id": "chatcmpl-bench", "created": 1_700_000_000, "model": "bench"}
    if not stream:
        kind = b"application/json"
        body = json.dumps({**head, "choices": [{"index": 0, "message": message, "finish_reason": reason}]}).encode()
    else:
        kind = b"text/event-stream"
        deltas = [*map(dict, pieces(asked)), {}] if calls else [{"content": word + " "} for word in ANSWER.split()]
        choices = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
        choices[-1]["finish_reason"] = reason
        events = [b"data: " + json.dumps({**head, "choices": [choice]}).encode() + b"\n\n" for choice in choices]
        body = b"".join([*events, b"data: [DONE]\n\n"])
    return b"HTTP/1.1 200 OK\r\ncontent-type: %s\r\ncontent-length: %d\r\n\r\n%s" % (kind, len(body), body)


def pieces(asked: list[dict[str, object]]) -> Iterator[dict[str, object]]:
    """Each call in five pieces: its name, and its arguments in four."""
    for call in asked:
        function = call["function"]
        assert isinstance(function, dict)
        text = function["arguments"]
        yield {"tool_calls": [{**call, "function": {"name": function["name"], "arguments": ""}}]}
        size = len(text) // 4 + 1
        for start in range(0, len(text), size):
            part = {"arguments": text[start : start + size]}
            yield {"tool_calls": [{"index": call["index"], "function": part}]}


def answer_to(request: dict[str, object]) -> bytes:
    """What the model's name says, as far as the conversation has come."""
    said = dict(pair.split("=") for pair in str(request["model"]).split(","))
    messages = request["messages"]
    assert isinstance(messages, list)
    turn = sum(1 for message in messages if message.get("tool_calls"))
    left = turn < int(said.get("rounds", 0))
    return answer(int(said["calls"]) if left else 0, turn, bool(request.get("stream")))


async def _serve() -> None:
    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.lower().split(b"\r\n")
                length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length"))
                writer.write(answer_to(json.loads(await reader.readexactly(length))))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", 0, limit=1 << 22)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def chat_server() -> Iterator[str]:
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
