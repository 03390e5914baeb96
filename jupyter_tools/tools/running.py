"""What runs at the moment, and what nobody waits for any more: for `%tool --running` and for tests."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

from jupyter_tools.tools.places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningTool:
    """A tool's code that has not ended.

    Attributes:
        tool_name: The tool's name.
        tool_call_id: The call's id.
        run_id: The run it belongs to; "" outside of one.
        place: Where it runs: "loop", "thread" or "process".
        seconds: For how long.
        abandoned: True if its call was answered without it: it hung beyond its deadline, or the run was stopped.
    """

    tool_name: str
    tool_call_id: str
    run_id: str
    place: Place
    seconds: float
    abandoned: bool


class Work(Protocol):
    """What the register needs to know of a call."""

    place: Place
    started: float

    @property
    def names(self) -> tuple[str, str, str]:
        """Tool's name, call's id, run's id."""
        ...

    @property
    def answered(self) -> bool:
        """True once the call has its result."""
        ...


# Adding to a set and copying one are atomic, so threads need no lock here.
register: set[Work] = set()


def running_tools() -> list[RunningTool]:
    """The tools that run now, longest first; abandoned ones are marked. Works from any thread."""
    now = time.monotonic()
    tools = [_described(work, now) for work in list(register)]
    return sorted(tools, key=lambda tool: -tool.seconds)


def _described(work: Work, now: float) -> RunningTool:
    tool_name, tool_call_id, run_id = work.names
    return RunningTool(
        tool_name=tool_name,
        tool_call_id=tool_call_id,
        run_id=run_id,
        place=work.place,
        seconds=now - work.started,
        abandoned=work.answered,
    )
