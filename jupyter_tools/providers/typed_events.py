"""Event streams whose every event is JSON that names its type: what Anthropic's and OpenAI's newer wires share."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import cast

from jupyter_tools.errors import ProviderError
from jupyter_tools.events import StopDelta, StreamPart, UsageDelta
from jupyter_tools.json_types import JsonObject, JsonValue, object_at
from jupyter_tools.messages import Usage
from jupyter_tools.providers.answer_start import TELLING_BYTES, AnswerStart
from jupyter_tools.providers.failures import (
    failure_of_error_object,
    failure_of_malformed,
    failure_of_other_answer,
)
from jupyter_tools.providers.sse import ServerSentEvent, SSEDecoder
from jupyter_tools.thinking import ThinkingDecoder


class TypedEventDecoder(ABC):
    """Decodes one answer, a stream of events or one JSON document. A wire says what they mean, and what its end is.

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
        self._sse = SSEDecoder()
        self._start = AnswerStart()
        self._said = False

    def decode(self, chunk: bytes) -> list[StreamPart]:
        """The parts that `chunk` completes."""
        if len(self._start.said) < TELLING_BYTES:
            chunk = self._start.take(chunk)
        if self._start.document is not None:
            self._start.document.append(chunk)
            return []
        return self._take(self._sse.decode(chunk))

    def flush(self) -> list[StreamPart]:
        """The rest at the end of the answer. The last part is a `StopDelta`, unless there is a `failure`."""
        whole = [event for event in self._sse.flush() if event.data.rstrip().endswith("}")]  # else the stream was cut
        parts = self._take(whole)
        if self._start.document is not None:
            self._take_text(b"".join(self._start.document).decode("utf-8", "replace"), parts)
        parts += [*self._thinking.flush(), *self._open_ends()]
        stop, usage = self._stop(), self._usage()
        if stop is None and self.failure is None:
            self.failure = self._start.failure_without_end(self._provider)
        if usage is not None and (self._said or self.failure is None):  # alone it is no answer: that is tried again
            parts.append(UsageDelta(usage=usage))
        if stop is not None and self.failure is None:
            parts.append(stop)
        return parts

    def break_off(self, failure: ProviderError) -> None:
        """The connection broke. That is no failure if the model had finished before."""
        if self._stop() is None and not self.done:
            self.failure = self.failure or failure

    def _fail(self, failure: ProviderError) -> None:
        self.failure = failure

    def _take(self, events: list[ServerSentEvent]) -> list[StreamPart]:
        parts: list[StreamPart] = []
        for event in events:
            if self.failure is None and not self.done:
                self._take_event(event.data, parts)
        self._said = self._said or bool(parts)
        return parts

    def _take_text(self, text: str, parts: list[StreamPart]) -> None:
        """Read an answer that came in one piece."""
        try:
            document: JsonValue = json.loads(text)
        except (ValueError, RecursionError):
            self.failure = failure_of_malformed(self._provider, text)
            return
        try:
            self._take_whole(cast("JsonObject", document), parts)
            self._said = bool(parts)
        except (ValueError, AttributeError, KeyError, TypeError):  # of another shape
            self.failure = self._failure_in(document) or failure_of_other_answer(self._provider, text)

    def _failure_in(self, document: JsonValue) -> ProviderError | None:
        told = isinstance(document, list) or object_at({"": document}, "").get("error")
        return failure_of_error_object(self._provider, document) if told else None

    def _take_event(self, data: str, parts: list[StreamPart]) -> None:
        if data.strip() in ("", "[DONE]"):  # empty events keep a connection alive
            return
        document: JsonValue = None
        try:
            document = json.loads(data)
            self._take_document(cast("JsonObject", document), parts)
        except (ValueError, AttributeError, KeyError, TypeError, RecursionError):  # no JSON, or of another shape
            told = self._failure_in(document) if isinstance(document, dict) else None
            self.failure = told or failure_of_malformed(self._provider, data)

    @abstractmethod
    def _take_document(self, document: JsonObject, parts: list[StreamPart]) -> None:
        """Read one event; what is of another shape than it should be may raise `KeyError` and its like."""

    @abstractmethod
    def _take_whole(self, document: JsonObject, parts: list[StreamPart]) -> None:
        """Read an answer in one piece; one of another shape raises as for `_take_document`."""

    @abstractmethod
    def _open_ends(self) -> list[StreamPart]:
        """What closes the blocks that the stream left open."""

    @abstractmethod
    def _usage(self) -> Usage | None:
        """The tokens, as far as they are known."""

    @abstractmethod
    def _stop(self) -> StopDelta | None:
        """Why the model stopped; None if it has not said so."""
