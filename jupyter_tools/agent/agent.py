"""`Agent`: a model, its tools and a conversation."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from copy import copy
from dataclasses import replace
from functools import cache, partial
from importlib import metadata
from secrets import token_hex
from types import UnionType
from typing import Any

from jupyter_tools.abort_signal import AbortSignal
from jupyter_tools.agent.limits import Limits
from jupyter_tools.agent.loop import AgentRun, BeforeTurn, Inbox, LoopSettings
from jupyter_tools.agent.output import OutputType
from jupyter_tools.agent.prompt import Prompt, message_of
from jupyter_tools.agent.provenance import text_hash, tools_hash
from jupyter_tools.agent.result import AgentResult
from jupyter_tools.agent.saved_conversation import load_conversation, save_conversation
from jupyter_tools.agent.tape import Tape, Wiring, current_tape
from jupyter_tools.errors import ConfigurationError
from jupyter_tools.events import AgentEvent
from jupyter_tools.json_types import JsonObject, JsonValue
from jupyter_tools.loop_thread import loop_thread
from jupyter_tools.messages import Message, SystemMessage, UserMessage, system_message, user_message
from jupyter_tools.providers.base import Model, Provider
from jupyter_tools.providers.continuing import ContinuingProvider
from jupyter_tools.providers.fallback import answering
from jupyter_tools.providers.rate_limit import RateLimitedProvider, RateLimiter
from jupyter_tools.providers.registry import parse_model
from jupyter_tools.recordings.entries import NOWHERE, AskedFrom
from jupyter_tools.shortening import one_line
from jupyter_tools.streams import EventStream
from jupyter_tools.tools.decorator import as_tool
from jupyter_tools.tools.execution import ExecutionOptions
from jupyter_tools.tools.registry import default_registry
from jupyter_tools.tools.tool import AgentTool
from jupyter_tools.traces import TraceRecorder, TraceStore, default_store

ToolLike = AgentTool | Callable[..., Any] | str


class Agent:
    """A model that may call tools, and its conversation.

        agent = Agent("local:qwen2.5-coder-0.5b", tools=["math_eval", my_function])
        result = await agent.run("What is 2 + 2?")      # or agent.run_sync(...), from anywhere
        async for event in agent.stream("And 3 + 3?"): ...

    One run at a time; what is said meanwhile goes through `steer` and `follow_up`. Every run is recorded: see `traces`.

    Args:
        model: "provider:model", such as "openai:gpt-4o-mini" or "local:./model.gguf"; None for the default. Several
            with commas between are a chain: where the first cannot answer, the next one does.
        tools: Tools, functions that become tools, or names of known tools.
        system: Instructions that stand before the conversation.
        max_turns: How many times the model may be asked for one prompt; the last time it answers without tools.
        continuations: How often an answer that stopped for length is carried on, and joined without a seam.
        base_url: Where the provider's server is, if not in its usual place.
        provider: Who answers, instead of the provider named by `model`; for tests.
        execution: How tool calls are executed: concurrency, deadlines, approval.
        limits: How much a run may use: tool calls, tokens, seconds, dollars.
        rate_limit: The pace at which the model is asked, shared with other agents: see `RateLimiter`.
        output_type: What the answer must be: a pydantic model class or a JSON Schema. The model is asked again if its
            answer does not fit; `AgentResult.output` is the value.
        trace: Where runs are recorded: True for the default store, False for nowhere.
        tape: A recording that this agent's runs are written to or answered from; None for that of `record` or
            `replay`, if one is going on.
        **options: Options of the request, such as `temperature=0`, passed on as they are.

    Raises:
        UnknownNameError: If the model's provider or a tool's name is not known.
    """

    def __init__(
        self,
        model: str | Model | None = None,
        tools: Iterable[ToolLike] = (),
        *,
        system: str | None = None,
        max_turns: int = 10,
        continuations: int = 0,
        base_url: str | None = None,
        provider: Provider | None = None,
        execution: ExecutionOptions | None = None,
        limits: Limits | None = None,
        rate_limit: RateLimiter | None = None,
        output_type: Any = None,
        trace: TraceStore | bool = True,
        tape: Tape | None = None,
        **options: JsonValue,
    ) -> None:
        _expect(limits, Limits | None, "limits takes Limits(...), such as Limits(tokens=5000)")
        if max_turns < 1:
            raise ConfigurationError(f"max_turns is {max_turns}: a run needs at least 1 turn to answer.")
        if continuations < 0:
            raise ConfigurationError(f"continuations is {continuations}: write 0 or more.")
        self.model = _model(model, provider, base_url, options)
        self.tools = _tools(tools)
        self.system = system
        self.max_turns = max_turns
        self._continuations = continuations
        self.messages: list[Message] = []
        self._provider = provider
        self._execution = execution or ExecutionOptions()
        self._limits = limits or Limits()
        self._rate_limit = rate_limit
        self._output = None if output_type is None else OutputType(output_type)
        self._trace = trace
        self.tape = tape
        self._told: list[JsonObject] = []  # the provenance of the last run, of clones also
        self.before_turn: BeforeTurn | None = None  # see `Stepper`
        self._inbox = Inbox()
        self._signal: AbortSignal | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def running(self) -> bool:
        """True while a run goes on."""
        return self._signal is not None

    def stream(
        self,
        prompt: Prompt,
        *,
        tags: Mapping[str, JsonValue] | None = None,
        asked_from: AskedFrom = NOWHERE,
        kept: bool = True,
    ) -> EventStream[AgentEvent, AgentResult]:
        """Start a run in the running event loop. Iterate the result for its events, await it for its `AgentResult`.

        Leaving the iteration early leaves the run to itself: `abort` ends it.

        Args:
            prompt: What the person says. With images it is a list, such as `["What is this?", Path("x.png")]`: files,
                bytes, or what can draw itself, as figures of matplotlib can.
            tags: What the traces should know of this run, such as `cell_id`.
            asked_from: What a recording should know of it: a run replaces the one that was asked there before.
            kept: Whether events wait for an iterator. Where all who want them listen, a long run need not hold them.

        Raises:
            ConfigurationError: If a run is going on.
        """
        begun = self._begun(prompt, tags or {}, asked_from)
        stream = EventStream[AgentEvent, AgentResult].produced_by(begun, kept=kept)
        stream.when_over(partial(self._rest, self._signal))
        return stream

    def _rest(self, signal: AbortSignal | None) -> None:
        """The run of this signal is over: another one may begin."""
        if self._signal is signal:
            self._signal = None

    def _begun(
        self, prompt: Prompt, tags: Mapping[str, JsonValue], asked_from: AskedFrom = NOWHERE
    ) -> Callable[[EventStream[AgentEvent, AgentResult]], Awaitable[AgentResult]]:
        """The run that will tell a stream of itself. This agent is busy from now on."""
        self._refuse_while_running()
        message = message_of(prompt)
        wiring = self._wiring(asked_from)
        self._loop, self._signal = asyncio.get_running_loop(), AbortSignal()
        self._inbox.steering.clear()  # what came too late for the last run was not meant for this one
        return partial(self._run, wiring=wiring, prompt=message, tags=tags)

    def _wiring(self, asked_from: AskedFrom) -> Wiring:
        tape = self.tape or current_tape()
        provider = answering(self.model, self._provider)
        if self._continuations:
            provider = ContinuingProvider(provider, self._continuations)
        if self._rate_limit is not None:
            provider = RateLimitedProvider(provider, self._rate_limit)
        wiring = Wiring(provider=provider, tools=self.tools, asked_from=asked_from)
        return wiring if tape is None else tape.wired(replace(wiring, settings=self._settings_hash()), self.steer)

    def _refuse_while_running(self) -> None:
        if self.running:
            raise ConfigurationError("This agent is running. Use steer() or follow_up(), or wait until it has ended.")

    async def _run(
        self,
        stream: EventStream[AgentEvent, AgentResult],
        wiring: Wiring,
        prompt: UserMessage,
        tags: Mapping[str, JsonValue],
    ) -> AgentResult:
        signal = self._signal or AbortSignal()
        try:
            self._record(stream, tags)
            if wiring.listener is not None:
                stream.listen(wiring.listener)
            run_id, settings = token_hex(16), self._settings(wiring)
            run = AgentRun(settings, self.messages, stream, signal=signal, inbox=self._inbox, run_id=run_id)
            return await self._kept(run, prompt)
        finally:
            self._rest(signal)

    async def _kept(self, run: AgentRun, prompt: UserMessage) -> AgentResult:
        try:
            return await run.run(prompt)
        finally:
            self.messages += run.messages

    def _record(self, stream: EventStream[AgentEvent, AgentResult], tags: Mapping[str, JsonValue]) -> None:
        if self._trace is False:
            return
        store = default_store() if self._trace is True else self._trace
        stream.listen(TraceRecorder(store, **tags).record)

    def _settings(self, wiring: Wiring) -> LoopSettings:
        return LoopSettings(
            provider=wiring.provider,
            model=self.model,
            tools=wiring.tools,
            system=self._system_message(),
            max_turns=self.max_turns,
            execution=self._limits.held_by(self._execution),
            limits=self._limits,
            output=self._output,
            before_turn=self.before_turn,
            info=self._info(wiring),
        )

    def _info(self, wiring: Wiring) -> JsonObject:
        """The provenance; the same object as before if nothing has changed, for the traces write it once a batch then.

        Of a run that no model answers they should know it.
        """
        known = self.provenance()
        if self._told == [known]:
            (known,) = self._told
        self._told[:] = [known]
        if not wiring.source:
            return known
        return known | {"replayed_from": wiring.source, "replayed_tools": wiring.tools is not self.tools}

    def _system_message(self) -> SystemMessage | None:
        texts = [self.system or "", self._output.instructions if self._output else ""]
        said = "\n\n".join(text for text in texts if text)
        return system_message(said) if said else None

    def provenance(self) -> JsonObject:
        """What a paper needs to cite a run: model, parameters, tools, hashes of what was sent, package version."""
        return {
            "provider": self.model.provider,
            "model": self.model.name,
            "base_url": self.model.base_url,
            "parameters": dict(self.model.options),
            "tools": [tool.name for tool in self.tools],
            "system_hash": text_hash(self.system or ""),
            "schema_hash": tools_hash(self.tools),
            "version": _package_version(),
        }

    def _settings_hash(self) -> str:
        """Tells apart what was asked in the same words with other options, instructions or tools."""
        known = self.provenance()
        asked = {name: known[name] for name in ("parameters", "system_hash", "schema_hash")}
        return text_hash(json.dumps(asked, sort_keys=True, default=str))

    async def run(
        self,
        prompt: Prompt,
        *,
        tags: Mapping[str, JsonValue] | None = None,
        asked_from: AskedFrom = NOWHERE,
        listener: Callable[[AgentEvent], None] | None = None,
    ) -> AgentResult:
        """Run to the end. Errors inside the run are in the result, not raised.

        Args:
            prompt: What the person says, images as in `stream`.
            tags: What the traces should know of this run, such as `cell_id`.
            asked_from: What a recording should know of it: a run replaces the one that was asked there before.
            listener: Called with each event.
        """
        begun = self._begun(prompt, tags or {}, asked_from)
        stream = EventStream[AgentEvent, AgentResult](kept=False)
        if listener is not None:
            stream.listen(listener)
        return await begun(stream)  # a task of its own would outlive a caller that is cancelled

    def run_sync(self, prompt: Prompt) -> AgentResult:
        """Run to the end from code that cannot await: a script, a thread, a notebook cell's function."""
        return loop_thread().run(self.run(prompt))

    def steer(self, text: str) -> None:
        """Say something to the running agent; it hears it after the tools of the turn that is under way."""
        self._inbox.steering.append(user_message(text))

    def follow_up(self, text: str) -> None:
        """Say something that the agent hears when it has answered."""
        self._inbox.follow_ups.append(user_message(text))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Keep the conversation in a JSON file; `load` goes on from there. One that is there is replaced."""
        save_conversation(path, self.messages, model=str(self.model), system=self.system)

    def load(self, path: str | os.PathLike[str]) -> None:
        """Go on from a conversation that `save` kept, whichever model had it. What was said here is forgotten.

        Raises:
            ConfigurationError: If a run is going on, or the file is missing or holds something else.
        """
        self._refuse_while_running()
        self.messages = load_conversation(path)

    def clone(self) -> Agent:
        """An agent like this one, whose conversation goes on from here on its own."""
        twin = copy(self)
        twin.messages, twin._inbox = list(self.messages), Inbox()
        twin._signal, twin._loop, twin.before_turn = None, None, None
        return twin

    def abort(self) -> None:
        """Stop the run, from any thread. What was said and done until now stays in the conversation."""
        signal, loop = self._signal, self._loop
        if signal is not None and loop is not None:
            loop.call_soon_threadsafe(signal.set)


def _expect(value: object, kind: type | UnionType, wanted: str) -> None:
    if not isinstance(value, kind):
        raise ConfigurationError(f"{wanted}, not {one_line(repr(value), 80)}.")


def _model(
    model: str | Model | None, provider: Provider | None, base_url: str | None, options: dict[str, JsonValue]
) -> Model:
    if isinstance(model, Model):
        return model
    _expect(model, str | None, "A model is text such as 'openai:gpt-4o-mini', or a Model")
    if provider is not None:
        name = (model or "").removeprefix(f"{provider.name}:")
        return Model(provider=provider.name, name=name, base_url=base_url, options=options)
    return parse_model(model, base_url=base_url, options=options)


def _tools(tools: Iterable[ToolLike]) -> tuple[AgentTool, ...]:
    registry = default_registry()
    chosen = [
        tool for item in tools for tool in (registry.select([item]) if isinstance(item, str) else [as_tool(item)])
    ]
    names = [tool.name for tool in chosen]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigurationError(f"Two tools have the same name: {', '.join(twice)}. Rename one: @tool(name=...).")
    return tuple(chosen)


@cache
def _package_version() -> str:
    return metadata.version("jupyter_tools")  # reads and parses a file: a millisecond
