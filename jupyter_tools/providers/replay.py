"""A recording answers in place of a model.

A request is answered by what was recorded for the same conversation, else for the same words since a person spoke last.
Of several such answers, those of the same model come first, then those of the same place (a notebook's cell, or an
experiment's), then those of the same options, instructions and tools, and then those that were played least: what was
recorded three times is answered three times as it was, and then from the beginning.
"""

from __future__ import annotations

import difflib
import threading
import time
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jupyter_tools.errors import RecordingError
from jupyter_tools.events import Notice, StopDelta, StreamPart, UsageDelta
from jupyter_tools.messages import Message
from jupyter_tools.providers.base import Model, Request
from jupyter_tools.providers.waiting import sleep_unless
from jupyter_tools.recordings.entries import RecordedCall
from jupyter_tools.recordings.file import RecordedRun, read_runs
from jupyter_tools.recordings.keys import Clean, conversation_key, latest_key, prompt_of
from jupyter_tools.shortening import one_line

_SHOWN = 100  # characters of a prompt in a message for people


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer stands in a recording."""

    run: RecordedRun
    number: int

    @property
    def call(self) -> RecordedCall:
        """The answer."""
        return self.run.calls[self.number]

    @property
    def following(self) -> RecordedCall | None:
        """The run's next answer."""
        return self.run.calls[self.number + 1] if self.number + 1 < len(self.run.calls) else None


class AnswerBook:
    """A recording's answers, by what was asked. May be read from any thread.

    Args:
        path: The recording's file.
        clean: Takes keys and the like out of a text, as when it was recorded.

    Attributes:
        path: The recording's file.
        runs: Its runs.

    Raises:
        RecordingError: If it cannot be read.
    """

    def __init__(self, path: Path, clean: Clean = str) -> None:
        self.path = path
        self._clean = clean
        self.runs = read_runs(path)
        self._places = [Place(run, number) for run in self.runs for number in range(len(run.calls))]
        self._by_key: dict[str, list[int]] = {}
        for number, place in enumerate(self._places):
            for key in (place.call.key, f"latest {place.call.latest}"):
                self._by_key.setdefault(key, []).append(number)
        self._played = Counter[int]()
        self._lock = threading.Lock()

    @property
    def answers(self) -> int:
        """How many answers there are."""
        return len(self._places)

    @property
    def played(self) -> int:
        """How many of them were given at least once."""
        return len(self._played)

    def find(self, messages: Sequence[Message], model: Model, *, place: str = "", settings: str = "") -> Place:
        """The answer to these messages.

        Args:
            messages: What the model would see.
            model: Who was asked.
            place: Where the run was asked from.
            settings: The hash of its options, instructions and tools.

        Raises:
            RecordingError: If there is none. It shows the nearest recorded prompt.
        """
        same = self._by_key.get(conversation_key(messages, self._clean))
        same = same or self._by_key.get(f"latest {latest_key(messages, self._clean)}")
        if not same:
            raise RecordingError(self._missing(self._clean(prompt_of(messages))))

        def unlikeness(number: int) -> tuple[bool, bool, bool, int]:
            call = self._places[number].call
            return call.model != str(model), call.place != place, call.settings != settings, self._played[number]

        with self._lock:
            best = min(same, key=unlikeness)
            self._played[best] += 1
        return self._places[best]

    def _missing(self, prompt: str) -> str:
        prompts = list({place.call.prompt: None for place in self._places})
        if prompt in prompts:
            problem = "holds this prompt, but not with this turn of the conversation"
            return f"{self.path.name} {problem}: {one_line(prompt, _SHOWN)!r}. Record it again."
        nearest = difflib.get_close_matches(prompt, prompts, n=1, cutoff=0.0)
        hint = f" The nearest recorded one is {one_line(nearest[0], _SHOWN)!r}." if nearest else " It holds no answers."
        return f"{self.path.name} has no answer to the prompt {one_line(prompt, _SHOWN)!r}.{hint}"


class ReplayProvider:
    """Answers one run from a recording.

    Args:
        book: The recording.
        name: The provider it stands for.
        fast: Without the waits of the recording.
        place: Where the run is asked from.
        settings: The hash of its options, instructions and tools.

    Attributes:
        name: The provider it stands for.
        place: Where its last answer stands; None before the first.
        news: What people should read before the next answer.
    """

    def __init__(self, book: AnswerBook, name: str, *, fast: bool = False, place: str = "", settings: str = "") -> None:
        self.name = name
        self.place: Place | None = None
        self.news: list[str] = []
        self._book = book
        self._fast = fast
        self._asked = {"place": place, "settings": settings}

    async def stream(self, request: Request) -> AsyncGenerator[StreamPart]:
        """The recorded answer, with its times.

        Raises:
            RecordingError: If the recording has no answer to this.
        """
        self.place = self._book.find(request.messages, request.model, **self._asked)
        recorded = self.place.call
        for notice in self._notices(request.model, recorded):
            yield notice
        started = time.monotonic()
        for ms, part in recorded.parts:
            if not self._fast:
                await sleep_unless(ms / 1000 - (time.monotonic() - started), request.signal)
            if request.signal is not None and request.signal.is_set():
                yield StopDelta(stop_reason="aborted")
                return
            yield part
        yield UsageDelta(usage=recorded.usage)
        yield recorded.stop

    def _notices(self, model: Model, recorded: RecordedCall) -> list[Notice]:
        news, self.news = self.news, []
        notices = [Notice(text=f"answering from {self._book.path.name}", kind="replay")]
        notices += [Notice(text=text, kind="drift") for text in news]
        if recorded.model != str(model):
            provider, _, name = recorded.model.partition(":")
            text = f"{recorded.model} answers, from the recording"
            notices.append(Notice(text=text, kind="fallback", provider=provider, model=name))
        return notices

    async def aclose(self) -> None:
        """Nothing is held."""
