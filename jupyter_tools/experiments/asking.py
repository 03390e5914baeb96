"""`Asker`: one cell's prompt, answered by an agent of its own. Where the work is done, here or on a worker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from jupyter_tools.agent.agent import Agent
from jupyter_tools.agent.limits import Limits
from jupyter_tools.agent.result import AgentResult
from jupyter_tools.errors import JupyterToolsError
from jupyter_tools.events import AgentEvent
from jupyter_tools.experiments.answers import Answer, answer_of
from jupyter_tools.experiments.cells import Cell
from jupyter_tools.experiments.variants import Variant
from jupyter_tools.json_types import JsonValue
from jupyter_tools.providers.rate_limit import RateLimiter
from jupyter_tools.recordings.entries import AskedFrom
from jupyter_tools.tools.attempt import attempt
from jupyter_tools.tools.options import ExecutionOptions
from jupyter_tools.traces import TraceStore

Listener = Callable[[AgentEvent], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskOptions:
    """What all cells of an experiment have in common.

    Attributes:
        experiment: Its name, for the traces.
        limits: How much one cell may use.
        execution: How tool calls are executed.
        occasion: This run of the experiment, for recordings.
        limiters: The pace of some providers, judges included; of a chain of models that of the first.
    """

    experiment: str
    limits: Limits = field(default_factory=Limits)
    execution: ExecutionOptions = field(default_factory=ExecutionOptions)
    occasion: str = ""
    limiters: Mapping[str, RateLimiter] = field(default_factory=dict[str, RateLimiter])

    def tags(self, cell: Cell) -> dict[str, JsonValue]:
        """What the traces say of a cell's run."""
        return {"experiment": self.experiment, "variant": cell.variant.name, "repeat": cell.repeat}


class Asker:
    """Asks agents: each cell one of its own, which differs from the others of its variant in its conversation only.

    Args:
        options: What all cells have in common.
        trace: Where the runs are recorded.
    """

    def __init__(self, options: AskOptions, *, trace: TraceStore | bool = False) -> None:
        self._options = options
        self._trace = trace
        self._agents: dict[int, tuple[Variant, Agent]] = {}  # holding the variant keeps its id its own

    async def ask(self, cell: Cell, listener: Listener | None = None) -> Answer:
        """The answer. What fails is in it; only a cancellation is raised.

        Args:
            cell: The question.
            listener: Called with each event of the run.
        """
        started = time.perf_counter()
        result, error = await attempt(lambda: self._run(cell, listener))
        latency_ms = (time.perf_counter() - started) * 1000
        if isinstance(error, asyncio.CancelledError):
            raise error
        if result is None:
            return Answer(error=_words(error), stop_reason="error", latency_ms=latency_ms)
        return answer_of(result, latency_ms)

    async def _run(self, cell: Cell, listener: Listener | None) -> AgentResult:
        options = self._options
        asked_from = AskedFrom(place=cell.key, occasion=options.occasion)
        agent = self._agent(cell.variant).clone()
        return await agent.run(cell.text, tags=options.tags(cell), asked_from=asked_from, listener=listener)

    def _agent(self, variant: Variant) -> Agent:
        known = self._agents.get(id(variant))
        if known is None:
            known = self._agents[id(variant)] = variant, self._new_agent(variant)
        return known[1]

    def _new_agent(self, variant: Variant) -> Agent:
        return Agent(
            variant.model,
            variant.tools,
            system=variant.system,
            max_turns=variant.max_turns,
            execution=self._options.execution,
            limits=self._options.limits,
            rate_limit=self._options.limiters.get(variant.model.provider),
            trace=self._trace,
        )


def _words(error: BaseException | None) -> str:
    return str(error) if isinstance(error, JupyterToolsError) else f"{type(error).__name__}: {error}"
