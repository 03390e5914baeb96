"""From our messages and tools to the JSON of Anthropic's messages API."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Any

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.json_types import JsonObject, JsonValue, object_at
from jupyter_tools.messages import (
    AssistantContent,
    AssistantMessage,
    Content,
    ImageContent,
    Message,
    SystemMessage,
    TextContent,
    ThinkingContent,
    ToolCallContent,
    ToolResultMessage,
    UserMessage,
    text_of,
)
from jupyter_tools.providers.base import Request
from jupyter_tools.providers.openai_messages import OUR_OPTIONS, EncodedOnce, to_json
from jupyter_tools.providers.output_schema import options_of
from jupyter_tools.tools.tool import AgentTool

DEFAULT_MAX_TOKENS = 8192
REDACTED = "redacted:"  # begins the signature of a thinking block whose text the server keeps to itself

_OTHER_LETTERS = re.compile(r"[^a-zA-Z0-9_-]")
_LONGEST_NAME = 128
_NOTHING: JsonObject = {"type": "text", "text": "(nothing)"}  # the API takes no message without content


def request_body(request: Request, kept: EncodedOnce, provider: str = "anthropic") -> bytes:
    """The body of a request. Options that are None are left out, and ours.

    Args:
        request: What is asked.
        kept: What was encoded before.
        provider: Who asks: only reasoning that the same one has signed goes back.

    Raises:
        ConfigurationError: If a `response_format` has no counterpart here.
    """
    request = _with_called_tools(request)
    fields: dict[str, Any] = {
        "model": request.model.name,
        "max_tokens": DEFAULT_MAX_TOKENS + _thinking_tokens(request.model.options),
        "stream": True,
        **_system(request.messages),
        **_tool_choice(request),
        **_options(options_of(request, strict=True)),
    }
    head = to_json({name: value for name, value in fields.items() if value is not None and name not in OUR_OPTIONS})
    messages = _encoded_messages(request.messages, kept, provider)
    parts = [head[:-1], b',"messages":[', b",".join(messages), b"]"]
    if request.tools:
        parts += [b',"tools":[', b",".join(kept.json(tool, tool_to_wire) for tool in request.tools), b"]"]
    return b"".join([*parts, b"}"])


def _with_called_tools(request: Request) -> Request:
    """The request, if it has no tools, with those that were called: the API refuses calls of what it is not told of."""
    if request.tools:
        return request
    called = (call.name for said in request.messages if isinstance(said, AssistantMessage) for call in said.tool_calls)
    tools = tuple(map(_called_tool, dict.fromkeys(map(_name, called))))
    return replace(request, tools=tools, tool_choice="none") if tools else request


@cache
def _called_tool(name: str) -> AgentTool:
    return AgentTool(name=name)


def _system(messages: Iterable[Message]) -> JsonObject:
    texts = [text_of(message.content) for message in messages if isinstance(message, SystemMessage)]
    text = "\n\n".join(text for text in texts if text.strip())
    return {"system": text} if text else {}


def _tool_choice(request: Request) -> JsonObject:
    if not request.tools or request.tool_choice == "auto":
        return {}
    kinds = {"none": "none", "required": "any"}
    if request.tool_choice in kinds:
        return {"tool_choice": {"type": kinds[request.tool_choice]}}
    return {"tool_choice": {"type": "tool", "name": request.tool_choice}}


def _thinking_tokens(options: Mapping[str, JsonValue]) -> int:
    budget = object_at(dict(options), "thinking").get("budget_tokens")
    return budget if isinstance(budget, int) else 0


def _options(options: Mapping[str, JsonValue]) -> JsonObject:
    """Options as Anthropic calls them."""
    wire = dict(options)
    if "max_completion_tokens" in wire:
        wire["max_tokens"] = wire.pop("max_completion_tokens")
    stop = wire.pop("stop", None)
    if stop is not None:
        wire["stop_sequences"] = [stop] if isinstance(stop, str) else stop
    response_format = wire.pop("response_format", None)
    if response_format is not None:
        schema = object_at(object_at({"format": response_format}, "format"), "json_schema").get("schema")
        if schema is None:
            raise ConfigurationError(
                "Anthropic needs a schema for structured output: response_format="
                '{"type": "json_schema", "json_schema": {"name": ..., "schema": ...}}.'
            )
        wire["output_config"] = {
            "format": {"type": "json_schema", "schema": schema},
            **(wire.get("output_config") or {}),
        }
    return wire


def _encoded_messages(messages: Iterable[Message], kept: EncodedOnce, provider: str) -> Iterable[bytes]:
    encode = partial(message_to_wire, provider=provider)
    results: list[bytes] = []  # all results of one message's calls have to stand in one message
    for message in messages:
        if isinstance(message, ToolResultMessage):
            results.append(kept.json(message, _result_to_wire))
            continue
        if results:
            yield _user_message(results)
            results = []
        if not isinstance(message, SystemMessage) and (isinstance(message, UserMessage) or _says_something(message)):
            yield kept.json(message, encode)
    if results:
        yield _user_message(results)


def _user_message(blocks: Iterable[bytes]) -> bytes:
    return b'{"role":"user","content":[' + b",".join(blocks) + b"]}"


def _says_something(message: AssistantMessage) -> bool:
    return bool(message.tool_calls or message.text.strip())


def message_to_wire(message: UserMessage | AssistantMessage, provider: str) -> JsonObject:
    """One message of a user or a model, for `provider`."""
    if isinstance(message, UserMessage):
        return {"role": "user", "content": list(_blocks(message.content)) or [_NOTHING]}
    ours = message.provider == provider  # another provider's signatures mean nothing here
    content = [block for block in message.content if ours or not isinstance(block, ThinkingContent)]
    return {"role": "assistant", "content": list(_blocks(content))}


def _result_to_wire(result: ToolResultMessage) -> JsonObject:
    wire: JsonObject = {
        "type": "tool_result",
        "tool_use_id": _id(result.tool_call_id),
        "content": list(_blocks(result.content)),
    }
    return {**wire, "is_error": True} if result.is_error else wire


def _blocks(content: Iterable[Content | AssistantContent]) -> Iterable[JsonObject]:
    for block in content:
        match block:
            case TextContent():
                if block.text.strip():  # the API takes no empty text
                    yield {"type": "text", "text": block.text}
            case ImageContent():
                source = {"type": "base64", "media_type": block.mime_type, "data": block.data}
                yield {"type": "image", "source": source}
            case ThinkingContent():
                if block.signature:  # without one, the block is cut and the API does not take it back
                    yield _thinking_to_wire(block.thinking, block.signature)
            case ToolCallContent():
                yield {"type": "tool_use", "id": _id(block.id), "name": _name(block.name), "input": block.arguments}


def _thinking_to_wire(thinking: str, signature: str) -> JsonObject:
    if signature.startswith(REDACTED):
        return {"type": "redacted_thinking", "data": signature.removeprefix(REDACTED)}
    return {"type": "thinking", "thinking": thinking, "signature": signature}


def _id(call_id: str) -> str:
    """A call's id in the letters that Anthropic takes: a conversation may have begun with another provider."""
    return _OTHER_LETTERS.sub("_", call_id) or "call"


def _name(tool_name: str) -> str:
    """A called tool's name in the letters that Anthropic takes: models make up names with others."""
    return _OTHER_LETTERS.sub("_", tool_name)[:_LONGEST_NAME] or "tool"


def tool_to_wire(tool: AgentTool) -> JsonObject:
    """A tool's name, description and schema."""
    return {"name": tool.name, "description": tool.description, "input_schema": tool.parameters}
