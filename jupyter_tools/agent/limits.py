"""`Limits`: how much a run may use before it ends with what it has."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.messages import NO_USAGE, Usage
from jupyter_tools.tools.execution import ExecutionOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a run may use. A run that reaches a limit ends with `stop_reason` "limit" and keeps what it has.

    Attributes:
        tool_calls: Tool calls in all. Of calls that come at once, those beyond it are not run.
        tokens: Tokens read and written in all. Counted after each model call, so the last one may go beyond it;
            estimated where the provider does not count.
        seconds: Seconds in all; what is under way then is stopped.
        cost: US dollars in all. Counted after each model call, so the last one may go beyond it. A run whose costs are
            not known ends after its first turn.

    Raises:
        ConfigurationError: If a limit is no number, or negative.
    """

    tool_calls: int | None = None
    tokens: int | None = None
    seconds: float | None = None
    cost: float | None = None

    def __post_init__(self) -> None:
        for name in ("tool_calls", "tokens", "seconds", "cost"):
            value: object = getattr(self, name)
            if value is not None and not (isinstance(value, int | float) and value >= 0):  # not a number is none, too
                raise ConfigurationError(f"The limit {name}={value!r} is no number from 0 on.")

    @property
    def count_tokens(self) -> bool:
        """Whether somebody has to count them if the provider does not."""
        return self.tokens is not None or self.cost is not None

    def held_by(self, execution: ExecutionOptions) -> ExecutionOptions:
        """The options with which no more tools are run than the limit allows, even if many are called at once."""
        if self.tool_calls is None:
            return execution
        return replace(execution, max_calls=min(execution.max_calls, self.tool_calls))


@dataclass(slots=True)
class Spending:
    """What a run has used until now."""

    limits: Limits
    usage: Usage = NO_USAGE
    tool_calls: int = 0
    started: float = field(default_factory=time.monotonic)

    def reached(self) -> str | None:
        """The limit that is reached, as a sentence for a person; None if there is none."""
        limits, cost = self.limits, self.usage.cost
        if limits.cost is not None and cost is None and self.usage != NO_USAGE:
            return "The run ended because what it costs is not known. Say it: PRICES['provider:model'] = Price(...)."
        seconds = time.monotonic() - self.started
        called = self.tool_calls if limits.tool_calls is None else min(self.tool_calls, limits.tool_calls)
        checks = (
            ("tool calls", called, limits.tool_calls),
            ("tokens", self.usage.total_tokens, limits.tokens),
            ("seconds", round(seconds, 1), limits.seconds),
            ("dollars", round(cost or 0.0, 6), limits.cost),
        )
        for what, used, limit in checks:
            if limit is not None and used >= limit:
                return f"The run ended at its limit: {used:.10g} {what} of {limit:.10g}."
        return None
