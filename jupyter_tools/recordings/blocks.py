"""The pieces of an answer with their times, as a few blocks that a person can read, and back again.

A block is a whole text, a whole reasoning, a tool call or a notice. Its `timing` is a list of `[length, ms]`: so many
characters came so many milliseconds after the request. Reasoning that was closed is `ended`: at the last of its times.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from jupyter_tools.events import Notice, StreamPart, TextDelta, ThinkingDelta, ToolCallDelta
from jupyter_tools.json_types import JsonObject

TimedPart: TypeAlias = tuple[float, StreamPart]  # milliseconds since the request, and what came
_Timing: TypeAlias = list[list[float]]


def blocks_of(parts: Iterable[TimedPart]) -> list[JsonObject]:
    """The parts, folded into blocks in the order in which they began."""
    blocks: list[JsonObject] = []
    calls: dict[int, JsonObject] = {}
    for ms, part in parts:
        match part:
            case TextDelta():
                _add(_open_block(blocks, "text"), "text", part.text, ms)
            case ThinkingDelta():
                _add_thinking(_open_block(blocks, "thinking"), part, ms)
            case ToolCallDelta():
                _add_call(blocks, calls, part, ms)
            case Notice():
                blocks.append(_notice(part, ms))
            case _:  # usage and the reason to stop are no part of the answer
                pass
    return blocks


def parts_of(blocks: Iterable[JsonObject]) -> list[TimedPart]:
    """The parts that `blocks_of` folded, in the order of their times.

    Raises:
        ValueError: If a block is of no known type.
    """
    timed = [part for number, block in enumerate(blocks) for part in _unfolded(block, number)]
    return sorted(timed, key=lambda part: part[0])


# --- folding ---
def _open_block(blocks: list[JsonObject], kind: str) -> JsonObject:
    last = blocks[-1] if blocks else None
    if last is None or last["type"] != kind or "ended" in last:
        blocks.append({"type": kind, "text": "", "timing": []})
    return blocks[-1]


def _add(block: JsonObject, name: str, text: str, ms: float) -> None:
    block[name] += text
    block["timing"].append([len(text), ms])


def _add_thinking(block: JsonObject, part: ThinkingDelta, ms: float) -> None:
    _add(block, "text", part.text, ms)
    if part.signature is not None:
        block["signature"] = part.signature
    if part.cut:
        block["cut"] = True
    if part.end:
        block["ended"] = True


def _add_call(blocks: list[JsonObject], calls: dict[int, JsonObject], part: ToolCallDelta, ms: float) -> None:
    if part.index not in calls:
        calls[part.index] = {"type": "tool_call", "name": "", "arguments": "", "timing": []}
        blocks.append(calls[part.index])
    block = calls[part.index]
    block["name"] = block["name"] or part.name
    _add(block, "arguments", part.arguments, ms)


def _notice(part: Notice, ms: float) -> JsonObject:
    notice: JsonObject = {"type": "notice", "text": part.text, "kind": part.kind, "timing": [[len(part.text), ms]]}
    optional = {"fraction": part.fraction, "provider": part.provider, "model": part.model}
    return notice | {name: value for name, value in optional.items() if value not in (None, "")}


# --- unfolding ---
def _unfolded(block: JsonObject, number: int) -> Iterator[TimedPart]:
    match block.get("type"):
        case "text":
            for ms, text in _pieces(block, "text"):
                yield ms, TextDelta(text=text)
        case "thinking":
            yield from _thinking(block)
        case "tool_call":
            for place, (ms, text) in enumerate(_pieces(block, "arguments")):
                yield ms, ToolCallDelta(index=number, name=block["name"] if place == 0 else "", arguments=text)
        case "notice":
            names = ("text", "kind", "fraction", "provider", "model")
            yield _last_ms(block), Notice(**{name: block[name] for name in names if name in block})
        case kind:
            raise ValueError(f"a block of type {kind!r} is not known")


def _thinking(block: JsonObject) -> Iterator[TimedPart]:
    for ms, text in _pieces(block, "text"):
        if text:
            yield ms, ThinkingDelta(text=text)
    signature, cut, ended = block.get("signature"), block.get("cut", False), block.get("ended", False)
    if signature is not None or cut or ended:
        yield _last_ms(block), ThinkingDelta(signature=signature, cut=cut, end=ended)


def _last_ms(block: JsonObject) -> float:
    timing: _Timing = block.get("timing") or [[0, 0.0]]
    return timing[-1][1]


def _pieces(block: JsonObject, name: str) -> Iterator[tuple[float, str]]:
    """The text, cut where it was. A text that a person has changed since is cut where it can be."""
    text: str = block[name]
    timing: _Timing = block.get("timing") or [[len(text), 0.0]]
    start = 0
    for place, (length, ms) in enumerate(timing):
        end = len(text) if place == len(timing) - 1 else start + int(length)
        yield ms, text[start:end]
        start = end
