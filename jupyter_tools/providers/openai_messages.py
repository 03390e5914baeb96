"""From our messages and tools to the JSON of chat completions. Each is encoded once, however often it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import pairwise
from typing import Any, TypeVar
from weakref import ref

from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.json_writer import json_writer
from jupyter_tools.messages import (
    AssistantMessage,
    ImageContent,
    Message,
    SystemMessage,
    ToolCallContent,
    ToolResultMessage,
    UserContent,
    UserMessage,
    text_of,
)
from jupyter_tools.providers.base import Request
from jupyter_tools.providers.openai_dialect import Dialect, dialect_of
from jupyter_tools.providers.openai_reasoning import SEND_OPTION, reasoning_to_wire
from jupyter_tools.providers.output_schema import options_of
from jupyter_tools.tools.tool import AgentTool

T = TypeVar("T")

OUR_OPTIONS = {"starts_in_thinking", SEND_OPTION}  # options of the model that are not for the server


_compact = json_writer(",", ":")
_spaced = json_writer()
_SEEN = b'{"role":"assistant","content":"I have the results."}'


def to_json(value: JsonValue) -> bytes:
    """Compact JSON. Half a surrogate pair, which some models write, becomes a question mark and not an error."""
    return _compact(value).encode("utf-8", "replace")


class _Encoded(ref[Any]):
    """The JSON of something that lives, and of what stands after it."""

    __slots__ = ("after", "json", "key")
    after: tuple[object, ...]
    json: bytes
    key: tuple[int, str]


class EncodedOnce:
    """JSON of things that never change, by their identity, so that a long conversation costs no more a turn.

    What is encoded is forgotten with the thing: a provider outlives many conversations.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[int, str], _Encoded] = {}

    def json(self, item: T, encode: Callable[[T], JsonObject], variant: str = "", after: tuple[T, ...] = ()) -> bytes:
        """`encode(item)` as JSON, and that of what always stands after it, such as a call's results, with commas.

        An item that is encoded in several ways has a variant for each.
        """
        key = id(item), variant
        kept = self._kept.get(key)
        if kept is None or kept.after != after:
            kept = self._kept[key] = _Encoded(item, self._forget)
            kept.key, kept.after = key, after
            kept.json = to_json([encode(item), *map(encode, after)])[1:-1]
        return kept.json

    def _forget(self, encoded: _Encoded) -> None:
        del self._kept[encoded.key]


def request_body(request: Request, kept: EncodedOnce, base_url: str = "") -> bytes:
    """The body of a chat completions request to `base_url`. What the model's options set to None is left out."""
    dialect = dialect_of(request.model, base_url)
    fields: dict[str, Any] = {
        "model": request.model.name,
        "stream": True,
        "stream_options": dialect.usage_request(),
        **_tool_choice(request),
        **options_of(request),
    }
    if not fields["stream"]:
        del fields["stream_options"]
    given = {name: value for name, value in fields.items() if value is not None and name not in OUR_OPTIONS}
    messages = _encoded_messages(request.messages, kept, dialect)
    parts = [to_json(dialect.named(given))[:-1], b',"messages":[', b",".join(messages), b"]"]
    if request.tools:
        parts += [b',"tools":[', b",".join(kept.json(tool, tool_to_wire) for tool in request.tools), b"]"]
    return b"".join([*parts, b"}"])


def _tool_choice(request: Request) -> Mapping[str, JsonValue]:
    if not request.tools or request.tool_choice == "auto":
        return {}
    if request.tool_choice in ("none", "required"):
        return {"tool_choice": request.tool_choice}
    return {"tool_choice": {"type": "function", "function": {"name": request.tool_choice}}}


def _encoded_messages(messages: tuple[Message, ...], kept: EncodedOnce, dialect: Dialect) -> Iterable[bytes]:
    encode, variant = partial(message_to_wire, dialect=dialect), dialect.key
    starts = [at for at, message in enumerate(messages) if not isinstance(message, ToolResultMessage) or at == 0]
    for start, end in pairwise([*starts, len(messages)]):
        turn = messages[start:end]  # a message, and the results of its calls
        said = turn if _says_something(turn[0]) else turn[1:]
        if said:
            yield kept.json(said[0], encode, variant, said[1:])
        if isinstance(turn[-1], ToolResultMessage):
            is_user = end < len(messages) and isinstance(messages[end], UserMessage)
            yield from _after_results(_images_of_tools(turn), dialect, is_user=is_user)


def _says_something(message: Message) -> bool:
    return not isinstance(message, AssistantMessage) or message.calls_tools or bool(message.text)


def _images_of_tools(messages: Iterable[Message]) -> list[ImageContent]:
    """The wire takes them only from users, after all results."""
    results = [message for message in messages if isinstance(message, ToolResultMessage)]
    return [block for result in results for block in result.content if isinstance(block, ImageContent)]


def _after_results(images: list[ImageContent], dialect: Dialect, *, is_user: bool) -> Iterable[bytes]:
    """What stands between the tools' results and the next message."""
    if dialect.is_mistral and (images or is_user):
        yield _SEEN
    if images:
        yield to_json(_images_to_wire(images))


def message_to_wire(message: Message, dialect: Dialect) -> JsonObject:
    """One message. A tool's images are not in it: see `request_body`."""
    match message:
        case ToolResultMessage():
            return {"role": "tool", "tool_call_id": dialect.call_id(message.tool_call_id), "content": message.text}
        case SystemMessage():
            return {"role": "system", "content": text_of(message.content)}
        case UserMessage():
            return {"role": "user", "content": _content_to_wire(message.content)}
        case AssistantMessage():
            calls = [_call_to_wire(call, dialect) for call in message.tool_calls]
            for call, signature in zip(calls, dialect.signatures(message), strict=False):  # usually there is none
                call.update(signature)
            wire: JsonObject = {"role": "assistant", "content": message.text or None}
            wire.update(reasoning_to_wire(message, dialect.reasoning))
            return {**wire, "tool_calls": calls} if calls else wire


def _content_to_wire(content: Iterable[UserContent]) -> JsonValue:
    blocks = list(content)
    if not any(isinstance(block, ImageContent) for block in blocks):
        return text_of(blocks)
    return [_block_to_wire(block) for block in blocks]


def _block_to_wire(block: UserContent) -> JsonObject:
    if isinstance(block, ImageContent):
        return {"type": "image_url", "image_url": {"url": f"data:{block.mime_type};base64,{block.data}"}}
    return {"type": "text", "text": block.text}


def _images_to_wire(images: Iterable[ImageContent]) -> JsonObject:
    label: JsonObject = {"type": "text", "text": "The images that the tools gave:"}
    return {"role": "user", "content": [label, *map(_block_to_wire, images)]}


def _call_to_wire(call: ToolCallContent, dialect: Dialect) -> JsonObject:
    function: JsonObject = {"name": call.name, "arguments": _spaced(call.arguments)}
    return {"id": dialect.call_id(call.id), "type": "function", "function": function}


def tool_to_wire(tool: AgentTool) -> JsonObject:
    """A tool's name, description and schema."""
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}
