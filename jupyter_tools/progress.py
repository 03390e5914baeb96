"""How far an experiment is: cells, failures, pace, time left; and what shows it here."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TextIO, TypeAlias

from jupyter_tools.durations import seconds_text


@dataclass(slots=True)
class Progress:
    """How far an experiment is.

    Attributes:
        total: Cells in all.
        reused: Those that were finished before it began.
        done: Those that are finished now, reused ones included.
        failed: Those of them that have no answer.
        stopped: True once somebody has stopped it.
        cost: US dollars spent now, judges included, as far as known.
        expected: What it will take, in words, if that was estimated.
    """

    total: int
    reused: int = 0
    done: int = 0
    failed: int = 0
    stopped: bool = False
    cost: float = 0.0
    expected: str = ""
    _started: float = field(default_factory=time.monotonic)

    @property
    def rate(self) -> float:
        """Cells a second, reused ones left out."""
        elapsed = time.monotonic() - self._started
        return (self.done - self.reused) / elapsed if elapsed > 0 else 0.0

    @property
    def left_s(self) -> float | None:
        """Seconds that the others will take at this pace; None before the first."""
        return (self.total - self.done) / self.rate if self.rate > 0 else None

    @property
    def text(self) -> str:
        """All of it in one line."""
        parts = [f"{self.done:,} of {self.total:,} cells"]
        parts += [f"{self.reused:,} from the store"] if self.reused else []
        parts += [f"{self.failed:,} failed"] if self.failed else []
        parts += [f"${self.cost:.4f}"] if self.cost else []
        if self.stopped:
            return " · ".join([*parts, "stopped"])
        if self.done < self.total:
            parts += [f"{self.rate:.1f}/s"] if self.rate else []
            parts += [f"{seconds_text(self.left_s)} left"] if self.left_s is not None else []
        return " · ".join(parts)


class ProgressView(Protocol):
    """Shows how far an experiment is. One thread calls it, often the event loop's, so each call must be quick."""

    def open(self, progress: Progress) -> None:
        """It begins."""
        ...

    def update(self, progress: Progress) -> None:
        """Called a few times a second."""
        ...

    def close(self, progress: Progress) -> None:
        """It is over, or was stopped."""
        ...


class NoView:
    """Shows nothing."""

    def open(self, progress: Progress) -> None:
        """Nothing."""

    def update(self, progress: Progress) -> None:
        """Nothing."""

    def close(self, progress: Progress) -> None:
        """Nothing."""


class TextView:
    """A bar of text, which stays readable in a terminal, in a log and in a saved notebook."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._bar: Any = None

    def open(self, progress: Progress) -> None:
        """Draw the bar."""
        from tqdm import tqdm

        if progress.expected:
            tqdm.write(f"{self._name}: {progress.expected}", file=bar_output())
        self._bar = tqdm(
            total=progress.total,
            initial=progress.reused,
            desc=self._name,
            unit=" cells",
            mininterval=0.2,
            file=bar_output(),
        )

    def update(self, progress: Progress) -> None:
        """Move it."""
        if self._bar is not None and progress.done != self._bar.n:
            failures = f"{progress.failed} failed" if progress.failed else ""
            self._bar.set_postfix_str(failures, refresh=False)
            self._bar.update(progress.done - self._bar.n)

    def close(self, progress: Progress) -> None:
        """Leave it as it is."""
        self.update(progress)
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def bar_output() -> TextIO:
    """Where a bar of text belongs: beside the output in a terminal or a log; a notebook would show that as an error."""
    return sys.stdout if type(sys.stdout).__module__.startswith("ipykernel.") else sys.stderr


# --- what shows an experiment here ---
ViewMaker: TypeAlias = Callable[[str, Callable[[], None]], ProgressView]
_makers: list[ViewMaker] = []


def show_with(make: ViewMaker | None) -> None:
    """Let `make(name, stop)` make the views of the experiments to come; None: bars of text again."""
    _makers[:] = [] if make is None else [make]


def view_of(name: str, stop: Callable[[], None]) -> ProgressView:
    """The view for an experiment of this name, which `stop` stops."""
    return _makers[0](name, stop) if _makers else TextView(name)
