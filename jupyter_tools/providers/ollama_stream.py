"""From the lines of Ollama's answer to the pieces of a message. Knows no network."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from jupyter_tools.errors import ProviderError
from jupyter_tools.events import StopDelta, StreamPart, ThinkingDelta, ToolCallDelta, UsageDelta
from jupyter_tools.json_types import JsonObject, count_at, object_at, text_at
from jupyter_tools.messages import StopReason, Usage
from jupyter_tools.providers.failures import (
    failure_of_cut,
    failure_of_error_object,
    failure_of_malformed,
    failure_of_other_answer,
    failure_of_page,
)
from jupyter_tools.thinking import ThinkingDecoder

_HINT = "it often is http://localhost:11434"
_STOP_REASONS: Mapping[str, StopReason] = {"length": "length"}


class OllamaDecoder:
    """Decodes one answer: a line of JSON for each piece, or one document.

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
        self._pieces: list[bytes] = []  # of a line whose end has not come yet
        self._thinking = thinking or ThinkingDecoder()  # for models whose reasoning the server does not tell apart
        self._reasoning = False
        self._calls = 0
        self._stop_reason: StopReason = "stop"
        self._begun = False

    def decode(self, chunk: bytes) -> list[StreamPart]:
        """The parts that `chunk` completes."""
        first, *others = chunk.split(b"\n")
        self._pieces.append(first)
        parts: list[StreamPart] = []
        for piece in others:
            self._take_line(b"".join(self._pieces), parts)
            self._pieces = [piece]
        return parts

    def flush(self) -> list[StreamPart]:
        """The rest at the end of the answer. The last part is a `StopDelta`, unless there is a `failure`."""
        parts: list[StreamPart] = []
        rest = b"".join(self._pieces).strip()
        if rest.endswith(b"}") or (rest and not rest.startswith(b"{")):  # else the stream was cut
            self._take_line(rest, parts)
        parts += self._thinking.flush()
        if self._reasoning:
            parts.append(ThinkingDelta(end=True, cut=not self.done or self._stop_reason == "length"))
        if not self.done and self.failure is None:
            self.failure = failure_of_cut(self._provider)
        if self.failure is None:
            called = self._calls and self._stop_reason == "stop"
            parts.append(StopDelta(stop_reason="tool_calls" if called else self._stop_reason))
        return parts

    def break_off(self, failure: ProviderError) -> None:
        """The connection broke. That is no failure if the model had finished before."""
        if not self.done:
            self.failure = self.failure or failure

    def _take_line(self, line: bytes, parts: list[StreamPart]) -> None:
        text = line.decode("utf-8", "replace").strip().lstrip("\ufeff")
        if not text or self.failure is not None or self.done:
            return
        if text.startswith("<"):
            self.failure = failure_of_page(self._provider, _HINT)
            return
        try:
            document = json.loads(text)
            self._begun = self._begun or _is_of_an_answer(document)
            self._take_document(document, parts)
        except (ValueError, AttributeError, KeyError, TypeError, RecursionError):  # no JSON, or of another shape
            self.failure = failure_of_malformed(self._provider, text)
        if not self._begun and not (self.failure and text.startswith("{")):  # else it may be a broken line of ours
            self.failure = failure_of_other_answer(self._provider, text, _HINT)

    def _take_document(self, document: JsonObject, parts: list[StreamPart]) -> None:
        if document.get("error"):
            self.failure = failure_of_error_object(self._provider, document)
            return
        message = object_at(document, "message")
        if thinking := text_at(message, "thinking") or text_at(message, "reasoning_content"):
            self._reasoning = True
            parts.append(ThinkingDelta(text=thinking))
        if content := text_at(message, "content"):
            self._end_reasoning(parts)
            parts += self._thinking.decode(content)
        if calls := message.get("tool_calls"):
            self._end_reasoning(parts)
            self._take_calls(calls, parts)
        if document.get("done"):
            self._end(document, parts)

    def _take_calls(self, calls: Sequence[JsonObject], parts: list[StreamPart]) -> None:
        for call in calls:  # each comes whole
            function: JsonObject = call["function"]
            given = function.get("arguments")
            arguments = given if isinstance(given, str) else json.dumps(given or {}, ensure_ascii=False)
            call_id = str(call.get("id") or "")
            parts.append(
                ToolCallDelta(index=self._calls, id=call_id, name=text_at(function, "name"), arguments=arguments)
            )
            self._calls += 1

    def _end_reasoning(self, parts: list[StreamPart]) -> None:
        if self._reasoning:
            self._reasoning = False
            parts.append(ThinkingDelta(end=True))

    def _end(self, document: JsonObject, parts: list[StreamPart]) -> None:
        self.done = True
        self._stop_reason = _STOP_REASONS.get(str(document.get("done_reason")), "stop")
        if "prompt_eval_count" in document or "eval_count" in document:
            read, written = count_at(document, "prompt_eval_count"), count_at(document, "eval_count")
            parts.append(UsageDelta(usage=Usage(input_tokens=read, output_tokens=written)))


def _is_of_an_answer(document: JsonObject) -> bool:
    return isinstance(document.get("message"), dict) or "done" in document or "error" in document
