"""`Conversation`: what was said in a kernel, and which cell said it, so that a cell that runs again takes it back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.json_types import JsonValue
from jupyter_tools.messages import Message
from jupyter_tools.recordings.entries import AskedFrom

MAIN = "main"
_NAME = re.compile(r"\w[\w.-]*")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a prompt comes from.

    Attributes:
        cell_id: The notebook's cell, None where cells have no ids.
        execution: The id of the request that runs the cell: a loop in one cell goes on, it does not take back.
    """

    cell_id: str | None = None
    execution: str | None = None

    @property
    def tags(self) -> dict[str, JsonValue]:
        """What the traces should know of a run from here."""
        return {"cell_id": self.cell_id}

    @property
    def asked_from(self) -> AskedFrom:
        """What a recording should know of it."""
        return AskedFrom(place=self.cell_id or "", occasion=self.execution or "")


NOWHERE = Origin()


@dataclass(slots=True, eq=False)
class Turn:
    """A prompt and all that followed from it.

    Attributes:
        origin: Who asked.
        messages: What was said; nothing while the run goes on.
    """

    origin: Origin
    messages: list[Message] = field(default_factory=list[Message])


class Conversation:
    """The turns of cells, in the order in which they began.

    A turn has its place from its start, so that runs that go on beside each other are in the same order each time.
    """

    def __init__(self) -> None:
        self._turns: list[Turn] = []

    @property
    def messages(self) -> list[Message]:
        """What the next turn's model sees. Valid for a model, whatever happened to the turns before."""
        return _messages(self._turns)

    @property
    def cells(self) -> int:
        """How many turns there are."""
        return len(self._turns)

    def clear(self) -> None:
        """Forget everything."""
        self._turns.clear()

    def before(self, origin: Origin) -> list[Message]:
        """What the model sees before a prompt of `origin`: if that cell has spoken before, all until then."""
        return _messages(self._turns[: self._start(origin)])

    def begin(self, origin: Origin) -> Turn:
        """A new turn after `before(origin)`. What this cell said before, and all after it, is taken back."""
        del self._turns[self._start(origin) :]
        turn = Turn(origin)
        self._turns.append(turn)
        return turn

    def end(self, turn: Turn, messages: Iterable[Message]) -> None:
        """The turn is over. One that left nothing has no place to go back to; one taken back stays so."""
        turn.messages = list(messages)
        if not turn.messages and turn in self._turns:
            self._turns.remove(turn)

    def __contains__(self, turn: Turn) -> bool:
        return turn in self._turns

    def _start(self, origin: Origin) -> int:
        if origin.cell_id is None:
            return len(self._turns)
        places = [place for place, turn in enumerate(self._turns) if _earlier(turn.origin, origin)]
        return min(places, default=len(self._turns))


def _earlier(before: Origin, now: Origin) -> bool:
    return before.cell_id == now.cell_id and before.execution != now.execution


def _messages(turns: Iterable[Turn]) -> list[Message]:
    return [message for turn in turns for message in turn.messages]


class Conversations:
    """The conversations of a kernel, by name. `main` is always there."""

    def __init__(self) -> None:
        self._known = {MAIN: Conversation()}

    def __getitem__(self, name: str) -> Conversation:
        """The conversation of this name.

        Raises:
            ConfigurationError: If there is none.
        """
        if name not in self._known:
            missing = UnknownNameError("conversation", name, self._known)
            raise ConfigurationError(f"{missing} With --new it is started.")
        return self._known[name]

    def started(self, name: str) -> Conversation:
        """The conversation of this name, empty.

        Raises:
            ConfigurationError: If that is no name.
        """
        if not _NAME.fullmatch(name):
            raise ConfigurationError(f"A conversation's name is a word, such as review, not {name!r}.")
        conversation = self._known.setdefault(name, Conversation())
        conversation.clear()
        return conversation

    def names(self) -> list[str]:
        """All names, in the order in which they were started."""
        return list(self._known)
