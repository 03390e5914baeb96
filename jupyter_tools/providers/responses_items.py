"""From our messages and tools to the JSON of OpenAI's Responses API."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from jupyter_tools.json_types import JsonObject, JsonValue, object_at
from jupyter_tools.messages import (
    AssistantContent,
    AssistantMessage,
    ImageContent,
    Message,
    SystemMessage,
    TextContent,
    ThinkingContent,
    ToolCallContent,
    ToolResultMessage,
    UserContent,
    UserMessage,
    text_of,
)
from jupyter_tools.providers.base import Request
from jupyter_tools.providers.openai_messages import OUR_OPTIONS, EncodedOnce, to_json
from jupyter_tools.providers.output_schema import options_of
from jupyter_tools.tools.tool import AgentTool

PROVIDER = "responses"
_REASONING_MODEL = re.compile(r"(?:.*/)?(?:o\d|gpt-[5-9](?!.*-chat)|codex)")  # these give it to keep
_ENCRYPTED = "reasoning.encrypted_content"


def request_body(request: Request, kept: EncodedOnce, provider: str = PROVIDER) -> bytes:
    """The body of a request of `provider`. Options that are None are left out, and ours."""
    fields: JsonObject = {
        "model": request.model.name,
        "stream": True,
        "store": False,
        "include": [_ENCRYPTED] if _REASONING_MODEL.match(request.model.name) else None,
        **_tool_choice(request),
        **_options(options_of(request)),
    }
    head = to_json({name: value for name, value in fields.items() if value is not None and name not in OUR_OPTIONS})
    items = b",".join(encoded for message in request.messages if (encoded := _encoded_items(message, kept, provider)))
    parts = [head[:-1], b',"input":[', items, b"]"]
    if request.tools:
        parts += [b',"tools":[', b",".join(kept.json(tool, tool_to_wire) for tool in request.tools), b"]"]
    return b"".join([*parts, b"}"])


def _tool_choice(request: Request) -> JsonObject:
    if not request.tools or request.tool_choice == "auto":
        return {}
    if request.tool_choice in ("none", "required"):
        return {"tool_choice": request.tool_choice}
    return {"tool_choice": {"type": "function", "name": request.tool_choice}}


def _options(options: Mapping[str, JsonValue]) -> JsonObject:
    """Options as this API calls them."""
    wire = dict(options)
    for name in ("max_tokens", "max_completion_tokens"):
        if name in wire:
            wire["max_output_tokens"] = wire.pop(name)
    if effort := wire.pop("reasoning_effort", None):
        wire["reasoning"] = {"effort": effort, "summary": "auto", **object_at(wire, "reasoning")}
    if response_format := wire.pop("response_format", None):
        schema = object_at({"format": response_format}, "format")
        flat = {"type": schema.get("type"), **object_at(schema, "json_schema")}
        wire["text"] = {"format": flat, **object_at(wire, "text")}
    return wire


def _encoded_items(message: Message, kept: EncodedOnce, provider: str) -> bytes:
    """A message's items, without the brackets around them."""
    return kept.json(message, lambda message: {"items": items_of(message, provider)})[len(b'{"items":[') : -len(b"]}")]


def items_of(message: Message, provider: str = PROVIDER) -> list[JsonObject]:
    """One message as items for `provider`: an assistant's reasoning, texts and calls are items of their own."""
    match message:
        case SystemMessage():
            return [{"role": "system", "content": text_of(message.content)}]
        case UserMessage():
            return [{"role": "user", "content": [_input(block) for block in message.content]}]
        case ToolResultMessage():
            return [{"type": "function_call_output", "call_id": message.tool_call_id, "output": _output(message)}]
        case AssistantMessage():
            made = [_item(block, ours=message.provider == provider) for block in message.content]
            items = [item for item in made if item is not None]
            while items and items[-1].get("type") == "reasoning":  # refused without what it led to
                items.pop()
            return items


def _input(block: UserContent) -> JsonObject:
    if isinstance(block, ImageContent):
        return {"type": "input_image", "image_url": f"data:{block.mime_type};base64,{block.data}"}
    return {"type": "input_text", "text": block.text}


def _output(result: ToolResultMessage) -> JsonValue:
    if any(isinstance(block, ImageContent) for block in result.content):
        return [_input(block) for block in result.content]
    return result.text


def _item(block: AssistantContent, *, ours: bool) -> JsonObject | None:
    match block:
        case TextContent():
            text: JsonObject = {"type": "output_text", "text": block.text}
            return {"role": "assistant", "content": [text]} if block.text else None
        case ThinkingContent():
            return _reasoning(block) if ours and block.signature else None
        case ToolCallContent():
            arguments = json.dumps(block.arguments, ensure_ascii=False)
            return {"type": "function_call", "call_id": block.id, "name": block.name, "arguments": arguments}


def _reasoning(block: ThinkingContent) -> JsonObject:
    """The reasoning that the server has given to keep: its signature is what only the server can read."""
    summary = [{"type": "summary_text", "text": block.thinking}] if block.thinking else []
    return {"type": "reasoning", "summary": summary, **json.loads(block.signature or "{}")}


def tool_to_wire(tool: AgentTool) -> JsonObject:
    """A tool's name, description and schema."""
    described = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", **described, "strict": False}
