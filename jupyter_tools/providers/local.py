"""`local:NAME` and `local:PATH.gguf`: a model in this very process, without key and network."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, cast

from jupyter_tools.errors import ConfigurationError, ModelFileError, ProviderError
from jupyter_tools.events import (
    StopDelta,
    StreamPart,
    ThinkingDelta,
    ToolCallDelta,
    UsageDelta,
)
from jupyter_tools.json_types import JsonObject
from jupyter_tools.messages import NO_USAGE, StopReason, Usage
from jupyter_tools.providers.base import Model, Request, stopped_by
from jupyter_tools.providers.local_choice import STOP, may_choose, meant_calls, read_calls
from jupyter_tools.providers.local_engine import Engine, Piece
from jupyter_tools.providers.local_llama import EngineOptions
from jupyter_tools.providers.local_loading import load
from jupyter_tools.providers.local_prompt import answering_messages, choosing_messages
from jupyter_tools.providers.local_schema import calls_grammar
from jupyter_tools.providers.model_catalogue import CATALOGUE
from jupyter_tools.providers.openai_messages import OUR_OPTIONS
from jupyter_tools.providers.output_schema import options_of
from jupyter_tools.thinking import ThinkingDecoder

MAX_CHOICE_TOKENS = 256
_SAMPLING: JsonObject = {"temperature": 0, "seed": 0, "max_tokens": 1024}


class LocalProvider:
    """Answers with llama.cpp in this process.

    Options of a model, with their defaults: `temperature` (0), `seed` (0), `max_tokens` (1024), `n_ctx` (8192),
    `n_threads` (chosen), `tool_rounds` (how often it may call tools for one question: once for the small models of the
    catalogue, which choose all tools at once and then only repeat themselves; 0, any number, for others),
    `starts_in_thinking` (False; True for a model whose template opens its reasoning in the prompt), and whatever else
    llama.cpp's chat completions take.
    """

    name = "local"

    async def stream(self, request: Request) -> AsyncGenerator[StreamPart, None]:
        """The pieces of one answer. Tools are chosen under a grammar first; if none is, the answer is free text."""
        settings = _settings(request.model)
        loading = load(request.model.name, settings.engine, request.signal)
        try:
            async with aclosing(loading.parts()) as parts:
                async for part in parts:
                    yield part
        except ModelFileError as error:
            yield stopped_by(error)
            return
        if loading.engine is None:
            yield StopDelta(stop_reason="aborted")
            return
        turn = _Turn(loading.engine, request, settings)
        try:
            async with aclosing(turn.parts()) as parts:
                async for part in parts:
                    yield part
        except ProviderError as error:
            yield UsageDelta(usage=turn.usage)
            yield stopped_by(error)

    async def aclose(self) -> None:
        """Nothing to let go of: engines live as long as the process, or until `close_engines`."""
        await asyncio.sleep(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settings:
    engine: EngineOptions | None
    tool_rounds: int
    starts_in_thinking: bool
    body: JsonObject


def _settings(model: Model) -> _Settings:
    body = {**_SAMPLING, **model.options}
    ours = {name: body.pop(name, None) for name in OUR_OPTIONS}
    engine = {key: _whole(key, body.pop(key)) for key in ("n_ctx", "n_threads") if key in body}
    rounds = body.pop("tool_rounds", 1 if model.name in CATALOGUE else 0)
    return _Settings(
        engine=EngineOptions(**engine) if engine else None,
        tool_rounds=_whole("tool_rounds", rounds),
        starts_in_thinking=bool(ours["starts_in_thinking"]),
        body=body,
    )


def _whole(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ConfigurationError(f"The option {name} of a local model is a whole number, such as 4096, not {value!r}.")
    return value


@dataclass(slots=True)
class _Turn:
    """One answer: the choice of tools, or free text."""

    engine: Engine
    request: Request
    settings: _Settings
    usage: Usage = NO_USAGE
    finish: str = "stop"

    async def parts(self) -> AsyncGenerator[StreamPart, None]:
        calls = await self._choose()
        for index, call in enumerate(calls):
            arguments = json.dumps(call["arguments"], ensure_ascii=False)
            yield ToolCallDelta(index=index, name=call["tool"], arguments=arguments)
        if calls:
            self.finish = "tool_calls"
        elif self.finish != "aborted":
            held = {"response_format": options_of(self.request).get("response_format")}
            thinking = ThinkingDecoder(starts_in_thinking=self.settings.starts_in_thinking)
            async with aclosing(self._generate(answering_messages(self.request.messages), **held)) as pieces:
                async for piece in pieces:
                    if piece.thinking:
                        yield ThinkingDelta(text=piece.thinking)
                    for part in thinking.decode(piece.text):
                        yield part
            for part in thinking.flush():
                yield part
        yield UsageDelta(usage=self.usage)
        yield StopDelta(stop_reason=cast("StopReason", self.finish))

    async def _choose(self) -> list[JsonObject]:
        messages, tools = self.request.messages, self.request.tools
        forbidden = self.request.tool_choice == "none"
        if not tools or forbidden or not may_choose(messages, self.settings.tool_rounds):
            return []
        text = ""
        more = {"grammar": calls_grammar(tools), "max_tokens": MAX_CHOICE_TOKENS, "stop": [STOP]}
        async with aclosing(self._generate(choosing_messages(messages, tools), **more)) as pieces:
            async for piece in pieces:
                text += piece.text
        return [] if self.finish == "aborted" else meant_calls(read_calls(text), messages, tools)

    async def _generate(self, chat: list[JsonObject], **more: Any) -> AsyncGenerator[Piece, None]:
        options = {**self.settings.body, "response_format": None, "messages": chat, **more}
        body = {name: value for name, value in options.items() if value is not None}
        async with aclosing(self.engine.generate(body, self.request.signal)) as pieces:
            async for piece in pieces:
                if piece.finish_reason is not None:
                    self.finish = piece.finish_reason
                    self.usage += Usage(
                        input_tokens=piece.input_tokens,
                        output_tokens=piece.output_tokens,
                        cached_tokens=piece.cached_tokens,
                    )
                yield piece
