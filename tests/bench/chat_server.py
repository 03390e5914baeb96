"""A process that answers chat completions with tool calls or text: the other end of `bench_agent`.

The model's name says what is answered: `calls=100,rounds=1` are a hundred calls of the tool `noop`, then text.
"""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import cache

from tests.bench.http_server import serve, served_by

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


def chat_server() -> AbstractContextManager[str]:
    """The base_url of this server."""
    return served_by(__name__)


if __name__ == "__main__":
    serve(lambda body: answer_to(json.loads(body)))
