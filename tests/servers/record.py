"""`python -m tests.servers.record`: ask servers that nobody here wrote, and keep the bytes of their answers.

Each answer is a file in tests/providers/recordings, named WIRE.SERVER.WHAT.bytes; what it means stands in
tests/providers/test_recordings.py. Run it again after a new version of a server, and look at what has changed.
"""

import sys
from pathlib import Path
from typing import Any

import httpx

from jupyter_tools.providers.model_catalogue import DEFAULT
from jupyter_tools.providers.model_files import pull
from tests.servers.aimock import aimock
from tests.servers.llama_server import NAME, llama_server
from tests.servers.llmock import llmock

FOLDER = Path(__file__).parents[1] / "providers" / "recordings"
WEATHER = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
PATHS = {"openai": "/v1/chat/completions", "responses": "/v1/responses", "anthropic": "/v1/messages"}


def body_of(wire: str, text: str, *, tools: bool = False, **more: object) -> dict[str, Any]:
    """A request of that wire, in its own words."""
    asked: dict[str, Any] = {"model": NAME, "stream": True, **more}
    described = {"name": "weather", "description": "Tell the weather."}
    if wire == "responses":
        asked |= {"input": [{"role": "user", "content": [{"type": "input_text", "text": text}]}]}
        offered: dict[str, Any] = {"type": "function", **described, "parameters": WEATHER}
    elif wire == "anthropic":
        asked |= {"max_tokens": 60, "messages": [{"role": "user", "content": text}], **more}
        offered = {**described, "input_schema": WEATHER}
    else:
        asked |= {"messages": [{"role": "user", "content": text}]}
        asked |= {"stream_options": {"include_usage": True}} if wire == "openai" and asked["stream"] else {}
        offered = {"type": "function", "function": {**described, "parameters": WEATHER}}
    return {**asked, "tools": [offered]} if tools else asked


def record(name: str, url: str, body: dict[str, Any], **headers: str) -> None:
    """Ask once and keep the answer as far as it came."""
    data = b""
    with httpx.stream("POST", url, json=body, headers=headers, timeout=300) as response:
        try:
            for piece in response.iter_raw():
                data += piece
        except httpx.RemoteProtocolError:  # the server broke off, as it was told to
            pass
    (FOLDER / f"{name}.bytes").write_bytes(data)
    sys.stdout.write(f"{name}: {len(data)} bytes\n")


def record_aimock() -> None:
    """Text, reasoning and parallel calls, on four wires; and a cut stream."""
    with aimock() as url:
        for wire, path in {**PATHS, "ollama": "/api/chat"}.items():
            for what in ("hello", "think", "weather", "cut off"):
                body = body_of(wire, what, tools=what == "weather")
                record(f"{wire}.aimock.{what.replace(' ', '-')}", f"{url}{path}", body)
            for what in ("think", "weather"):
                body = body_of(wire, what, tools=what == "weather", stream=False)
                record(f"{wire}.aimock.{what}.whole", f"{url}{path}", body)


def record_llmock() -> None:
    """What breaks on purpose."""
    reply = {"type": "reply", "text": "One two three four five six."}
    with llmock() as server:
        for wire, path in {"openai": "/v1/chat/completions", "anthropic": "/anthropic/v1/messages"}.items():
            headers = {"authorization": "Bearer any", "x-api-key": "any", "anthropic-version": "2023-06-01"}
            for kind in ("none", "truncate", "malformed", "disconnect"):
                fault = {"type": "stream_fault", "kind": kind, "after_chunks": 4}
                server.will(*([] if kind == "none" else [fault]), reply)
                name = "gpt-4o" if wire == "openai" else "claude-sonnet-4-5"
                body = {**body_of(wire, "Count."), "model": name}
                record(f"{wire}.llmock.{kind}", f"{server.url}{path}", body, **headers)


def record_llama() -> None:
    """llama.cpp's own server, with the small model."""
    with llama_server(pull(DEFAULT, lambda *_: None)) as server:
        headers = {"authorization": f"Bearer {server.key}", "x-api-key": server.key}
        for wire, path in PATHS.items():
            limit = "max_output_tokens" if wire == "responses" else "max_tokens"
            body = body_of(wire, "Say: Привет!", **{limit: 12, "temperature": 0})
            record(f"{wire}.llama.hello", f"{server.url}{path}", body, **headers)
            record(f"{wire}.llama.whole", f"{server.url}{path}", {**body, "stream": False}, **headers)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for recording in (record_aimock, record_llmock, record_llama):
        recording()
