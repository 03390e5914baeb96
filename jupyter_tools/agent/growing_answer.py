"""`GrowingAnswer`: a model's answer while it comes, and the message that it is when nothing more does."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from jupyter_tools.events import DELTAS, StreamPart, UsageDelta
from jupyter_tools.messages import NO_USAGE, AssistantMessage, Message
from jupyter_tools.providers.assembly import MessageAssembly
from jupyter_tools.token_estimate import estimated_usage


@dataclass(slots=True)
class GrowingAnswer:
    """One answer.

    Attributes:
        assembly: What there is of the message.
        asked_at: When the model was asked, in monotonic seconds.
        first_token_ms: How long its first piece took; None until it is there.
    """

    assembly: MessageAssembly
    asked_at: float = field(default_factory=time.monotonic)
    first_token_ms: float | None = None

    def add(self, part: StreamPart) -> None:
        """Take one piece."""
        self.assembly.add(part)
        if self.first_token_ms is None and isinstance(part, DELTAS):
            self.first_token_ms = self.elapsed_ms()

    def elapsed_ms(self) -> float:
        """How long ago the model was asked."""
        return (time.monotonic() - self.asked_at) * 1000

    def count(self, asked: Sequence[Message]) -> None:
        """Estimate what was used if nobody has said it: a limit must hold all the same."""
        if self.assembly.usage == NO_USAGE and self.first_token_ms is not None:
            self.assembly.add(UsageDelta(usage=estimated_usage(asked, self.assembly.message())))

    def message(self, *, aborted: bool) -> AssistantMessage:
        """The answer at its end; that of a model which has not said why it ended is cut off, unless it was aborted."""
        if self.assembly.stop_reason is not None:
            return self.assembly.message()
        if aborted:
            return self.assembly.message(stop_reason="aborted")
        return self.failed("The answer was cut off: the model's stream ended without saying why.", "CutOff")

    def failed(self, error_message: str, error_type: str) -> AssistantMessage:
        """The answer of a model that has failed, as far as it got."""
        return self.assembly.message(stop_reason="error", error_message=error_message, error_type=error_type)
