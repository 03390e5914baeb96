"""The loop: turn -> tools -> turn, until the model has answered. Every step leaves as an event.

What fails inside a run is data: a message with `stop_reason` "error" or "aborted", never a lost answer. However a run
ends, the messages it leaves are a valid conversation: each tool call has its result.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from jupyter_tools.abort_signal import EndsOn
from jupyter_tools.agent.call_in_text import notice_of_call_in_text
from jupyter_tools.agent.growing_answer import GrowingAnswer
from jupyter_tools.agent.limits import Limits, Spending
from jupyter_tools.agent.output import OutputType, for_people
from jupyter_tools.agent.result import AgentResult
from jupyter_tools.agent.saved_conversation import completed
from jupyter_tools.agent.whole_parts import WholeParts
from jupyter_tools.errors import error_type_of
from jupyter_tools.events import (
    DELTAS,
    AgentEndEvent,
    AgentEvent,
    AgentStartEvent,
    MessageEndEvent,
    MessageStartEvent,
    MessageUpdateEvent,
    Notice,
    StreamPart,
    TurnEndEvent,
    TurnStartEvent,
    TurnUpdateEvent,
)
from jupyter_tools.json_types import JsonValue
from jupyter_tools.messages import (
    AssistantMessage,
    Message,
    StopReason,
    SystemMessage,
    ToolResultMessage,
    UserMessage,
    user_message,
)
from jupyter_tools.providers.assembly import MessageAssembly
from jupyter_tools.providers.base import Model, Provider, Request
from jupyter_tools.streams import EventStream
from jupyter_tools.tools.execution import ExecutionOptions, execute_tool_calls, skip_tool_call
from jupyter_tools.tools.tool import AgentTool

# Called with the number of the turn, who is asked, what, and what the run has added to the conversation so far. Gives
# what it is to be from then on.
BeforeTurn: TypeAlias = Callable[[int, Provider, Request, tuple[Message, ...]], Awaitable[Sequence[Message]]]

ABORT_GRACE_S = 0.1  # a provider that obeys the signal ends by itself within this time; others are cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopSettings:
    """What a run needs to know.

    Attributes:
        provider: Who answers.
        model: Which model.
        tools: The tools the model may call.
        system: Instructions that stand before the conversation, or None.
        max_turns: How many times the model may be asked for one prompt. The last time it must answer without tools.
        execution: How tool calls are executed.
        limits: How much the run may use.
        output: What the answer must be, or None for text.
        output_attempts: How many answers may fail to fit before the run ends as an error.
        info: Provenance for the traces.
        before_turn: Awaited before each model call; it may change what the run has said so far. See `BeforeTurn`.
    """

    provider: Provider
    model: Model
    tools: tuple[AgentTool, ...] = ()
    system: SystemMessage | None = None
    max_turns: int = 10
    execution: ExecutionOptions = field(default_factory=ExecutionOptions)
    limits: Limits = field(default_factory=Limits)
    output: OutputType | None = None
    output_attempts: int = 3
    info: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    before_turn: BeforeTurn | None = None


@dataclass(frozen=True, slots=True)
class Inbox:
    """What people say while a run goes on. Appending is safe from any thread.

    Attributes:
        steering: Heard after the tools of the turn that is under way.
        follow_ups: Heard when the model has answered.
    """

    steering: deque[UserMessage] = field(default_factory=deque[UserMessage])
    follow_ups: deque[UserMessage] = field(default_factory=deque[UserMessage])


class AgentRun:
    """One run, from the prompt to the last answer."""

    def __init__(
        self,
        settings: LoopSettings,
        history: Sequence[Message],
        stream: EventStream[AgentEvent, AgentResult],
        *,
        signal: asyncio.Event,
        inbox: Inbox,
        run_id: str,
    ) -> None:
        self._settings = settings
        self._history = tuple(history)
        self._push = stream.push
        self._stream = stream
        self._signal = signal
        self._inbox = inbox
        self._execution: ExecutionOptions | None = None  # until a tool is called
        self._run_id = run_id
        self._messages: list[Message] = []
        self._call_ids = {call.id for m in history if isinstance(m, AssistantMessage) for call in m.tool_calls}
        self._spending = Spending(settings.limits)
        self._limit: str | None = None
        self._output: JsonValue = None
        self._failed_answers = 0
        self._stop_reason: StopReason = "aborted"  # what a run is that ended before it could say why
        self._error_message: str | None = None
        self._error_type: str | None = None

    async def run(self, prompt: UserMessage) -> AgentResult:
        """Answer `prompt`. Emits `agent_end` last, also when it is cancelled or the provider raises."""
        self._push(AgentStartEvent(run_id=self._run_id, prompt=prompt, info=self._settings.info))
        self._messages.append(prompt)
        seconds = self._settings.limits.seconds
        timer = asyncio.get_running_loop().call_later(seconds, self._time_is_up) if seconds is not None else None
        try:
            await self._converse()
        except BaseException as error:
            if not isinstance(error, asyncio.CancelledError):
                self._stop_reason, self._error_message = "error", str(error)
                self._error_type = error_type_of(error)
            raise
        finally:
            if timer is not None:
                timer.cancel()
            self._answer_open_calls()
            self._push(self._end_event())
        return self._result()

    @property
    def messages(self) -> tuple[Message, ...]:
        """What the run has added to the conversation so far. A prompt that got no answer at all is not part of it."""
        answered = any(isinstance(message, AssistantMessage) for message in self._messages)
        return tuple(self._messages) if answered else ()

    def _end_event(self) -> AgentEndEvent:
        return AgentEndEvent(
            run_id=self._run_id,
            messages=self.messages,
            stop_reason=self._stop_reason,
            error_message=self._error_message,
            error_type=self._error_type if self._stop_reason == "error" else None,
            usage=self._spending.usage,
        )

    def _result(self) -> AgentResult:
        return AgentResult(
            text=_last_text(self._messages),
            messages=self.messages,
            stop_reason=self._stop_reason,
            usage=self._spending.usage,
            run_id=self._run_id,
            error_message=self._error_message,
            output=self._output,
        )

    async def _converse(self) -> None:
        turn = turns_since_heard = 0
        while not self._at_limit():
            turn, turns_since_heard = turn + 1, turns_since_heard + 1
            last = turns_since_heard >= self._settings.max_turns or self._refusal is not None
            goes_on = await self._turn(turn, last=last)
            if self._stop_reason in ("aborted", "error", "limit"):
                return
            if self._hear(self._inbox.steering):
                turns_since_heard = 0  # who speaks gets an answer
            elif not goes_on and not self._complain():
                if not self._hear(self._inbox.follow_ups):
                    return
                turns_since_heard = 0

    def _at_limit(self) -> bool:
        self._limit = self._limit or self._spending.reached()
        if self._limit is not None:
            self._stop_reason, self._error_message = "limit", self._limit
        return self._limit is not None

    def _time_is_up(self) -> None:
        self._limit = self._spending.reached() or f"The run ended at its limit of {self._settings.limits.seconds:g} s."
        self._signal.set()

    def _complain(self) -> bool:
        """Read the answer as the type it must have. True if it has not, and the model is asked again."""
        output = self._settings.output
        if output is None:
            return False
        self._output, complaint = output.read(_last_text(self._messages))
        if complaint is None:
            return False
        self._failed_answers += 1
        if self._failed_answers < self._settings.output_attempts:
            return self._hear(deque([user_message(complaint)]))
        self._stop_reason, self._error_message = "error", for_people(complaint, self._failed_answers)
        self._error_type = "WrongOutput"
        return False

    async def _turn(self, turn: int, *, last: bool) -> bool:
        """One model call and its tools. True if the model has to see what the tools gave."""
        await self._consult(turn, last=last)
        messages = self._seen_messages()
        tools = () if last else self._settings.tools
        self._push(TurnStartEvent(turn=turn, messages=messages, tools=tuple(tool.name for tool in tools)))
        message = await self._ask(turn, messages, last=last)
        if notice := notice_of_call_in_text(message, tools):
            self._push(TurnUpdateEvent(turn=turn, notice=notice))
        results, goes_on = await self._use_tools(message, last=last)
        self._push(TurnEndEvent(turn=turn, message=message, tool_results=tuple(results)))
        self._stop_reason, self._error_message = self._reason(message, last=last), message.error_message
        self._error_type = message.error_type
        if last and self._refusal is not None and self._stop_reason == "max_turns":
            self._stop_reason, self._error_message = "limit", self._refusal
        if self._signal.is_set() and not self._at_limit():
            self._stop_reason = "aborted"
        return goes_on

    async def _consult(self, turn: int, *, last: bool) -> None:
        if self._settings.before_turn is not None:
            request, said = self._request(self._seen_messages(), last=last), tuple(self._messages)
            self._messages[:] = await self._settings.before_turn(turn, self._settings.provider, request, said)

    @property
    def _refusal(self) -> str | None:
        """Why a call was refused because the model repeats itself or calls too much: then it has to answer."""
        history = self._execution.history if self._execution else None
        return history.refusal if history else None

    def _reason(self, message: AssistantMessage, *, last: bool) -> StopReason:
        if last and self._settings.tools and message.stop_reason not in ("error", "aborted"):
            return "max_turns"
        return "stop" if message.stop_reason == "tool_calls" else message.stop_reason

    def _seen_messages(self) -> tuple[Message, ...]:
        system = () if self._settings.system is None else (self._settings.system,)
        return (*system, *self._history, *self._messages)

    def _hear(self, said: deque[UserMessage]) -> bool:
        """Take what people said into the conversation. False if nobody said anything."""
        heard = False
        while said:
            message = said.popleft()
            self._messages.append(message)
            self._push(MessageStartEvent(message=message))
            self._push(MessageEndEvent(message=message))
            heard = True
        return heard

    # --- the model ---
    async def _ask(self, turn: int, messages: tuple[Message, ...], *, last: bool) -> AssistantMessage:
        """The model's message, whole or as far as it got. It is in the conversation unless it is empty."""
        settings, request = self._settings, self._request(messages, last=last)
        model = settings.model
        answer = GrowingAnswer(MessageAssembly(settings.provider.name, model.name, self._call_ids, model))
        self._push(MessageStartEvent(message=answer.assembly.message(stop_reason="aborted")))
        try:
            await self._receive(request, answer, turn)
        except asyncio.CancelledError:
            self._close(answer.message(aborted=True), answer)
            raise
        except BaseException as error:
            self._close(answer.failed(str(error), error_type_of(error)), answer)
            raise
        if settings.limits.count_tokens:
            answer.count(messages)
        message = answer.message(aborted=self._signal.is_set())
        self._close(message, answer)
        return message

    def _request(self, messages: tuple[Message, ...], *, last: bool) -> Request:
        return Request(
            model=self._settings.model,
            messages=messages,
            tools=self._settings.tools,
            tool_choice="none" if last else "auto",
            output_schema=self._settings.output.schema if self._settings.output else None,
            signal=self._signal,
        )

    def _close(self, message: AssistantMessage, answer: GrowingAnswer) -> None:
        self._spending.usage += message.usage
        if message.content:
            self._messages.append(message)
        elapsed_ms, first_token_ms = answer.elapsed_ms(), answer.first_token_ms
        self._push(MessageEndEvent(message=message, duration_ms=elapsed_ms, first_token_ms=first_token_ms))
        if message.stop_reason in ("error", "aborted"):
            self._skip(message)

    async def _receive(self, request: Request, answer: GrowingAnswer, turn: int) -> None:
        letters, parts = WholeParts(), _generator(self._settings.provider, request)
        try:
            async with EndsOn(self._signal, ABORT_GRACE_S), aclosing(parts):
                async for part in parts:
                    for whole in letters.decode(part):
                        self._take(whole, answer, turn)
        finally:  # also of an answer that breaks off
            for rest in letters.flush():
                self._take(rest, answer, turn)

    def _take(self, part: StreamPart, answer: GrowingAnswer, turn: int) -> None:
        answer.add(part)
        if isinstance(part, DELTAS):
            self._push(MessageUpdateEvent(delta=part))
        elif isinstance(part, Notice):
            self._push(TurnUpdateEvent(turn=turn, notice=part))

    # --- tools ---
    async def _use_tools(self, message: AssistantMessage, *, last: bool) -> tuple[list[ToolResultMessage], bool]:
        """The results of the message's calls, and whether the model should see them."""
        if not message.calls_tools or message.stop_reason in ("error", "aborted"):
            return [], False
        if last:
            return self._skip(message), False
        self._execution = self._execution or self._settings.execution.for_run(self._run_id)
        outcome = await execute_tool_calls(
            list(self._settings.tools),
            message,
            self._signal,
            self._stream,
            options=self._execution,
        )
        self._messages += outcome["tool_results"]
        self._spending.tool_calls += len(outcome["tool_results"])
        return outcome["tool_results"], not outcome.get("terminate", False)

    def _answer_open_calls(self) -> None:
        """Give every call a result, so that whatever ended the run has left a valid conversation."""
        self._messages = completed(self._messages)

    def _skip(self, message: AssistantMessage) -> list[ToolResultMessage]:
        """Answer calls that will not run, so that none is left hanging in the conversation."""
        results = [skip_tool_call(call, self._stream) for call in message.tool_calls]
        self._messages += results
        return results


def _last_text(messages: Sequence[Message]) -> str:
    return next((m.text for m in reversed(messages) if isinstance(m, AssistantMessage)), "")


def _generator(provider: Provider, request: Request) -> AsyncGenerator[StreamPart, None]:
    return cast("AsyncGenerator[StreamPart, None]", provider.stream(request))
