"""`local:NAME` and `local:PATH.gguf`: a model in this very process, without key and network."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from jupyter_tools.errors import ProviderError
from jupyter_tools.events import Notice, StopDelta, StreamPart, TextDelta, ThinkingDelta, ToolCallDelta, UsageDelta
from jupyter_tools.json_types import JsonObject
from jupyter_tools.messages import NO_USAGE, AssistantMessage, Message, ToolCallContent, Usage, UserMessage
from jupyter_tools.providers.base import Request
from jupyter_tools.providers.local_engine import Engine, Piece, engine_for, loaded_engine
from jupyter_tools.providers.local_prompt import answering_messages, choosing_messages
from jupyter_tools.providers.local_schema import calls_grammar
from jupyter_tools.providers.model_files import path_of

MAX_CHOICE_TOKENS = 512
_SAMPLING: JsonObject = {"temperature": 0, "seed": 0, "max_tokens": 1024}


class LocalProvider:
    """Answers with llama.cpp in this process.

    Options of a model: `temperature` (0), `seed` (0), `max_tokens` (1024), `n_ctx` (8192), `n_threads`, and whatever
    else llama.cpp's chat completions take.
    """

    name = "local"

    async def stream(self, request: Request) -> AsyncIterator[StreamPart]:
        """The pieces of one answer. Tools are chosen under a grammar first; if none is, the answer is free text."""
        path = path_of(request.model.name)
        if loaded_engine(path) is None:
            yield Notice(kind="load", text=f"loading {request.model.name}")
        engine = await asyncio.to_thread(engine_for, path)
        turn = _Turn(engine, request)
        try:
            async with aclosing(turn.parts()) as parts:
                async for part in parts:
                    yield part
        except ProviderError as error:
            yield UsageDelta(usage=turn.usage)
            yield StopDelta(stop_reason="error", error_message=str(error))

    async def aclose(self) -> None:
        """Nothing to let go of: engines live as long as the process, or until `close_engines`."""


@dataclass(slots=True)
class _Turn:
    engine: Engine
    request: Request
    usage: Usage = NO_USAGE

    async def parts(self) -> AsyncIterator[StreamPart]:
        finish = ""
        if self.request.tools:
            calls, finish = await self._choose()
            for index, call in enumerate(calls):
                yield ToolCallDelta(index=index, name=call["tool"], arguments=json.dumps(call["arguments"]))
            if calls:
                finish = "tool_calls"
        if finish not in ("tool_calls", "aborted"):
            async with aclosing(self._generate(answering_messages(self.request.messages))) as pieces:
                async for piece in pieces:
                    finish = piece.finish_reason or finish
                    if piece.thinking:
                        yield ThinkingDelta(text=piece.thinking)
                    if piece.text:
                        yield TextDelta(text=piece.text)
        yield UsageDelta(usage=self.usage)
        yield StopDelta(stop_reason=finish)

    async def _choose(self) -> tuple[list[JsonObject], str]:
        chat = choosing_messages(self.request.messages, self.request.tools)
        text, finish = "", ""
        async for piece in self._generate(
            chat, grammar=calls_grammar(self.request.tools), max_tokens=MAX_CHOICE_TOKENS
        ):
            text += piece.text
            finish = piece.finish_reason or finish
        return _new_calls(text, self.request.messages), finish

    async def _generate(self, chat: list[JsonObject], **more: Any) -> AsyncIterator[Piece]:
        body = {**_SAMPLING, **self.request.model.options, "messages": chat, **more}
        async with aclosing(self.engine.generate(body, self.request.signal)) as pieces:
            async for piece in pieces:
                if piece.finish_reason is not None:
                    self.usage += Usage(
                        input_tokens=piece.input_tokens,
                        output_tokens=piece.output_tokens,
                        cached_tokens=piece.cached_tokens,
                    )
                yield piece


def _new_calls(text: str, messages: tuple[Message, ...]) -> list[JsonObject]:
    """The calls in the model's JSON, without those that were answered since the last question."""
    try:
        calls: list[JsonObject] = json.loads(text)
    except ValueError:  # cut off by a limit
        return []
    seen = [(call.name, call.arguments) for call in _calls_of_run(messages)]
    new: list[JsonObject] = []
    for call in calls:
        if (call["tool"], call["arguments"]) not in seen and call not in new:
            new.append(call)
    return new


def _calls_of_run(messages: tuple[Message, ...]) -> list[ToolCallContent]:
    calls: list[ToolCallContent] = []
    for message in messages:
        if isinstance(message, UserMessage):
            calls.clear()
        elif isinstance(message, AssistantMessage):
            calls += message.tool_calls
    return calls
