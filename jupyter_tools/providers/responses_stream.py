"""From the bytes of a Responses stream to the pieces of a message. Knows no network."""

from __future__ import annotations

import json

from jupyter_tools.errors import ProviderError
from jupyter_tools.events import StopDelta, StreamPart, ThinkingDelta, ToolCallDelta
from jupyter_tools.json_types import JsonObject, count_at, object_at, text_at
from jupyter_tools.messages import Usage
from jupyter_tools.providers.failures import failure_of_error_object
from jupyter_tools.providers.typed_events import TypedEventDecoder
from jupyter_tools.thinking import ThinkingDecoder

_STATUS_OF_ERROR = {"rate_limit_exceeded": 429, "server_error": 500}
_ENDS = ("response.completed", "response.incomplete", "response.failed", "response.cancelled")


class ResponsesDecoder(TypedEventDecoder):
    """Decodes one answer of the Responses API."""

    def __init__(self, provider: str, thinking: ThinkingDecoder | None = None) -> None:
        super().__init__(provider, thinking)
        self._ended: JsonObject = {}  # the response as the last event has it
        self._called: dict[int, bool] = {}  # for each call, whether its arguments have begun to come
        self._numbers: dict[str, int] = {}  # of items, by their ids
        self._reasoning = False

    def _open_ends(self) -> list[StreamPart]:
        return [ThinkingDelta(end=True, cut=True)] if self._reasoning else []

    def _stop(self) -> StopDelta | None:
        if not self._ended:
            return None
        reason = object_at(self._ended, "incomplete_details").get("reason")
        if reason == "content_filter":
            message = f"{self._provider}: the provider's content filter stopped the answer."
            return StopDelta(stop_reason="error", error_message=message, error_type=reason)
        if reason is not None:
            return StopDelta(stop_reason="length")
        return StopDelta(stop_reason="tool_calls" if self._called else "stop")

    def _usage(self) -> Usage | None:
        usage = object_at(self._ended, "usage")
        if not usage:
            return None
        return Usage(
            input_tokens=count_at(usage, "input_tokens"),
            output_tokens=count_at(usage, "output_tokens"),
            reasoning_tokens=count_at(object_at(usage, "output_tokens_details"), "reasoning_tokens"),
            cached_tokens=count_at(object_at(usage, "input_tokens_details"), "cached_tokens"),
        )

    def _take_document(self, document: JsonObject, parts: list[StreamPart]) -> None:
        kind: str = document["type"]
        match kind:
            case "response.output_text.delta" | "response.refusal.delta":
                parts += self._thinking.decode(text_at(document, "delta"))
            case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
                self._think(text_at(document, "delta"), parts)
            case "response.reasoning_summary_part.added" if document["summary_index"]:
                self._think("\n\n", parts)
            case "response.function_call_arguments.delta":
                number = self._number_of(document)
                self._called[number] = True
                parts.append(ToolCallDelta(index=number, arguments=text_at(document, "delta")))
            case "response.output_item.added":
                self._start_item(self._number_of(document), document["item"], parts)
            case "response.output_item.done":
                self._end_item(self._number_of(document), document["item"], parts)
            case "error":
                self._fail(self._failure_of(document))
            case _ if kind in _ENDS:
                self._end(object_at(document, "response"))
            case _:  # what is said twice, and events of the future
                pass

    def _take_whole(self, document: JsonObject, parts: list[StreamPart]) -> None:
        items: list[JsonObject] = [] if document.get("error") else document["output"]
        for index, item in enumerate(items):
            pieces: list[JsonObject] = item.get("summary") or item.get("content") or []
            texts = [text_at(piece, "text") or text_at(piece, "refusal") for piece in pieces]
            if item["type"] == "message":
                parts += self._thinking.decode("".join(texts))
            elif item["type"] == "reasoning":
                self._think("\n\n".join(texts), parts)
            self._end_item(index, item, parts)
        self._end(document)

    def _number_of(self, document: JsonObject) -> int:
        """Which item an event is about: its index, or, for servers that leave it out, by the item's ids."""
        index = document.get("output_index")
        if isinstance(index, int):
            return index
        item = object_at(document, "item")
        ids = [text for text in (text_at(item, "id"), text_at(item, "call_id"), text_at(document, "item_id")) if text]
        if not ids:
            raise KeyError("output_index")
        number = next((self._numbers[text] for text in ids if text in self._numbers), len(self._numbers))
        self._numbers.update(dict.fromkeys(ids, number))
        return number

    def _think(self, text: str, parts: list[StreamPart]) -> None:
        self._reasoning = True
        parts.append(ThinkingDelta(text=text))

    def _start_item(self, index: int, item: JsonObject, parts: list[StreamPart]) -> None:
        if item["type"] == "function_call":
            self._called[index] = False
            parts.append(ToolCallDelta(index=index, id=text_at(item, "call_id"), name=text_at(item, "name")))

    def _end_item(self, index: int, item: JsonObject, parts: list[StreamPart]) -> None:
        if item["type"] == "message":  # what the decoder holds back belongs before the next item
            parts += self._thinking.flush()
        elif item["type"] == "reasoning":
            self._reasoning = False
            parts.append(ThinkingDelta(signature=_signature(item), end=True))
        elif item["type"] == "function_call" and not self._called.get(index):
            if index not in self._called:
                self._start_item(index, item, parts)
            self._called[index] = True
            parts.append(ToolCallDelta(index=index, arguments=text_at(item, "arguments")))

    def _end(self, response: JsonObject) -> None:
        self._ended = response
        self.done = True
        if response.get("error") or response.get("status") in ("failed", "cancelled"):
            self._fail(self._failure_of(response))

    def _failure_of(self, document: JsonObject) -> ProviderError:
        failure = failure_of_error_object(self._provider, document)
        said = object_at(document, "error") or document
        status = _STATUS_OF_ERROR.get(str(said.get("code")), 400)
        problem = str(failure).removeprefix(f"{self._provider}: ")
        return ProviderError(self._provider, problem, status=status, retryable=failure.retryable)


def _signature(item: JsonObject) -> str | None:
    """What the server wants back with its reasoning, if it has given it to keep."""
    if not item.get("encrypted_content"):
        return None
    return json.dumps({"id": item["id"], "encrypted_content": item["encrypted_content"]})
