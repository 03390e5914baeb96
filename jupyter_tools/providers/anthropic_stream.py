"""From the bytes of Anthropic's event stream to the pieces of a message. Knows no network."""

from __future__ import annotations

import json
from collections.abc import Mapping

from jupyter_tools.errors import ProviderError
from jupyter_tools.events import StopDelta, StreamPart, ThinkingDelta, ToolCallDelta
from jupyter_tools.json_types import JsonObject, count_at, object_at, text_at
from jupyter_tools.messages import StopReason, Usage
from jupyter_tools.providers.anthropic_messages import REDACTED
from jupyter_tools.providers.failures import failure_of_error_object
from jupyter_tools.providers.typed_events import TypedEventDecoder
from jupyter_tools.thinking import ThinkingDecoder

_STOP_REASONS: Mapping[str, StopReason] = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
}
_STATUS_OF_ERROR = {  # an error inside the stream has no status of its own, and whether to try again depends on it
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
_COUNTS = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens")


class AnthropicDecoder(TypedEventDecoder):
    """Decodes one answer of the messages API."""

    def __init__(self, provider: str, thinking: ThinkingDecoder | None = None) -> None:
        super().__init__(provider, thinking)
        self._kinds: dict[int, str] = {}  # of the open blocks
        self._counts: dict[str, int] = {}
        self._stop_reason: str | None = None

    def _open_ends(self) -> list[StreamPart]:
        return [ThinkingDelta(end=True, cut=True) for kind in self._kinds.values() if kind == "thinking"]

    def _stop(self) -> StopDelta | None:
        if self._stop_reason is None:
            return None
        if self._stop_reason == "refusal":
            message = f"{self._provider}: the model refused to answer. Say it in other words, or ask another model."
            return StopDelta(stop_reason="error", error_message=message, error_type="refusal")
        return StopDelta(stop_reason=_STOP_REASONS.get(self._stop_reason, "stop"))

    def _usage(self) -> Usage | None:
        if not self._counts:
            return None
        read, cached, written_to_cache, output = (self._counts.get(name, 0) for name in _COUNTS)
        return Usage(input_tokens=read + cached + written_to_cache, output_tokens=output, cached_tokens=cached)

    def _take_document(self, document: JsonObject, parts: list[StreamPart]) -> None:
        match document["type"]:
            case "content_block_delta":
                self._take_delta(document["index"], document["delta"], parts)
            case "content_block_start":
                self._start_block(document["index"], document["content_block"], parts)
            case "content_block_stop":
                self._end_block(document["index"], parts)
            case "message_start":
                self._count(object_at(document["message"], "usage"))
            case "message_delta":
                self._stop_reason = text_at(document["delta"], "stop_reason") or self._stop_reason
                self._count(object_at(document, "usage"))
            case "message_stop":
                self.done = True
            case "error":
                self._fail(self._failure_of(document))
            case _:  # a ping, or an event of the future
                pass

    def _take_whole(self, document: JsonObject, parts: list[StreamPart]) -> None:
        if document["type"] == "error":
            self._fail(self._failure_of(document))
            return
        for index, block in enumerate(document["content"]):
            self._start_block(index, block, parts)
            self._end_block(index, parts)
        self._stop_reason = text_at(document, "stop_reason") or "end_turn"
        self._count(object_at(document, "usage"))
        self.done = True

    def _start_block(self, index: int, block: JsonObject, parts: list[StreamPart]) -> None:
        kind = self._kinds[index] = block["type"]
        if kind == "tool_use":
            given = json.dumps(block["input"], ensure_ascii=False) if block.get("input") else ""
            parts.append(
                ToolCallDelta(index=index, id=text_at(block, "id"), name=text_at(block, "name"), arguments=given)
            )
        elif kind == "redacted_thinking":
            parts.append(ThinkingDelta(signature=REDACTED + text_at(block, "data"), end=True))
        elif kind == "text" and text_at(block, "text"):
            parts += self._thinking.decode(text_at(block, "text"))
        elif kind == "thinking" and (text_at(block, "thinking") or text_at(block, "signature")):
            parts.append(ThinkingDelta(text=text_at(block, "thinking"), signature=text_at(block, "signature") or None))

    def _end_block(self, index: int, parts: list[StreamPart]) -> None:
        kind = self._kinds.pop(index, "")
        if kind == "thinking":
            parts.append(ThinkingDelta(end=True))
        elif kind == "text":  # what the decoder holds back belongs before the next block
            parts += self._thinking.flush()

    def _take_delta(self, index: int, delta: JsonObject, parts: list[StreamPart]) -> None:
        match delta["type"]:
            case "text_delta":
                parts += self._thinking.decode(text_at(delta, "text"))
            case "thinking_delta":
                parts.append(ThinkingDelta(text=text_at(delta, "thinking")))
            case "signature_delta":
                parts.append(ThinkingDelta(signature=text_at(delta, "signature")))
            case "input_json_delta" if self._kinds.get(index) == "tool_use":
                parts.append(ToolCallDelta(index=index, arguments=text_at(delta, "partial_json")))
            case _:  # citations, and the input of tools that the server runs by itself
                pass

    def _count(self, usage: JsonObject) -> None:
        self._counts.update({name: count_at(usage, name) for name in _COUNTS if usage.get(name) is not None})

    def _failure_of(self, document: JsonObject) -> ProviderError:
        failure = failure_of_error_object(self._provider, document)
        kind = str(object_at(document, "error").get("type"))
        problem = str(failure).removeprefix(f"{self._provider}: ")
        if kind == "overloaded_error":
            problem = f"the server has too much to do at the moment. It may work again later. ({problem})"
        return ProviderError(self._provider, problem, status=_STATUS_OF_ERROR.get(kind), retryable=failure.retryable)
