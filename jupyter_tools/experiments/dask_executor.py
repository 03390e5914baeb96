"""`DaskExecutor`: cells on the workers of a Dask cluster.

A worker builds providers and tools itself, and finds keys in its own environment: only names travel. What it sends
back is the answer, its scores, and the events of the run, which are recorded here as if the run had been here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from jupyter_tools.errors import ConfigurationError, MissingExtraError
from jupyter_tools.events import AgentEvent, MessageStartEvent, MessageUpdateEvent
from jupyter_tools.experiments.answers import Answer
from jupyter_tools.experiments.asking import Asker, AskOptions
from jupyter_tools.experiments.cells import Cell
from jupyter_tools.experiments.executors import outcome_of
from jupyter_tools.experiments.scorers import Scorer
from jupyter_tools.experiments.scoring import Scores, scored_here
from jupyter_tools.experiments.variants import Variant
from jupyter_tools.loop_thread import loop_thread
from jupyter_tools.tools.attempt import attempt_in_thread
from jupyter_tools.traces import TraceRecorder, TraceStore

if TYPE_CHECKING:
    from distributed import Client, Future

_AHEAD = 2  # cells a thread of a worker has before it: one to work on, one so that it need not wait for the next
_PARTS = (MessageUpdateEvent, MessageStartEvent)  # what they say is in the whole message


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a worker sends back.

    Attributes:
        answer: The answer.
        scores: Its scores, but for those of judges.
        events: The events of the run with their times, pickled; empty if they cannot be.
    """

    answer: Answer
    scores: Scores
    events: bytes = b""


class DaskExecutor:
    """Answers cells on the workers of a cluster. Lost workers' cells go to others; stopping cancels what waits.

    Args:
        client: The cluster's client.
        options: What all cells have in common.
        scorers: What is computed of each answer, on the workers too.
        store: Where the runs are recorded, here.
        variants: What will be asked, to see whether it can be sent.
        concurrency: By provider, how many cells at once in the whole cluster; else as many as there are threads.

    Raises:
        MissingExtraError: If Dask is not installed.
        ConfigurationError: If `client` is none, or has no workers.
    """

    def __init__(
        self,
        client: Any,
        options: AskOptions,
        scorers: tuple[Scorer, ...],
        store: TraceStore,
        *,
        variants: Sequence[Variant],
        concurrency: Mapping[str, int] | None = None,
    ) -> None:
        self._client = checked_client(client)
        self._options = options
        self._store = store
        self._concurrency = concurrency or {}
        computed = tuple(scorer for scorer in scorers if scorer.place != "judge")
        self._answer = partial(answer_on_worker, options, computed)  # one object, so that it is pickled once
        self._score = partial(score_on_worker, computed)
        _check_travels((self._answer, *variants))

    def places(self, provider: str) -> int:
        """As many as the workers can have before them, or what was said for that provider."""
        threads = sum(cast("dict[str, int]", self._client.nthreads()).values())
        return self._concurrency.get(provider, max(1, threads) * _AHEAD)

    async def answer(self, cell: Cell) -> tuple[Answer, Scores]:
        """The answer and its scores. A cell that kills its workers again and again is one that failed."""
        work, error = await self._on_worker(self._answer, cell)
        if work is None:
            return Answer(error=f"{type(error).__name__}: {error}", stop_reason="error"), {}
        await asyncio.to_thread(self._record, cell, work.events)
        return work.answer, work.scores

    async def score(self, cell: Cell, answer: Answer) -> Scores:
        """The scores of an answer that is there already, computed on a worker too."""
        work, _ = await self._on_worker(self._score, cell, answer)
        return {} if work is None else work.scores

    async def _on_worker(self, function: Callable[..., Work], *arguments: Any) -> tuple[Work | None, Any]:
        future = self._client.submit(function, *arguments, pure=False)
        try:
            return await _outcome(future)
        except asyncio.CancelledError:
            future.cancel()
            raise

    def _record(self, cell: Cell, events: bytes) -> None:
        if not events:
            return
        recorder = TraceRecorder(self._store, **self._options.tags(cell))
        for at_s, event in cast("list[tuple[float, AgentEvent]]", _pickle().loads(events)):
            recorder.record(event, at_s)


def answer_on_worker(options: AskOptions, scorers: tuple[Scorer, ...], cell: Cell) -> Work:
    """What a worker does with a cell."""
    events: list[tuple[float, AgentEvent]] = []

    def listen(event: AgentEvent) -> None:
        if not isinstance(event, _PARTS):
            events.append((time.monotonic(), event))

    answer = loop_thread().run(Asker(options).ask(cell, listen))
    scores = scored_here(outcome_of(cell, answer), scorers)
    pickled, _ = attempt_in_thread(lambda: _pickle().dumps(events), bytes)
    return Work(answer=answer, scores=scores, events=pickled or b"")


def score_on_worker(scorers: tuple[Scorer, ...], cell: Cell, answer: Answer) -> Work:
    """What a worker does with a cell that is answered."""
    return Work(answer=answer, scores=scored_here(outcome_of(cell, answer), scorers))


def checked_client(client: Any) -> Client:
    """The client of a cluster that has workers.

    Raises:
        MissingExtraError: If Dask is not installed.
        ConfigurationError: If it is no client, is closed, or has no workers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise MissingExtraError("distributed", "dask", "An executor on other machines") from None
    if not isinstance(client, Client):
        raise ConfigurationError(f"executor takes a dask.distributed.Client, not {type(client).__name__}.")
    if client.asynchronous or client.status != "running":
        raise ConfigurationError("The Dask client must be running, and not an asynchronous one.")
    if not client.nthreads():
        raise ConfigurationError("The Dask cluster has no workers. Add some: cluster.scale(2).")
    return client


def _check_travels(things: Any) -> None:
    _, error = attempt_in_thread(lambda: _pickle().dumps(things), bytes)
    if error is not None:
        raise ConfigurationError(f"A tool, a scorer or an option cannot be sent to the workers: {error}") from error


async def _outcome(future: Future) -> tuple[Work | None, BaseException | None]:
    """What came of a future, without keeping the event loop."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Future[tuple[Work | None, BaseException | None]] = loop.create_future()

    def tell(outcome: tuple[Work | None, BaseException | None]) -> None:
        if not waiting.done():
            waiting.set_result(outcome)

    def take(done: Future) -> None:  # called in a thread of Dask's
        outcome = attempt_in_thread(done.result)
        loop.call_soon_threadsafe(tell, outcome)

    future.add_done_callback(take)
    return await waiting


def _pickle() -> Any:
    import cloudpickle

    return cloudpickle
