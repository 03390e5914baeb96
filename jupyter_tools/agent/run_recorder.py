"""`RunRecorder`: listens to a run and writes what the model and the tools gave into a recording."""

from __future__ import annotations

import time
import warnings

from jupyter_tools.errors import RecordingError
from jupyter_tools.events import (
    AgentEvent,
    MessageEndEvent,
    MessageStartEvent,
    MessageUpdateEvent,
    StopDelta,
    ToolExecutionEndEvent,
    ToolExecutionStartEvent,
    TurnStartEvent,
    TurnUpdateEvent,
)
from jupyter_tools.json_types import JsonObject
from jupyter_tools.messages import AssistantMessage, Message, UserMessage, text_of
from jupyter_tools.recordings.blocks import TimedPart
from jupyter_tools.recordings.entries import NOWHERE, AskedFrom, Entry, RecordedCall, RecordedResult
from jupyter_tools.recordings.file import RecordingFile
from jupyter_tools.recordings.keys import conversation_key, latest_key, prompt_of


class RunRecorder:
    """Folds the events of one run into the entries of a recording.

    If the file cannot be written, a warning says so and the run goes on unrecorded.

    Args:
        file: Where they go.
        asked_from: Where the run was asked from.
        settings: The hash of its options, instructions and tools.
    """

    def __init__(self, file: RecordingFile, asked_from: AskedFrom = NOWHERE, settings: str = "") -> None:
        self._file = file
        self._asked_from = asked_from
        self._settings = settings
        self._run = file.new_run()
        self._begun = False
        self._writable = True
        self._seen: tuple[Message, ...] = ()
        self._heard: list[str] = []
        self._parts: list[TimedPart] = []
        self._asked_at = 0.0
        self._asked_with: dict[str, JsonObject] = {}

    def record(self, event: AgentEvent) -> None:
        """Take one event. One run's events come in order."""
        match event:
            case TurnStartEvent():
                self._seen = event.messages
            case MessageStartEvent(message=AssistantMessage()):
                self._parts, self._asked_at = [], time.monotonic()
            case MessageUpdateEvent():
                self._parts.append((self._elapsed_ms(), event.delta))
            case TurnUpdateEvent():
                self._parts.append((self._elapsed_ms(), event.notice))
            case MessageEndEvent(message=AssistantMessage() as message):
                self._write_call(message, event.duration_ms)
            case MessageEndEvent(message=UserMessage() as message):
                self._heard.append(text_of(message.content))
            case ToolExecutionStartEvent():
                self._asked_with[event.tool_call_id] = event.args
            case ToolExecutionEndEvent():
                self._write_result(event)
            case _:
                pass

    def _elapsed_ms(self) -> float:
        return round((time.monotonic() - self._asked_at) * 1000, 1)

    def _write_call(self, message: AssistantMessage, duration_ms: float | None) -> None:
        heard, self._heard = tuple(self._heard), []
        key = conversation_key(self._seen, self._file.clean)
        replaced = () if self._begun else self._file.replaced_by(self._run, key, self._asked_from)
        self._begun = True
        self._write(
            RecordedCall(
                run=self._run,
                key=key,
                latest=latest_key(self._seen, self._file.clean),
                model=f"{message.provider}:{message.model}",
                prompt=prompt_of(self._seen),
                place=self._asked_from.place,
                settings=self._settings,
                instead_of=replaced,
                heard=heard,
                parts=tuple(self._parts),
                stop=StopDelta(
                    stop_reason=message.stop_reason,
                    error_message=message.error_message,
                    error_type=message.error_type,
                ),
                usage=message.usage,
                duration_ms=round(duration_ms or 0.0, 1),
            )
        )

    def _write(self, entry: Entry) -> None:
        try:
            if self._writable:
                self._file.add(entry)
        except RecordingError as error:
            self._writable = False
            warnings.warn(str(error), RuntimeWarning, stacklevel=2)

    def _write_result(self, event: ToolExecutionEndEvent) -> None:
        self._write(
            RecordedResult(
                run=self._run,
                name=event.tool_name,
                arguments=self._asked_with.pop(event.tool_call_id, event.args),
                result=event.result,
                duration_ms=round(event.duration_ms, 1),
            )
        )
