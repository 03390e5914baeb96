"""`step`: a part of a tool call that takes its time, told to whoever listens: an approval, a retrieval."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, TypeAlias

from jupyter_tools.events import StepEndEvent, StepStartEvent
from jupyter_tools.json_types import JsonValue

Tell: TypeAlias = Callable[[StepStartEvent | StepEndEvent], object]


@dataclass(slots=True)
class Step:
    """What came of a step; to be filled in while it goes on.

    Attributes:
        result: What came of it.
        status: "ok", "error" or "denied".
        error: What went wrong, in words.
    """

    result: JsonValue = None
    status: Literal["ok", "error", "denied", "aborted"] = "ok"
    error: str | None = None


@contextmanager
def step(
    tell: Tell, kind: Literal["approval", "retrieval"], name: str, tool_call_id: str, args: JsonValue
) -> Generator[Step]:
    """The code inside is a step of the call. What it raises goes on."""
    step_id = uuid.uuid4().hex
    tell(StepStartEvent(step_id=step_id, kind=kind, name=name, tool_call_id=tool_call_id, args=args))
    going, started = Step(), time.monotonic()
    try:
        yield going
    except BaseException as error:
        going.status = "error" if isinstance(error, Exception) else "aborted"
        going.error = str(error) or type(error).__name__
        raise
    finally:
        elapsed_ms = (time.monotonic() - started) * 1000
        tell(
            StepEndEvent(
                step_id=step_id, status=going.status, result=going.result, error=going.error, duration_ms=elapsed_ms
            )
        )
