"""Which fragment belongs to which tool call, on wires that do not always say so."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jupyter_tools.events import ThinkingDelta, ToolCallDelta
from jupyter_tools.json_types import JsonObject, JsonValue, object_at, text_at
from jupyter_tools.providers.openai_dialect import signature_of


@dataclass(slots=True)
class _Call:
    number: int
    id: str
    pieces: list[str]

    @property
    def complete(self) -> bool:
        try:
            json.loads("".join(self.pieces))
        except (ValueError, RecursionError):
            return False
        return True


class CallFragments:
    """Numbers the tool calls of one answer.

    A fragment should carry the call's index, and its id and name once. Some servers leave out the index, repeat id and
    name, make up a new id for each fragment, or send every call under index 0, with ids or without. What tells a new
    call from more of the last one is then whether the last one's arguments are complete.
    """

    def __init__(self) -> None:
        self.count = 0
        self._by_index: dict[int, _Call] = {}
        self._by_id: dict[str, _Call] = {}
        self._last: _Call | None = None

    def take(self, fragments: Sequence[JsonObject]) -> Iterable[ToolCallDelta | ThinkingDelta]:
        """The fragments as deltas, each with its call's number; what a call is signed with stands before it."""
        for fragment in fragments:
            if "extra_content" in fragment and (signature := signature_of(fragment)):
                yield ThinkingDelta(signature=signature, end=True)
            function = object_at(fragment, "function")
            name, arguments = text_at(function, "name"), _as_text(function.get("arguments"))
            index, call_id = fragment.get("index"), _as_id(fragment.get("id"))
            call = self._known(index, call_id, name, arguments)
            if call is None:
                self._last = call = self._new(index, call_id, arguments)
                yield ToolCallDelta(index=call.number, id=call_id, name=name, arguments=arguments)
            else:
                self._last = call
                call.pieces.append(arguments)
                yield ToolCallDelta(index=call.number, arguments=arguments)

    def _known(self, index: int | None, call_id: str, name: str, arguments: str) -> _Call | None:
        if index is None:
            if call_id:
                return self._by_id.get(call_id)
            return None if self._last is None or (name and self._last.complete) else self._last
        call = self._by_index.get(index)
        if call is None or not name or (call_id and call_id == call.id):
            return call
        is_another = bool(call_id or arguments.strip()) and call.complete
        return None if is_another else call

    def _new(self, index: int | None, call_id: str, arguments: str) -> _Call:
        call = _Call(self.count, call_id, [arguments])
        self.count += 1
        if index is not None:
            self._by_index[index] = call
        if call_id:
            self._by_id[call_id] = call
        return call


def _as_id(said: JsonValue) -> str:
    if isinstance(said, str):
        return said
    return str(said) if type(said) is int else ""


def _as_text(arguments: JsonValue) -> str:
    if isinstance(arguments, str):
        return arguments
    return "" if arguments is None else json.dumps(arguments, ensure_ascii=False)
