"""`Limits`: how much a run may use before it ends with what it has."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.messages import NO_USAGE, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a run may use. A run that reaches a limit ends with `stop_reason` "limit" and keeps what it has.

    Attributes:
        tool_calls: Tool calls in all.
        tokens: Tokens read and written in all. Counted after each model call, so the last one may go beyond it.
        seconds: Seconds in all; what is under way then is stopped.
        cost: The sum that may be spent, in the currency of the prices.
        input_price: Price of a million tokens read.
        output_price: Price of a million tokens written.

    Raises:
        ConfigurationError: If a limit is negative, or `cost` has no prices to be counted with.
    """

    tool_calls: int | None = None
    tokens: int | None = None
    seconds: float | None = None
    cost: float | None = None
    input_price: float | None = None
    output_price: float | None = None

    def __post_init__(self) -> None:
        for name in ("tool_calls", "tokens", "seconds", "cost"):
            value = getattr(self, name)
            if value is not None and value < 0:
                raise ConfigurationError(f"The limit {name}={value} is negative.")
        if self.cost is not None and (self.input_price is None or self.output_price is None):
            raise ConfigurationError("A limit of cost needs input_price and output_price, each for a million tokens.")

    def spent(self, usage: Usage) -> float:
        """What `usage` costs at these prices; 0 without prices."""
        return (
            usage.input_tokens * (self.input_price or 0.0) + usage.output_tokens * (self.output_price or 0.0)
        ) / 1_000_000


@dataclass(slots=True)
class Spending:
    """What a run has used until now."""

    limits: Limits
    usage: Usage = NO_USAGE
    tool_calls: int = 0
    started: float = field(default_factory=time.monotonic)

    def reached(self) -> str | None:
        """The limit that is reached, as a sentence for a person; None if there is none."""
        limits = self.limits
        seconds, cost = time.monotonic() - self.started, limits.spent(self.usage)
        checks = (
            ("tool calls", self.tool_calls, limits.tool_calls),
            ("tokens", self.usage.total_tokens, limits.tokens),
            ("seconds", round(seconds, 1), limits.seconds),
            ("of cost", round(cost, 6), limits.cost),
        )
        for what, used, limit in checks:
            if limit is not None and used >= limit:
                return f"The run ended at its limit: {used:g} {what} of {limit:g}."
        return None
