"""From the bytes of a chat completion to the pieces of a message. Knows no network.

Servers that call themselves OpenAI-compatible differ in many ways; what is read here, and why, stands in the tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from jupyter_tools.errors import ProviderError
from jupyter_tools.events import StopDelta, StreamPart, ThinkingDelta, UsageDelta
from jupyter_tools.json_types import JsonObject, JsonValue, count_at, json_reader, object_at, text_at
from jupyter_tools.messages import StopReason, Usage
from jupyter_tools.providers.answer_start import TELLING_BYTES, AnswerStart
from jupyter_tools.providers.failures import (
    failure_of_error_object,
    failure_of_malformed,
    failure_of_other_answer,
)
from jupyter_tools.providers.openai_calls import CallFragments
from jupyter_tools.providers.openai_reasoning import DETAILS, ReasoningDetails
from jupyter_tools.providers.sse import ServerSentEvent, SSEDecoder
from jupyter_tools.thinking import ThinkingDecoder

_read_json = json_reader()

_STOP_REASONS: Mapping[str, StopReason] = {"length": "length", "max_tokens": "length", "model_length": "length"}
_FAILED_REASONS: Mapping[str, str] = {
    "content_filter": "the provider's content filter stopped the answer.",
    "insufficient_system_resource": "the server ran out of resources before the answer was complete.",
    "error": "the server broke off with an error and does not say which.",
}
_MOST_DOLLARS = 1e9  # of one answer: what is more, or no number, is no price


class ChatCompletionDecoder:
    """Decodes one answer, a stream of events or one JSON document: its first character tells.

    Args:
        provider: The provider's name, for errors.
        thinking: Splits reasoning from the answer where a model writes it into its text.

    Attributes:
        failure: What went wrong, or None. The parts before it are given all the same.
        done: True once the server has said that this was all.
    """

    def __init__(self, provider: str, thinking: ThinkingDecoder | None = None) -> None:
        self.failure: ProviderError | None = None
        self.done = False
        self._provider = provider
        self._thinking = thinking or ThinkingDecoder()
        self._start = AnswerStart()
        self._sse = SSEDecoder()
        self._calls = CallFragments()
        self._reasoning = False  # inside of structured reasoning
        self._details = ReasoningDetails()
        self._finish_reason: str | None = None

    def decode(self, chunk: bytes) -> list[StreamPart]:
        """The parts that `chunk` completes."""
        if len(self._start.said) < TELLING_BYTES:
            chunk = self._start.take(chunk)
        if self._start.document is not None:
            self._start.document.append(chunk)
            return []
        parts: list[StreamPart] = []
        for event in self._sse.decode(chunk):
            self._take_event(event, parts)
        return parts

    def flush(self) -> list[StreamPart]:
        """The rest at the end of the answer. The last part is a `StopDelta`, unless there is a `failure`."""
        parts: list[StreamPart] = []
        if self._start.document is not None:
            text = b"".join(self._start.document).decode("utf-8-sig", "replace")
            self._take_whole(text, parts)
        for event in self._sse.flush():
            if event.data.strip() == "[DONE]" or _is_json(event.data):  # else it is a half, and the stream was cut
                self._take_event(event, parts)
        parts += self._thinking.flush()
        if self._reasoning:
            cut = self._finish_reason in (None, "length")
            parts.append(ThinkingDelta(end=True, cut=cut, signature=self._details.signature()))
        if self.failure is None:
            self._end(parts)
        return parts

    def break_off(self, failure: ProviderError) -> None:
        """The connection broke. That is no failure if the model had finished before."""
        if self._finish_reason is None and not self.done:
            self.failure = self.failure or failure

    def _end(self, parts: list[StreamPart]) -> None:
        reason = self._finish_reason or ""
        if not reason and not self.done:
            self.failure = self._start.failure_without_end(self._provider)
        elif reason in _FAILED_REASONS:
            message = f"{self._provider}: {_FAILED_REASONS[reason]}"
            parts.append(StopDelta(stop_reason="error", error_message=message, error_type=reason))
        else:  # whether there are calls is known here better than by some servers
            said = _STOP_REASONS.get(reason, "tool_calls" if self._calls.count else "stop")
            parts.append(StopDelta(stop_reason=said))

    def _take_whole(self, text: str, parts: list[StreamPart]) -> None:
        self._take_event(ServerSentEvent(text), parts)
        self.done = True
        if self.failure is None and self._finish_reason is None and not parts:
            self.failure = failure_of_other_answer(self._provider, text)

    def _take_event(self, event: ServerSentEvent, parts: list[StreamPart]) -> None:
        if self.failure is not None or self.done:
            return
        data = event.data
        if data == "[DONE]":
            self.done = True
            return
        try:
            document: JsonValue = _read_json(data)
        except (ValueError, RecursionError):
            self._take_what_is_no_json(event)
            return
        if not isinstance(document, dict) or event.event == "error" or cast("JsonObject", document).get("error"):
            self.failure = failure_of_error_object(self._provider, document)
            return
        try:
            self._take_document(cast("JsonObject", document), parts)
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError):  # JSON, but of another shape
            self.failure = failure_of_malformed(self._provider, data)

    def _take_what_is_no_json(self, event: ServerSentEvent) -> None:
        data = event.data.strip()
        if data == "[DONE]":
            self.done = True
        elif event.event == "error":
            self.failure = failure_of_error_object(self._provider, data)
        elif data:  # empty events keep a connection alive
            self.failure = failure_of_malformed(self._provider, data)

    def _take_document(self, document: JsonObject, parts: list[StreamPart]) -> None:
        for choice in document.get("choices") or ():
            if not choice.get("index"):  # the first of several answers; there is only one place for it
                self._take_delta(choice.get("delta") or choice.get("message") or {}, parts)
                self._finish_reason = text_at(choice, "finish_reason") or self._finish_reason
        usage = object_at(document, "usage") or object_at(object_at(document, "x_groq"), "usage")
        if usage:
            parts.append(UsageDelta(usage=_usage_of(usage)))

    def _take_delta(self, delta: JsonObject, parts: list[StreamPart]) -> None:
        reasoning = delta.get("reasoning_content") or delta.get("reasoning")
        if details := delta.get(DETAILS):
            self._reasoning = True
            self._details.take(details)
        if reasoning and isinstance(reasoning, str):
            self._take_reasoning(reasoning, parts)
        if content := delta.get("content"):
            self._take_content(content, parts)
        if refusal := delta.get("refusal"):
            self._take_content(refusal, parts)
        if calls := delta.get("tool_calls"):
            self._end_reasoning(parts)
            parts += self._calls.take(calls)
        if call := delta.get("function_call"):  # what calls were before there could be several
            self._end_reasoning(parts)
            parts += self._calls.take([{"index": 0, "function": call}])

    def _take_reasoning(self, text: str, parts: list[StreamPart]) -> None:
        self._reasoning = True
        parts.append(ThinkingDelta(text=text))

    def _end_reasoning(self, parts: list[StreamPart]) -> None:
        if self._reasoning:
            self._reasoning = False
            parts.append(ThinkingDelta(end=True, signature=self._details.signature()))

    def _take_content(self, content: JsonValue, parts: list[StreamPart]) -> None:
        if isinstance(content, str):
            if self._reasoning:
                self._end_reasoning(parts)
            parts += self._thinking.decode(content)
            return
        for item in _items_of(content):  # parts, as in Mistral's reasoning models
            if thought := item.get("thinking"):
                pieces = [thought] if isinstance(thought, str) else [piece["text"] for piece in _items_of(thought)]
                self._take_reasoning("".join(pieces), parts)
            elif text := item.get("text"):
                self._take_content(text, parts)


def _items_of(value: JsonValue) -> Iterable[JsonObject]:
    items: list[Any] = cast("list[Any]", value) if isinstance(value, list) else [value]
    for item in items:
        yield {"text": item} if isinstance(item, str) else {"text": "", **item}


def _usage_of(usage: JsonObject) -> Usage:
    read = object_at(usage, "prompt_tokens_details")
    written = object_at(usage, "completion_tokens_details")
    return Usage(
        input_tokens=count_at(usage, "prompt_tokens"),
        output_tokens=count_at(usage, "completion_tokens"),
        reasoning_tokens=count_at(written, "reasoning_tokens"),
        cached_tokens=count_at(read, "cached_tokens") or count_at(usage, "prompt_cache_hit_tokens"),
        cost=_dollars(usage.get("cost")),
    )


def _dollars(said: JsonValue) -> float | None:
    """What an answer cost, where the server says it itself, as OpenRouter does."""
    return float(said) if type(said) in (int, float) and 0 <= said < _MOST_DOLLARS else None


def _is_json(text: str) -> bool:
    try:
        _read_json(text)
    except (ValueError, RecursionError):
        return False
    return True
