"""Tools for models that cannot call any: they are told of them in words, and their calls are read out of their text."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, cast

from jupyter_tools.errors import UnknownNameError
from jupyter_tools.events import StopDelta, StreamPart, TextDelta, ThinkingDelta, ToolCallDelta, UsageDelta
from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.messages import AssistantMessage, StopReason, Usage
from jupyter_tools.providers.as_sent import as_sent
from jupyter_tools.providers.base import Model, Provider, Request
from jupyter_tools.providers.prompted_answer import AnswerDecoder
from jupyter_tools.providers.prompted_calls import PromptedCallDecoder
from jupyter_tools.providers.prompted_format import (
    NO_TOOLS_NOW,
    TOOL_FORMATS,
    ToolFormat,
    answer_schema,
    instructions,
    offered_tools,
    prompted_messages,
    text_parameters,
)
from jupyter_tools.providers.registry import provider_for
from jupyter_tools.providers.tool_support import Chunk, chunks_of, request_from_openai, resolve, response_format_of
from jupyter_tools.thinking import ThinkingDecoder
from jupyter_tools.token_estimate import estimate_message_tokens, estimate_tokens
from jupyter_tools.tools.tool import AgentTool

FORMAT_OPTION = "tool_format"
NATIVE = "native"


class ToolSupportProvider:
    """Gives tools to a provider whose model cannot call any, or does it badly.

        provider = ToolSupportProvider(OpenAIProvider(), "hermes")

    Text streams through, calls become calls, and the conversation is rewritten so that the model sees in it what it
    would have written itself.

    Args:
        inner: Who answers.
        format: How the model is to write its calls: "json", "hermes", "react", or "schema", which the server enforces
            where it can; "native" leaves everything to `inner`.

    Attributes:
        name: The inner provider's name.

    Raises:
        UnknownNameError: If there is no such format.
    """

    def __init__(self, inner: Provider, format: str = "json") -> None:
        if format not in (NATIVE, *TOOL_FORMATS):
            raise UnknownNameError("tool format", format, (NATIVE, *TOOL_FORMATS))
        self.name = inner.name
        self.format = format
        self._inner = inner

    def stream(self, request: Request) -> AsyncIterator[StreamPart]:
        """The pieces of one assistant message; see `Provider`."""
        request = replace(request, model=_without_format(request.model))
        if self._rewrites(request):
            return self._emulated(request, cast("ToolFormat", self.format))
        return self._inner.stream(request)

    def as_sent(self, request: Request) -> JsonObject:
        """What the inner provider sends."""
        request = replace(request, model=_without_format(request.model))
        if self._rewrites(request):
            request = prompted_request(request, cast("ToolFormat", self.format))
        return as_sent(self._inner, request)

    def _rewrites(self, request: Request) -> bool:
        return self.format != NATIVE and bool(request.tools or _has_calls(request))

    async def aclose(self) -> None:
        """Close the inner provider."""
        await self._inner.aclose()

    @classmethod
    async def create_async_generator(
        cls,
        model: str,
        messages: Iterable[Mapping[str, JsonValue]],
        stream: bool = True,  # the older door's place for it
        media: Iterable[Any] | None = None,
        tools: Iterable[Mapping[str, JsonValue] | AgentTool | str] | None = None,
        *,
        response_format: Mapping[str, JsonValue] | None = None,
        **kwargs: Any,
    ) -> AsyncGenerator[Chunk]:
        """The older door: OpenAI's dicts in; text, reasoning, `ToolCalls`, `Usage` and `FinishReason` out.

        Args:
            model: The model's name, or "provider:model".
            messages: OpenAI's messages.
            stream: False to get the text in one piece.
            media: Images for the last message: `data:` URLs, bytes or paths of files.
            tools: OpenAI's tool definitions, tools, or names of known ones; as many as you like.
            response_format: OpenAI's; it wins over what a tool format would ask for.
            **kwargs: `provider` (a name or an instance; it wins over the model's), `base_url`, `api_key`,
                `tool_choice`, `tool_format`; all others are options of the request.

        Raises:
            ConfigurationError: If something given cannot work.
            ProviderError: If the model's server fails.
        """
        provider, api_key = kwargs.pop("provider", None), kwargs.pop("api_key", None)
        tool_choice, tool_format = kwargs.pop("tool_choice", None), kwargs.pop(FORMAT_OPTION, "json")
        chosen, inner = resolve(model, provider, {**kwargs, **response_format_of(response_format)}, api_key)
        request = request_from_openai(chosen, messages, media=media, tools=tools, tool_choice=tool_choice)
        async with aclosing(chunks_of(cls(inner, tool_format), request, whole=not stream)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def _emulated(self, request: Request, tool_format: ToolFormat) -> AsyncGenerator[StreamPart]:
        asked = prompted_request(request, tool_format)
        answer = _Answer(asked, _decoder(request, tool_format))
        async with aclosing(cast("AsyncGenerator[StreamPart]", self._inner.stream(asked))) as parts:
            async for part in parts:
                for piece in answer.take(part):
                    yield piece
                if answer.ended:
                    break
        for piece in answer.ending():
            yield piece


def provider_of(model: Model, provider: Provider | None = None) -> Provider:
    """The provider that answers for `model`, with prompted tools if its option `tool_format` asks for them.

    Args:
        model: The model.
        provider: Who answers, instead of the provider that the model names.

    Raises:
        UnknownNameError: If there is no such provider or format.
    """
    provider, tool_format = provider or provider_for(model), model.options.get(FORMAT_OPTION)
    return provider if tool_format is None else ToolSupportProvider(provider, str(tool_format))


def prompted_request(request: Request, tool_format: ToolFormat) -> Request:
    """The request that a model without native tool calls understands."""
    offered = offered_tools(request.tools, request.tool_choice)
    told = instructions(offered, request.tool_choice, tool_format) if offered else NO_TOOLS_NOW
    options = dict(request.model.options)
    if tool_format == "schema" and offered:
        options.setdefault("response_format", answer_schema(offered, request.tool_choice))
    return replace(
        request,
        model=replace(request.model, options=options),
        messages=prompted_messages(request.messages, told, tool_format),
        tools=(),
        tool_choice="auto",
        output_schema=None if offered else request.output_schema,  # calls are text, too
    )


def _without_format(model: Model) -> Model:
    options = {name: value for name, value in model.options.items() if name != FORMAT_OPTION}
    return replace(model, options=options)


def _has_calls(request: Request) -> bool:
    return any(isinstance(message, AssistantMessage) and message.calls_tools for message in request.messages)


def _decoder(request: Request, tool_format: ToolFormat) -> PromptedCallDecoder | AnswerDecoder:
    offered = offered_tools(request.tools, request.tool_choice)
    calls = PromptedCallDecoder(
        [tool.name for tool in offered], text_parameters=text_parameters(offered), react=tool_format == "react"
    )
    return AnswerDecoder(calls) if tool_format == "schema" else calls


@dataclass(slots=True)
class _Answer:
    """One answer on its way through: what has been read, and what its end has to say."""

    request: Request
    decoder: PromptedCallDecoder | AnswerDecoder
    thinking: ThinkingDecoder = field(default_factory=ThinkingDecoder)
    stop: StopDelta | None = None
    usage_known: bool = False
    called: bool = False
    said: list[str] = field(default_factory=list[str])

    @property
    def ended(self) -> bool:
        return self.decoder.ended

    def take(self, part: StreamPart) -> list[StreamPart]:
        match part:
            case TextDelta():
                self.said.append(part.text)
                return self._split(self.thinking.decode(part.text))
            case ThinkingDelta():
                self.said.append(part.text)
                return [*self._split(self.thinking.flush()), part]
            case StopDelta():
                self.stop = part  # kept until the end: usage may come after it
                return []
            case UsageDelta():
                self.usage_known = True
            case ToolCallDelta():  # a server that found the call by itself; below the numbers of ours
                self.called = True
                return [replace(part, index=-1 - part.index)]
            case _:
                pass
        return [part]

    def _split(self, parts: list[TextDelta | ThinkingDelta]) -> list[StreamPart]:
        result: list[StreamPart] = []
        for part in parts:
            result += self.decoder.decode(part.text) if isinstance(part, TextDelta) else [part]
        return self._noted(result)

    def _noted(self, parts: list[StreamPart]) -> list[StreamPart]:
        self.called = self.called or any(isinstance(part, ToolCallDelta) for part in parts)
        return parts

    def ending(self) -> list[StreamPart]:
        cut = not self.ended and (self.stop is None or self.stop.stop_reason not in ("stop", "tool_calls"))
        parts = [*self._split(self.thinking.flush()), *self._noted([*self.decoder.flush(cut=cut)])]
        failed_at_once = not self.said and self.stop is not None and self.stop.stop_reason == "error"
        if not self.usage_known and not failed_at_once:
            parts.append(UsageDelta(usage=self._estimate()))
        if self.stop is None and self.ended:
            self.stop = StopDelta(stop_reason="stop")
        if self.stop is not None:
            parts.append(replace(self.stop, stop_reason=self._reason(self.stop.stop_reason)))
        return parts

    def _reason(self, said: StopReason) -> StopReason:
        if said not in ("stop", "tool_calls"):
            return said
        return "tool_calls" if self.called else "stop"

    def _estimate(self) -> Usage:
        return Usage(
            input_tokens=estimate_message_tokens(self.request.messages),
            output_tokens=estimate_tokens("".join(self.said)),
            estimated=True,
        )
