"""`Running`: the cells of an experiment on their way: asked by an executor, scored, kept in the store as they come."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress

from jupyter_tools.errors import TraceStoreError
from jupyter_tools.experiments.answers import Answer
from jupyter_tools.experiments.asking import Asker, AskOptions
from jupyter_tools.experiments.cells import Cell, judging_cell
from jupyter_tools.experiments.executors import Executor, outcome_of
from jupyter_tools.experiments.frame import Done
from jupyter_tools.experiments.results import Results
from jupyter_tools.experiments.scorers import Outcome, Scorer
from jupyter_tools.experiments.scoring import judged, scored_here
from jupyter_tools.experiments.variants import Variant
from jupyter_tools.progress import Progress, ProgressView
from jupyter_tools.traces import TraceStore

_KEEP_S = 0.2  # what a killed kernel loses at most


class Running:
    """One run of an experiment. Belongs to one event loop, but for `done`, which any thread may look at.

    Args:
        cells: All cells.
        options: What they have in common.
        scorers: What is computed of each answer.
        results: Where finished cells are kept.
        store: Where a judge's runs are recorded.
        view: Shows how far it is.
        expected: What it will take, in words.

    Attributes:
        done: The finished cells so far, by key.
        progress: How far it is.
    """

    def __init__(
        self,
        cells: Sequence[Cell],
        options: AskOptions,
        scorers: Sequence[Scorer],
        *,
        results: Results,
        store: TraceStore,
        view: ProgressView,
        expected: str = "",
    ) -> None:
        self.done: dict[str, Done] = {}
        self.progress = Progress(total=len(cells), expected=expected)
        self._cells = cells
        self._options = options
        self._scorers = scorers
        self._judges = [scorer for scorer in scorers if scorer.place == "judge"]
        self._results = results
        self._asker = Asker(options, trace=store)  # for judges
        self._view = view
        self._unwritten: dict[str, Answer] = {}

    async def run(self, executor: Executor, finished: Mapping[str, Answer]) -> None:
        """Ask what is not finished, score all. What is done when this is cancelled is kept.

        Args:
            executor: Who answers.
            finished: The answers that are there already, by key.
        """
        waiting = self._take_over(finished)
        self._view.open(self.progress)
        ended = asyncio.Event()
        keeper = asyncio.create_task(self._keep_going(ended))
        try:
            async with asyncio.TaskGroup() as group:
                for provider, cells in waiting.items():
                    for _ in range(min(executor.places(provider), len(cells))):
                        group.create_task(self._drain(cells, executor, finished))
        except asyncio.CancelledError:
            self.progress.stopped = True
            raise
        finally:
            ended.set()  # not cancelled: what it is about to write would be lost
            try:
                await _ended(keeper)
            finally:  # people press Stop twice
                self._keep(self._taken())
                self._view.close(self.progress)

    def _take_over(self, finished: Mapping[str, Answer]) -> dict[str, deque[Cell]]:
        """The cells that need somebody to wait for, by provider. The others are done at once."""
        slow = any(scorer.place != "inline" for scorer in self._scorers)
        waiting: dict[str, deque[Cell]] = {}
        for cell in self._cells:
            answer = finished.get(cell.key)
            if answer is None or slow:
                waiting.setdefault(cell.variant.model.provider, deque()).append(cell)
            else:
                self._count(Done(cell, answer, scored_here(outcome_of(cell, answer), self._scorers), True))
        return waiting

    async def _drain(self, cells: deque[Cell], executor: Executor, finished: Mapping[str, Answer]) -> None:
        while cells:
            cell = cells.popleft()
            known = finished.get(cell.key)
            if known is None:
                answer, scores = await executor.answer(cell)
                if not answer.failed:
                    self._unwritten[cell.key] = answer
            else:
                answer, scores = known, await executor.score(cell, known)
            if self._judges:
                scores |= await judged(outcome_of(cell, answer), self._judges, self._ask_judge)
            self._count(Done(cell, answer, scores, known is not None))

    async def _ask_judge(self, question: tuple[Variant, str, Outcome]) -> Answer:
        variant, text, outcome = question
        cell = judging_cell(variant, text, outcome.repeat)
        known = await asyncio.to_thread(self._results.finished, [cell.key])
        if cell.key in known:
            return known[cell.key]
        answer = await self._asker.ask(cell)
        self.progress.cost += answer.usage.cost or 0.0
        if not answer.failed:
            self._unwritten[cell.key] = answer
        return answer

    def _count(self, done: Done) -> None:
        self.done[done.cell.key] = done
        self.progress.done += 1
        self.progress.reused += done.reused
        self.progress.failed += done.answer.failed
        self.progress.cost += 0.0 if done.reused else done.answer.usage.cost or 0.0

    # --- what is kept ---
    async def _keep_going(self, ended: asyncio.Event) -> None:
        while not ended.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), _KEEP_S)
            self._view.update(self.progress)
            taken = self._taken()
            try:
                await asyncio.to_thread(self._keep, taken)
            except TraceStoreError:  # it is tried again, and told at the end
                self._unwritten = taken | self._unwritten

    def _taken(self) -> dict[str, Answer]:
        taken, self._unwritten = self._unwritten, {}
        return taken

    def _keep(self, answers: Mapping[str, Answer]) -> None:
        if answers:
            self._results.keep(answers, self._options.experiment)


async def _ended(task: asyncio.Task[None]) -> None:
    """Wait for the task's end, however often that is cancelled; then raise what it raised, or the cancellation."""
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    task.result()
    if cancelled is not None:
        raise cancelled
