"""`Conversation`: what was said in a kernel, and which cell said it, so that a cell that runs again takes it back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from jupyter_tools.messages import Message


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a prompt comes from.

    Attributes:
        cell_id: The notebook's cell, None where cells have no ids.
        execution: The id of the request that runs the cell: a loop in one cell goes on, it does not take back.
    """

    cell_id: str | None = None
    execution: str | None = None


NOWHERE = Origin()


@dataclass(frozen=True, slots=True)
class _Place:
    start: int
    execution: str | None


class Conversation:
    """The messages of a kernel's cells, in the order in which the model sees them.

    Attributes:
        messages: The conversation, valid for the next turn whatever happened to the last.
    """

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self._places: dict[str, _Place] = {}

    def clear(self) -> None:
        """Forget everything."""
        self.messages.clear()
        self._places.clear()

    def before(self, origin: Origin) -> list[Message]:
        """What the model sees before a prompt of `origin`: if that cell has spoken before, all until then."""
        return self.messages[: self._start(origin)]

    def keep(self, messages: Iterable[Message], origin: Origin) -> None:
        """Go on from `messages`, which begin with `before(origin)`."""
        start = self._start(origin)
        self.messages = list(messages)
        self._places = {
            cell: place for cell, place in self._places.items() if place.start < start or self._goes_on(cell, origin)
        }
        if origin.cell_id is not None and len(self.messages) > start:
            self._places.setdefault(origin.cell_id, _Place(start, origin.execution))

    def _start(self, origin: Origin) -> int:
        place = self._places.get(origin.cell_id or "")
        if place is None or place.execution == origin.execution:
            return len(self.messages)
        return place.start

    def _goes_on(self, cell: str, origin: Origin) -> bool:
        return cell == origin.cell_id and self._places[cell].execution == origin.execution
