"""The older door to prompted tools: OpenAI's dicts in, a mixed stream of pieces out."""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, cast

from jupyter_tools.errors import ConfigurationError, ProviderError
from jupyter_tools.events import StopDelta, StreamPart, TextDelta, ThinkingDelta, ToolCallDelta, UsageDelta
from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.messages import Message, Usage, UserMessage
from jupyter_tools.providers.base import Model, Provider, Request
from jupyter_tools.providers.failures import failure_of_cut
from jupyter_tools.providers.openai_dicts import (
    image_from,
    messages_from_openai,
    tool_choice_from_openai,
    tools_from_openai,
)
from jupyter_tools.providers.registry import parse_model, provider_for
from jupyter_tools.thinking import Reasoning
from jupyter_tools.tools.signatures import signature_of
from jupyter_tools.tools.tool import AgentTool


@dataclass(frozen=True, slots=True)
class ToolCalls:
    """The calls of one answer, in OpenAI's shape."""

    calls: tuple[JsonObject, ...]

    def get_list(self) -> list[JsonObject]:
        """The calls as a list of dicts."""
        return list(self.calls)


@dataclass(frozen=True, slots=True)
class FinishReason:
    """Why the model stopped: "stop", "length" or "tool_calls"."""

    reason: str


Chunk: TypeAlias = str | Reasoning | ToolCalls | Usage | FinishReason


def resolve(
    model: str, provider: str | Provider | None, options: Mapping[str, JsonValue], api_key: str | None = None
) -> tuple[Model, Provider]:
    """The model and who answers for it. An explicit provider wins over one named before the model's colon.

    A `base_url` among the options is where the provider's server is.

    Raises:
        UnknownNameError: If there is no such provider.
        ConfigurationError: If there is an API key and the provider takes none.
    """
    options = dict(options)
    base_url = cast("str | None", options.pop("base_url", None))
    if provider is None:
        chosen = parse_model(model, base_url=base_url, options=options)
    else:
        name = provider if isinstance(provider, str) else provider.name
        chosen = Model(provider=name, name=model.removeprefix(f"{name}:"), base_url=base_url, options=options)
    answering = provider_for(chosen) if provider is None or isinstance(provider, str) else provider
    return chosen, _with_key(answering, api_key) if api_key else answering


def _with_key(provider: Provider, api_key: str) -> Provider:
    if "api_key" not in signature_of(type(provider)).parameters:
        raise ConfigurationError(f"The provider {provider.name!r} takes no API key. Leave api_key out.")
    return cast("Callable[..., Provider]", type(provider))(api_key=api_key)


def request_from_openai(
    model: Model,
    messages: Iterable[Mapping[str, JsonValue]],
    *,
    media: Iterable[Any] | None = None,
    tools: Iterable[Mapping[str, JsonValue] | AgentTool | str] | None = None,
    tool_choice: JsonValue = None,
) -> Request:
    """OpenAI's dicts as a request; images in `media` go with the last thing the user said."""
    ours = messages_from_openai(messages)
    return Request(
        model=model,
        messages=_with_images(ours, media) if media else ours,
        tools=tools_from_openai(tools or ()),
        tool_choice=tool_choice_from_openai(tool_choice),
    )


def _with_images(messages: tuple[Message, ...], media: Iterable[Any]) -> tuple[Message, ...]:
    images = tuple(image_from(item) for item in media)
    for number in range(len(messages) - 1, -1, -1):
        message = messages[number]
        if isinstance(message, UserMessage):
            shown = replace(message, content=(*message.content, *images))
            return (*messages[:number], shown, *messages[number + 1 :])
    return (*messages, UserMessage(content=images))


async def chunks_of(provider: Provider, request: Request, *, whole: bool = False) -> AsyncGenerator[Chunk]:
    """An answer as the older door's pieces: text and reasoning, then calls, usage and the reason.

    Args:
        provider: Who answers.
        request: What is asked.
        whole: True to get the text in one piece.

    Raises:
        ProviderError: If the answer ends with an error, or without saying why.
    """
    answer = _Collected()
    async with aclosing(cast("AsyncGenerator[StreamPart]", provider.stream(request))) as parts:
        async for part in parts:
            chunk = answer.take(part)
            if chunk is not None and not whole:
                yield chunk
    for chunk in answer.ending(provider.name, whole=whole):
        yield chunk


@dataclass(slots=True)
class _Collected:
    text: list[str] = field(default_factory=list[str])
    calls: dict[int, ToolCallDelta] = field(default_factory=dict[int, ToolCallDelta])
    usage: Usage | None = None
    stop: StopDelta | None = None

    def take(self, part: StreamPart) -> str | Reasoning | None:
        match part:
            case TextDelta():
                self.text.append(part.text)
                return part.text
            case ThinkingDelta():
                return Reasoning(part.text) if part.text else None
            case ToolCallDelta():
                said = self.calls.get(part.index)
                self.calls[part.index] = replace(said, arguments=said.arguments + part.arguments) if said else part
            case UsageDelta():
                self.usage = part.usage
            case StopDelta():
                self.stop = part
            case _:
                pass
        return None

    def ending(self, provider: str, *, whole: bool) -> Iterable[Chunk]:
        if whole and self.text:
            yield "".join(self.text)
        if self.stop is None:
            raise failure_of_cut(provider)
        if self.stop.stop_reason == "error":
            problem = self.stop.error_message or "the model failed and does not say why."
            raise ProviderError(provider, problem.removeprefix(f"{provider}: "))
        if self.calls:
            yield ToolCalls(tuple(_openai_call(call) for call in self.calls.values()))
        if self.usage is not None:
            yield self.usage
        yield FinishReason(self.stop.stop_reason)


def _openai_call(call: ToolCallDelta) -> JsonObject:
    function = {"name": call.name, "arguments": call.arguments or "{}"}
    return {"id": call.id or f"call_{uuid.uuid4().hex[:12]}", "type": "function", "function": function}


def response_format_of(said: Mapping[str, JsonValue] | None) -> JsonObject:
    """The caller's `response_format` as an option; `{"type": "json"}` is what `json_object` was called before."""
    if said is None:
        return {}
    return {"response_format": {"type": "json_object"} if said.get("type") == "json" else dict(said)}
