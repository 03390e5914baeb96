"""`ToolContext`: what a tool may want to know about its own call. A parameter annotated with it receives one.

    @tool
    def train(epochs: int, context: ToolContext) -> dict:
        for epoch in range(epochs):
            if context.aborted:
                break
            context.progress(f"epoch {epoch + 1} of {epochs}")
        ...

The model never sees that parameter.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from jupyter_tools.events import AgentToolResult
from jupyter_tools.json_types import JsonValue
from jupyter_tools.tools.steps import Step, Tell, step

_LOGGER = logging.getLogger("jupyter_tools.tools")


def _to_nobody(_news: object) -> None:
    """News of a tool that is called by hand goes nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolContext:
    """The call a tool is running for. `ToolContext()` does for calling the function by hand.

    Attributes:
        run_id: The run the call belongs to; "" outside of one.
        tool_call_id: The call's id.
        signal: Set when the run is aborted; None in a process of its own, which is simply killed.
        logger: Where a tool may log. Its name ends in the tool's name.
    """

    run_id: str = ""
    tool_call_id: str = ""
    signal: asyncio.Event | None = None
    logger: logging.Logger = _LOGGER
    _on_update: Callable[[AgentToolResult | str], None] = field(default=_to_nobody, repr=False)
    _on_step: Tell = field(default=_to_nobody, repr=False)

    @property
    def aborted(self) -> bool:
        """True once the run is aborted: a loop that looks at it may return early with what it has."""
        return self.signal is not None and self.signal.is_set()

    def progress(self, update: AgentToolResult | str) -> None:
        """Show how far the call is. Works from any thread; after the call's end it does nothing."""
        self._on_update(update)

    def retrieval(self, name: str, query: JsonValue) -> AbstractContextManager[Step]:
        """A search as part of the call, which becomes a row of its own in the traces; works from any thread.

            with context.retrieval("papers", query) as found:
                documents = index.search(query)
                found.result = [document.title for document in documents]

        Args:
            name: What is searched.
            query: What is looked for.
        """
        return step(self._on_step, "retrieval", name, self.tool_call_id, query)


BY_HAND = ToolContext()  # a function that is called by hand is part of no call
