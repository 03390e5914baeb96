"""From our messages and tools to the JSON of Ollama's own API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jupyter_tools.json_types import JsonObject, JsonValue, object_at
from jupyter_tools.messages import (
    AssistantMessage,
    Content,
    ImageContent,
    Message,
    SystemMessage,
    ToolResultMessage,
    UserMessage,
    text_of,
)
from jupyter_tools.providers.base import Request
from jupyter_tools.providers.openai_messages import OUR_OPTIONS, EncodedOnce, to_json, tool_to_wire
from jupyter_tools.providers.output_schema import options_of

_BESIDE_MESSAGES = {"think", "format", "keep_alive", "stream", "logprobs", "top_logprobs", "truncate", "shift"}
_NAMES = {"max_tokens": "num_predict", "max_completion_tokens": "num_predict"}


def request_body(request: Request, kept: EncodedOnce) -> bytes:
    """The body of a request. Options that are None are left out."""
    fields: JsonObject = {"model": request.model.name, "stream": True, **_options(options_of(request))}
    parts = [to_json(fields)[:-1], b',"messages":[']
    parts += [b",".join(kept.json(message, message_to_wire) for message in request.messages), b"]"]
    tools = [tool for tool in request.tools if request.tool_choice in ("auto", "required", tool.name)]
    if tools:
        parts += [b',"tools":[', b",".join(kept.json(tool, tool_to_wire) for tool in tools), b"]"]
    return b"".join([*parts, b"}"])


def _options(options: Mapping[str, JsonValue]) -> JsonObject:
    given = {name: value for name, value in options.items() if value is not None and name not in OUR_OPTIONS}
    beside = {name: given.pop(name) for name in _BESIDE_MESSAGES & given.keys()}
    response_format = given.pop("response_format", None)
    if response_format is not None:
        schema = object_at(object_at({"format": response_format}, "format"), "json_schema").get("schema")
        beside.setdefault("format", schema or "json")
    inside = {_NAMES.get(name, name): value for name, value in given.items()}
    return {**beside, "options": inside} if inside else beside


def message_to_wire(message: Message) -> JsonObject:
    """One message."""
    match message:
        case SystemMessage():
            return {"role": "system", "content": text_of(message.content)}
        case UserMessage():
            return {"role": "user", "content": text_of(message.content), **_images(message.content)}
        case ToolResultMessage():
            named = {"tool_name": message.tool_name, "tool_call_id": message.tool_call_id}
            return {"role": "tool", "content": message.text, **named, **_images(message.content)}
        case AssistantMessage():
            return {"role": "assistant", "content": message.text, **_thinking(message), **_calls(message)}


def _images(content: Iterable[Content]) -> JsonObject:
    images = [block.data for block in content if isinstance(block, ImageContent)]
    return {"images": images} if images else {}


def _thinking(message: AssistantMessage) -> JsonObject:
    """Reasoning that led to calls: models that reason between their calls go on from it."""
    return {"thinking": message.thinking} if message.thinking and message.tool_calls else {}


def _calls(message: AssistantMessage) -> JsonObject:
    calls = [
        {"id": call.id, "function": {"name": call.name, "arguments": call.arguments}} for call in message.tool_calls
    ]
    return {"tool_calls": calls} if calls else {}
