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
from dataclasses import dataclass, field

from jupyter_tools.events import AgentToolResult

_LOGGER = logging.getLogger("jupyter_tools.tools")


def _to_nobody(_update: AgentToolResult | str) -> None:
    """Progress of a tool that is called by hand goes nowhere."""


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

    @property
    def aborted(self) -> bool:
        """True once the run is aborted: a loop that looks at it may return early with what it has."""
        return self.signal is not None and self.signal.is_set()

    def progress(self, update: AgentToolResult | str) -> None:
        """Show how far the call is. Works from any thread; after the call's end it does nothing."""
        self._on_update(update)
