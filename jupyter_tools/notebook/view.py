"""`RunView`: what a run looks like, folded from its events. It knows nothing of Jupyter, HTML or clocks.

The live display and the saved one are both drawn from a `RunView`, so they cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from jupyter_tools.durations import duration_text
from jupyter_tools.events import (
    AgentEndEvent,
    AgentEvent,
    AgentStartEvent,
    AgentToolResult,
    Delta,
    MessageEndEvent,
    MessageStartEvent,
    MessageUpdateEvent,
    Notice,
    StepEndEvent,
    StepStartEvent,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
    ToolExecutionEndEvent,
    ToolExecutionEvent,
    ToolExecutionStartEvent,
    ToolExecutionUpdateEvent,
    TurnStartEvent,
    TurnUpdateEvent,
)
from jupyter_tools.json_types import JsonValue
from jupyter_tools.messages import (
    NO_USAGE,
    AssistantContent,
    AssistantMessage,
    ImageContent,
    Message,
    StopReason,
    TextContent,
    ThinkingContent,
    ToolCallContent,
    Usage,
    UserMessage,
    text_of,
)
from jupyter_tools.notebook.named_sources import numbered
from jupyter_tools.notebook.parts import (
    NoticePart,
    Part,
    ReasoningPart,
    SteeringPart,
    TextPart,
    ToolPart,
)
from jupyter_tools.notebook.sources import Source, sources_in
from jupyter_tools.notebook.turn_usage import LivePace, TurnUsage, cost_words, pace, pace_words, tokens_words

GrowingPart = TypeVar("GrowingPart", TextPart, ReasoningPart)


@dataclass(slots=True)
class RunView:
    """The parts and the state of one run. `add` takes its events in order.

    Attributes:
        parts: What happened, in order.
        model: Which model answers, as text.
        info: The run's provenance, as its first event gives it.
        turn: The current turn, from 1.
        notice: What a person should know while waiting ("retrying in 3 s"), or "".
        retries: How often the model had to be asked again.
        asked: The calls that wait for a person's approval, by the ids of the questions.
        prompt: What was asked.
        usage: The tokens so far.
        turns: What each model call took.
        sources: What tools found that the answer may cite, and what it names itself, by number.
        files: For the name of each attached file a link to it, or "".
        stop_reason: Why the run ended, None while it goes on.
        error_message: One or two sentences if it failed.
        duration_ms: How long it took, once it is over.
    """

    parts: list[Part] = field(default_factory=list[Part])
    run_id: str = ""
    model: str = ""
    info: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    turn: int = 0
    notice: str = ""
    retries: int = 0
    asked: dict[str, ToolPart] = field(default_factory=dict[str, ToolPart])
    prompt: Message | None = None
    usage: Usage = NO_USAGE
    turns: list[TurnUsage] = field(default_factory=list[TurnUsage])
    sources: dict[int, Source] = field(default_factory=dict[int, Source])
    files: Mapping[str, str] = field(default_factory=dict[str, str])
    stop_reason: StopReason | None = None
    error_message: str | None = None
    duration_ms: float | None = None
    _started_ms: int = 0
    _now_ms: float | None = None
    _message_start: int = 0
    _pace: LivePace = field(default_factory=LivePace)
    _written: dict[int, ToolPart] = field(default_factory=dict[int, ToolPart])
    _calls: dict[str, ToolPart] = field(default_factory=dict[str, ToolPart])

    @property
    def answer(self) -> str:
        """The text of the answer so far, without reasoning and tool calls."""
        return "\n\n".join(part.text for part in self.parts if isinstance(part, TextPart) and part.text.strip())

    @property
    def status(self) -> str:
        """The status line: model, turn, tokens, cost, speed, duration, how it ended."""
        items = [
            self.model,
            f"turn {self.turn}" if self.stop_reason is None and self.turn > 1 else "",
            tokens_words(self.usage),
            cost_words(self.usage),
            pace_words(self._pace.per_second, "about ") or pace_words(pace(self.turns)),
            duration_text(self.duration_ms) if self.duration_ms is not None else "",
            _retries_words(self.retries) if self.stop_reason is not None else "",
            _ENDINGS.get(self.stop_reason or "", self.waiting or self.notice),
        ]
        return " · ".join(item for item in items if item)

    @property
    def waiting(self) -> str:
        """That a tool waits for a person, or ""."""
        return f"waiting for your approval of {next(iter(self.asked.values())).name}" if self.asked else ""

    def add(self, event: AgentEvent, at_ms: float | None = None) -> None:
        """Take the next event.

        Args:
            event: What happened.
            at_ms: When, on any steady clock, so that the end of reasoning can say how long it took. Without it, that is
                known when the message is whole.
        """
        self._now_ms = at_ms
        match event:
            case MessageUpdateEvent():
                self._add_delta(event.delta)
            case MessageStartEvent() | MessageEndEvent():
                self._add_message(event)
            case ToolExecutionStartEvent() | ToolExecutionUpdateEvent() | ToolExecutionEndEvent():
                self._add_tool(event)
            case StepStartEvent(kind="approval") | StepEndEvent():
                self._add_question(event)
            case TurnStartEvent():
                self.turn, self.notice = event.turn, "waiting for the model"
            case TurnUpdateEvent():
                self._add_notice(event.notice)
            case AgentStartEvent():
                self.run_id, self._started_ms = event.run_id, event.timestamp_ms
                self.info, self.model, self.prompt = event.info, _model_text(event.info), event.prompt
            case AgentEndEvent():
                self._end(event)
            case _:  # the end of a turn shows nothing of its own
                pass

    def _end(self, event: AgentEndEvent) -> None:
        self.stop_reason, self.error_message, self.notice = event.stop_reason, event.error_message, ""
        self.asked.clear()
        if event.usage != NO_USAGE:
            self.usage = event.usage
        self.duration_ms = event.timestamp_ms - self._started_ms if self._started_ms else None
        for part in self.parts:
            if isinstance(part, ReasoningPart):
                part.end(self._now_ms)
            elif isinstance(part, ToolPart) and not part.finished:
                part.status = "aborted"

    def _add_notice(self, notice: Notice) -> None:
        if notice.model:
            self.model = f"{notice.provider}:{notice.model}"
        self.retries += notice.kind == "retry"
        if notice.kind in _PASSING:
            self.notice = notice.text
        elif notice.kind == "call_in_text":  # about the message that has just ended
            self.parts.append(NoticePart(text=notice.text))
        else:  # before the message it is about, whose parts stay together
            self.parts.insert(self._message_start, NoticePart(text=notice.text))
            self._message_start += 1

    # --- the model's message, piece by piece, and whole ---
    def _add_delta(self, delta: Delta) -> None:
        self.notice = ""
        self._pace.add(self._now_ms)
        match delta:
            case TextDelta():
                self._last(TextPart, delta.text).add(delta.text)
            case ThinkingDelta():
                part = self._last(ReasoningPart, delta.text)
                part.add(delta.text)
                if delta.end:
                    part.end(self._now_ms)
            case ToolCallDelta():
                part = self._written.get(delta.index)
                if part is None:
                    part = self._written[delta.index] = ToolPart(name=delta.name)
                    self._append(part)
                part.name = part.name or delta.name
                part.written += delta.arguments

    def _last(self, kind: type[GrowingPart], text: str) -> GrowingPart:
        """The part that a piece of this kind continues; a new one if another kind, or its end, stands between."""
        last = self.parts[-1] if len(self.parts) > self._message_start else None
        if isinstance(last, kind) and not (isinstance(last, ReasoningPart) and last.done):
            return last
        part = kind()
        if isinstance(part, ReasoningPart):
            part.started_ms = self._now_ms
        if text:
            self._append(part)
        return part

    def _append(self, part: Part) -> None:
        last = self.parts[-1] if self.parts else None
        if isinstance(last, ReasoningPart):
            last.end(self._now_ms)
        self.parts.append(part)

    def _add_message(self, event: MessageStartEvent | MessageEndEvent) -> None:
        message = event.message
        started = isinstance(event, MessageStartEvent)
        if isinstance(message, AssistantMessage):
            self._message_start = len(self.parts) if started else self._message_start
            self._written.clear()
            self._pace = LivePace()
            if isinstance(event, MessageEndEvent):
                self._settle(message)
                self._count(event, message)
        elif isinstance(message, UserMessage) and started:
            self._append(SteeringPart(text=text_of(message.content)))

    def _settle(self, message: AssistantMessage) -> None:
        """Make the message's parts what the finished message says: it is what the conversation keeps."""
        blocks = [block for block in message.content if _visible(block)]
        for place, block in enumerate(blocks, self._message_start):
            part = self.parts[place] if place < len(self.parts) else None
            self.parts[place : place + 1] = [self._settled(block, part)]
        del self.parts[self._message_start + len(blocks) :]

    def _count(self, event: MessageEndEvent, message: AssistantMessage) -> None:
        self.usage = self.usage + message.usage
        model = ":".join(name for name in (message.provider, message.model) if name)
        timed = {"duration_ms": event.duration_ms, "first_token_ms": event.first_token_ms}
        self.turns.append(TurnUsage(turn=self.turn, model=model, usage=message.usage, **timed))
        thoughts = [part for part in self.parts[self._message_start :] if isinstance(part, ReasoningPart)]
        told = message.usage.reasoning_tokens
        if told and len(thoughts) == 1 and not message.usage.estimated:
            thoughts[0].tokens, thoughts[0].estimated = told, False

    def _settled(self, block: AssistantContent, part: Part | None) -> Part:
        match block:
            case TextContent():
                settled = part if isinstance(part, TextPart) else TextPart()
                settled.said = block.text
                settled.text, named = numbered(block.text, self.sources, self.files)
                self.sources |= named
            case ThinkingContent():
                settled = part if isinstance(part, ReasoningPart) else ReasoningPart()
                settled.text = block.thinking
                settled.end(self._now_ms)
                if settled.duration_ms is None:  # else people have seen ours already
                    settled.duration_ms = block.duration_ms
            case ToolCallContent():
                settled = part if isinstance(part, ToolPart) else ToolPart(name=block.name)
                settled.name, settled.args, settled.status = block.name, block.arguments, "waiting"
                self._calls[block.id] = settled
        return settled

    # --- tools ---
    def _add_tool(self, event: ToolExecutionEvent) -> None:
        part = self._calls.get(event.tool_call_id)
        if part is None:
            part = self._calls[event.tool_call_id] = ToolPart(name=event.tool_name)
            self._append(part)
        match event:
            case ToolExecutionStartEvent():
                part.args, part.status, part.started_ms = event.args, "running", self._now_ms
            case ToolExecutionUpdateEvent():
                self._show(part, event.partial_result)
                if event.status == "done":
                    part.duration_ms = event.duration_ms
                    part.status = "error" if event.partial_result.is_error else "ok"
            case ToolExecutionEndEvent():
                self._show(part, event.result)
                part.args, part.status, part.duration_ms = event.args or part.args, event.status, event.duration_ms

    def _add_question(self, event: StepStartEvent | StepEndEvent) -> None:
        """A person is asked about a call, or has answered: it runs from then on."""
        if isinstance(event, StepStartEvent):
            part = self.asked[event.step_id] = self._calls.get(event.tool_call_id) or ToolPart(name=event.name)
            part.status = "asking"
            return
        part = self.asked.pop(event.step_id, None)
        if part is not None and part.status == "asking":
            part.status, part.started_ms = "running", self._now_ms

    def _show(self, part: ToolPart, result: AgentToolResult) -> None:
        part.text, part.details = _result_text(result), result.details
        part.images = tuple(block for block in result.content if isinstance(block, ImageContent))
        self.sources.update((source.number, source) for source in sources_in(result.details))


_PASSING = ("notice", "load", "retry", "replay", "wait")  # of interest only while one waits
_ENDINGS: dict[str, str] = {
    "length": "cut: the model ran out of output tokens",
    "error": "failed",
    "aborted": "stopped",
    "max_turns": "ended by the limit of turns",
    "limit": "ended by a limit",
}


def _retries_words(retries: int) -> str:
    return f"{retries} retr{'ies' if retries > 1 else 'y'}" if retries else ""


def _model_text(info: Mapping[str, JsonValue]) -> str:
    return ":".join(str(info[key]) for key in ("provider", "model") if info.get(key))


def _visible(block: AssistantContent) -> bool:
    match block:
        case TextContent():
            return bool(block.text)
        case ThinkingContent():
            return bool(block.thinking)
        case ToolCallContent():
            return True


def _result_text(result: AgentToolResult) -> str:
    text = text_of(result.content)
    images = sum(1 for block in result.content if not isinstance(block, TextContent))
    return f"{text}\n[{images} image{'s' if images > 1 else ''}]".strip() if images else text
