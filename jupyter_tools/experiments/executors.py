"""Executors: where cells are answered. This one does it in the event loop at hand; `dask_executor` on many machines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias, cast

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.experiments.answers import Answer
from jupyter_tools.experiments.asking import Asker, AskOptions
from jupyter_tools.experiments.cells import Cell
from jupyter_tools.experiments.scorers import Outcome, Scorer
from jupyter_tools.experiments.scoring import Scores, scored
from jupyter_tools.providers.rate_limit import RateLimiter
from jupyter_tools.providers.registry import provider_names
from jupyter_tools.traces import TraceStore

AT_ONCE = 8
_LIMITS = ("requests_per_minute", "tokens_per_minute", "concurrency")
Concurrency: TypeAlias = "int | Mapping[str, int]"


class Executor(Protocol):
    """Answers cells and scores the answers."""

    def places(self, provider: str) -> int:
        """How many cells of that provider may be under way at once."""
        ...

    async def answer(self, cell: Cell) -> tuple[Answer, Scores]:
        """The answer and its scores, but for those of judges. Only a cancellation is raised."""
        ...

    async def score(self, cell: Cell, answer: Answer) -> Scores:
        """The scores of an answer that is there already."""
        ...


class LoopExecutor:
    """Answers cells in the running event loop, which belongs to it from the first answer on.

    Args:
        options: What all cells have in common.
        scorers: What is computed of each answer.
        store: Where the runs are recorded.
        concurrency: How many cells at once, for every provider or by provider.
    """

    def __init__(
        self,
        options: AskOptions,
        scorers: tuple[Scorer, ...],
        store: TraceStore,
        *,
        concurrency: Concurrency,
    ) -> None:
        self._asker = Asker(options, trace=store)
        self._scorers = scorers
        self._concurrency = concurrency

    def places(self, provider: str) -> int:
        """How many cells of that provider may be under way at once."""
        return places_of(self._concurrency, provider)

    async def answer(self, cell: Cell) -> tuple[Answer, Scores]:
        """The answer and its scores."""
        answer = await self._asker.ask(cell)
        return answer, await self.score(cell, answer)

    async def score(self, cell: Cell, answer: Answer) -> Scores:
        """The scores of an answer that is there already."""
        return await scored(outcome_of(cell, answer), self._scorers) if self._scorers else {}


def outcome_of(cell: Cell, answer: Answer) -> Outcome:
    """What scorers see of a cell."""
    return Outcome(key=cell.key, prompt=cell.text, row=cell.row, answer=answer, repeat=cell.repeat)


def places_of(concurrency: Concurrency, provider: str) -> int:
    """How many cells of `provider` may be under way at once."""
    usual = 1 if provider == "local" else AT_ONCE  # the embedded model answers one after the other anyway
    return concurrency if isinstance(concurrency, int) else concurrency.get(provider, usual)


def checked_concurrency(concurrency: Concurrency) -> Concurrency:
    """The concurrency as it was written.

    Raises:
        ConfigurationError: If nothing could ever be asked.
        UnknownNameError: If it names a provider that does not exist.
    """
    by_provider = concurrency if isinstance(concurrency, Mapping) else {"": concurrency}
    for provider, number in by_provider.items():
        if provider:
            _check_provider(provider)
        if not isinstance(number, int) or number < 1:  # pyright: ignore[reportUnnecessaryIsInstance]  # people's input
            raise ConfigurationError(f"concurrency is {number!r}: write how many cells at once, 1 or more.")
    return concurrency


def limiters_of(rate_limits: Mapping[str, Any] | None) -> dict[str, RateLimiter]:
    """A limiter for each provider that has limits.

    Args:
        rate_limits: By provider: a `RateLimiter`, or its limits, such as `{"requests_per_minute": 500}`.

    Raises:
        ConfigurationError: If a limit is not known, or less than 1.
        UnknownNameError: If there is no such provider.
    """
    limiters: dict[str, RateLimiter] = {}
    for provider, limits in (rate_limits or {}).items():
        _check_provider(provider)
        if isinstance(limits, RateLimiter):
            limiters[provider] = limits
            continue
        if not isinstance(limits, Mapping):
            raise ConfigurationError(f"rate_limits[{provider!r}] is a dict such as {{'requests_per_minute': 500}}.")
        given = dict(cast("Mapping[str, Any]", limits))
        for name in given:
            if name not in _LIMITS:
                raise UnknownNameError("rate limit", name, _LIMITS)
        limiters[provider] = RateLimiter(**given)
    return limiters


def _check_provider(name: str) -> None:
    if name not in provider_names():
        raise UnknownNameError("provider", name, provider_names())
