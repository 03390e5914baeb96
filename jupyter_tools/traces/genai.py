"""The names that OpenTelemetry's GenAI conventions have for our columns, and messages in their form.

See https://opentelemetry.io/docs/specs/semconv/gen-ai/. What the conventions do not know goes under `jupyter_tools.`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from jupyter_tools.messages import (
    AssistantMessage,
    Content,
    ImageContent,
    Message,
    TextContent,
    ThinkingContent,
    ToolCallContent,
    ToolResultMessage,
)
from jupyter_tools.traces.columns import COLUMNS

OWN = "jupyter_tools."
OPERATIONS = {
    "agent": "invoke_agent",
    "model": "chat",
    "tool": "execute_tool",
    "retrieval": "retrieval",
}
OF_THE_SPAN = {  # no attributes: a span has places of its own for them
    "kind": "gen_ai.operation.name",
    "name": "span name: operation and name",
    "status": "span status; jupyter_tools.status",
    "started": "span start",
    "ended": "span end",
    "span_id": "span id",
    "parent_id": "parent span id",
    "run_id": "trace id, made from it; jupyter_tools.run_id",
    "error": "span status message",
    "duration_ms": "span end - span start",
}
ATTRIBUTES = {
    "error_type": "error.type",
    "input_tokens": "gen_ai.usage.input_tokens",
    "output_tokens": "gen_ai.usage.output_tokens",
    "cached_tokens": "gen_ai.usage.cache_read.input_tokens",
    "reasoning_tokens": "gen_ai.usage.reasoning.output_tokens",
    "stop_reason": "gen_ai.response.finish_reasons",
    "provider": "gen_ai.provider.name",
    "model": "gen_ai.request.model",
    "tool_call_id": "gen_ai.tool.call.id",
    "args": "gen_ai.tool.call.arguments",
    "result": "gen_ai.tool.call.result",
    "messages": "gen_ai.input.messages",
    "parameters": "gen_ai.request.*",
}
_BY_KIND = {  # the same column of another kind of span
    "args": "of a run: jupyter_tools.args",
    "result": "of a model call: gen_ai.output.messages; of a run: jupyter_tools.result",
    "messages": "of a run: jupyter_tools.messages",
}
PROVIDERS = {"responses": "openai"}  # the same company behind another wire
PARAMETERS = ("temperature", "top_p", "top_k", "max_tokens", "seed", "frequency_penalty", "presence_penalty")


def attribute_of(column: str) -> str:
    """The name of a column in exports to OpenTelemetry."""
    return ATTRIBUTES.get(column, OWN + column)


def names_markdown() -> str:
    """All columns with their names in OpenTelemetry, as a Markdown table, for the documentation."""
    rows = [f"| `{column.name}` | {column.dtype} | {column.what} | {_told(column.name)} |" for column in COLUMNS]
    return "\n".join(["| column | dtype | what | in OpenTelemetry |", "|---|---|---|---|", *rows])


def _told(column: str) -> str:
    place = OF_THE_SPAN.get(column) or f"`{attribute_of(column)}`"
    return f"{place}; {_BY_KIND[column]}" if column in _BY_KIND else place


def messages_json(messages: Iterable[Message]) -> str:
    """A conversation in the form of `gen_ai.input.messages`."""
    return json.dumps([_message(message) for message in messages], ensure_ascii=False, default=str)


def _message(message: Message) -> dict[str, Any]:
    if isinstance(message, ToolResultMessage):
        part = {"type": "tool_call_response", "id": message.tool_call_id, "result": message.text}
        return {"role": "tool", "parts": [part]}
    told: dict[str, Any] = {"role": message.role, "parts": [_part(block) for block in message.content]}
    if isinstance(message, AssistantMessage) and message.stop_reason:
        told["finish_reason"] = message.stop_reason
    return told


def _part(block: Content) -> dict[str, Any]:
    match block:
        case TextContent():
            return {"type": "text", "content": block.text}
        case ThinkingContent():
            return {"type": "reasoning", "content": block.thinking}
        case ToolCallContent():
            return {"type": "tool_call", "id": block.id, "name": block.name, "arguments": block.arguments}
        case ImageContent():
            return {"type": "blob", "mime_type": block.mime_type, "modality": "image", "content": block.data}
