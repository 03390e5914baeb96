"""The wire of chat completions, for tests: documents, streams of them, and what our decoder makes of those."""

import json

from jupyter_tools.messages import AssistantMessage
from jupyter_tools.providers.assembly import MessageAssembly
from jupyter_tools.providers.openai_stream import ChatCompletionDecoder


def sse(*documents) -> bytes:
    texts = [d if isinstance(d, str) else json.dumps(d, ensure_ascii=False) for d in documents]
    return "".join(f"data: {text}\n\n" for text in texts).encode()


def delta(finish_reason=None, **fields) -> dict:
    return {"choices": [{"index": 0, "delta": fields, "finish_reason": finish_reason}]}


def text(content) -> dict:
    return delta(content=content)


def call(index=None, id=None, name=None, arguments=None, **more) -> dict:
    fragment = {
        "index": index,
        "id": id,
        "type": "function",
        "function": {"name": name, "arguments": arguments},
        **more,
    }
    return {key: value for key, value in fragment.items() if value is not None or key == "function"}


def calls(*fragments) -> dict:
    return delta(tool_calls=list(fragments))


STOP, CALLS, DONE = delta("stop"), delta("tool_calls"), "[DONE]"


def read(*chunks: bytes, thinking=None) -> tuple[AssistantMessage, str | None]:
    """The message, and what failed."""
    decoder = ChatCompletionDecoder("openai", thinking)
    assembly = MessageAssembly(provider="openai", model="m")
    for chunk in chunks:
        for part in decoder.decode(chunk):
            assembly.add(part)
    for part in decoder.flush():
        assembly.add(part)
    return assembly.message(), str(decoder.failure) if decoder.failure else None


def message_of(*documents) -> AssistantMessage:
    message, failure = read(sse(*documents))
    assert failure is None
    return message
