"""`experiment`: prompts, models and parameters, each with each, over rows of data; a tidy DataFrame comes back."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_tools.agent.limits import Limits
from jupyter_tools.agent.tape import Replay, current_tape
from jupyter_tools.errors import ConfigurationError
from jupyter_tools.experiments.answers import Answer
from jupyter_tools.experiments.asking import AskOptions
from jupyter_tools.experiments.cells import cells_of
from jupyter_tools.experiments.data import columns_of, rows_of
from jupyter_tools.experiments.estimate import Estimate, confirm, estimate_of
from jupyter_tools.experiments.executors import (
    Concurrency,
    Executor,
    LoopExecutor,
    checked_concurrency,
    limiters_of,
)
from jupyter_tools.experiments.frame import frame_of
from jupyter_tools.experiments.judge import JudgeScore
from jupyter_tools.experiments.results import Results
from jupyter_tools.experiments.running import Running
from jupyter_tools.experiments.scorers import as_scorers
from jupyter_tools.experiments.template import check_template
from jupyter_tools.experiments.variants import variants_of
from jupyter_tools.garbage import collected_rarely
from jupyter_tools.loop_thread import loop_thread
from jupyter_tools.progress import NoView, Progress, ProgressView, view_of
from jupyter_tools.tools.options import ExecutionOptions
from jupyter_tools.traces import TraceStore, default_store

if TYPE_CHECKING:
    import pandas as pd

ASK_ABOVE_CALLS, ASK_ABOVE_COST = 1000, 1.0
_last: Experiment | None = None


class ExperimentInterrupted(KeyboardInterrupt):
    """The experiment was interrupted. What is done is kept; the text says how to go on."""

    def _render_traceback_(self) -> list[str]:  # IPython's hook
        return [str(self)]


class Experiment:
    """Every variant, every row, every repeat. `run` asks what is not finished; `frame` is what is done so far.

    Args:
        prompts: A template in which `{{ column }}` stands for a value of the row; several in a list, or with names in a
            dict. May be left out if each of the `variants` has one.
        models: "provider:model", or a list of them; the default model if None.
        params: Options of the request, such as `{"temperature": [0, 0.7], "seed": 1}`; each list is an axis. A value
            that is a list itself stands in a list. `tool_format` compares native tools with prompted ones.
        tools: Tools, functions or names of tools; several sets in a list of lists, or with names in a dict.
        system: Instructions before the conversation; several in a list or dict.
        variants: Instead of the full grid a list of dicts, each with what is different in it:
            `[{"name": "cold", "temperature": 0}, {"model": "openai:gpt-4o", "tools": ["math_eval"]}]`.
        data: The rows: a DataFrame or a list of dicts.
        repeats: How often each question is asked. Each has an answer of its own.
        scorers: What is computed of each answer; see `jupyter_tools.experiments`.
        name: The experiment's name, in the frame and in the traces.
        base_url: Where the models' server is, if not in its usual place.
        max_turns: How often a model may be asked for one answer, with tools.
        limits: How much one cell may use.
        execution: How tool calls are executed.
        concurrency: How many cells at once: a number for every provider, or a dict by provider; 8 if not said, and 1
            for the embedded model.
        rate_limits: By provider: `{"openai": {"requests_per_minute": 500, "tokens_per_minute": 200_000}}`; not with
            `executor`.
        executor: A `dask.distributed.Client`, to spread the cells over its workers; None for this process.
        store: Where runs and finished cells are kept: a file or a store; the kernel's if None.
        resume: False to ask again what is finished.

    Raises:
        ConfigurationError: If a setting cannot work.
        UnknownNameError: If a model, tool, column or setting does not exist. It names the nearest.
    """

    def __init__(
        self,
        prompts: Any = None,
        *,
        models: Any = None,
        params: Mapping[str, Any] | None = None,
        tools: Any = None,
        system: Any = None,
        variants: Sequence[Mapping[str, Any]] | None = None,
        data: Any = None,
        repeats: int = 1,
        scorers: Any = (),
        name: str = "experiment",
        base_url: str | None = None,
        max_turns: int = 10,
        limits: Limits | None = None,
        execution: ExecutionOptions | None = None,
        concurrency: Concurrency | None = None,
        rate_limits: Mapping[str, Any] | None = None,
        executor: Any = None,
        store: TraceStore | str | Path | None = None,
        resume: bool = True,
    ) -> None:
        if repeats < 1:
            raise ConfigurationError(f"repeats is {repeats}: each question is asked at least once.")
        if rate_limits and executor is not None:
            raise ConfigurationError("rate_limits hold in this process only. With executor=, set concurrency={...}.")
        settings = {"prompts": prompts, "models": models, "params": params, "tools": tools, "system": system}
        self.variants = variants_of({**settings, "base_url": base_url, "max_turns": max_turns}, variants)
        rows = rows_of(data)
        self._columns = columns_of(rows)
        for variant in self.variants:
            check_template(variant.prompt, self._columns)
        self.scorers = as_scorers(scorers, self._columns)
        with collected_rarely():
            self.cells = list(cells_of(self.variants, rows, repeats))
        self.name = name
        limits, execution, pace = limits or Limits(), execution or ExecutionOptions(), limiters_of(rate_limits)
        self._options = AskOptions(experiment=name, limits=limits, execution=execution, limiters=pace)
        self._concurrency = checked_concurrency({} if concurrency is None else concurrency)
        self._client = executor
        self._store = store if isinstance(store, TraceStore) else TraceStore(store) if store else default_store()
        Results(self._store)  # a file that cannot be used is told of now
        self._resume = resume
        self._running: Running | None = None
        self._work: asyncio.Task[None] | None = None
        self._stopping = False
        self._expected = ""
        self._read: dict[str, Answer] = {}  # what `agree` found finished, until the run

    @property
    def progress(self) -> Progress:
        """How far it is."""
        if self._running is None:
            return Progress(total=len(self.cells), expected=self._expected)
        return self._running.progress

    def estimate(self) -> Estimate:
        """What it will take to run it now."""
        return self._estimate(self._finished(self._results()))

    def _estimate(self, finished: Mapping[str, Answer]) -> Estimate:
        judges = [scorer.score.variant for scorer in self.scorers if isinstance(scorer.score, JudgeScore)]
        answered = isinstance(current_tape(), Replay)
        pending = [cell for cell in self.cells if not answered and cell.key not in finished]
        return estimate_of(pending, list(finished.values()), judges)

    def agree(
        self, *, yes: bool, shown: bool = True, calls: int = ASK_ABOVE_CALLS, cost: float = ASK_ABOVE_COST
    ) -> None:
        """Estimate what it will take, to be shown while it runs, and ask a person if that is much.

        Args:
            yes: True if the person has agreed beforehand.
            shown: False if nobody will see the estimate.
            calls: Above so many calls a person is asked.
            cost: Above so many dollars a person is asked.

        Raises:
            ConfigurationError: If the person does not say yes, or nobody is there to be asked.
        """
        if yes and not shown:
            return
        results = self._results()
        self._read = self._finished(results)
        estimate = self._estimate(self._read)
        if not yes:
            confirm(estimate, calls=calls, cost=cost)
        self._expected = str(estimate)

    async def run(self, view: ProgressView | None = None) -> pd.DataFrame:
        """Ask what is not finished, score all of it. The frame, of what was done if somebody has stopped it.

        Args:
            view: Shows how far it is.

        Raises:
            ConfigurationError: If it is running already, or cannot be recorded where it runs.
        """
        global _last  # noqa: PLW0603  # what an interrupted cell has left, for the person who asks
        if self._work is not None:
            raise ConfigurationError("This experiment is running.")
        _last = self
        options, results = replace(self._options, occasion=uuid.uuid4().hex), self._results()
        executor, finished = self._executor(options), await asyncio.to_thread(self._finished, results)
        self._read = {}
        running = self._running = Running(
            self.cells,
            options,
            self.scorers,
            results=results,
            store=self._store,
            view=view or NoView(),
            expected=self._expected,
        )
        self._stopping = False
        self._loop = asyncio.get_running_loop()
        self._work = self._loop.create_task(running.run(executor, finished))
        try:
            with collected_rarely():  # with thousands of answers in memory it took a third of a cell
                await self._work
        except asyncio.CancelledError:
            if not self._stopping:
                raise
        finally:
            self._work = None
        return self.frame()

    def run_sync(self, view: ProgressView | None = None) -> pd.DataFrame:
        """`run`, from code that cannot await.

        Raises:
            ExperimentInterrupted: If the kernel was interrupted, or Ctrl-C was pressed. What is done is kept.
        """
        try:
            return loop_thread().run(self.run(view))
        except KeyboardInterrupt:
            raise ExperimentInterrupted(self.interrupted_text) from None

    @property
    def interrupted_text(self) -> str:
        """What a person is told whose experiment was interrupted."""
        done = f"{self.progress.done:,} of {len(self.cells):,} cells"
        return f"Interrupted. {done} are done and kept: last_experiment().frame(). Run it again for the others."

    def stop(self) -> None:
        """Stop it, from any thread. What is done is kept, and `run` gives it back."""
        work = self._work
        if work is not None:
            self._stopping = True
            self._loop.call_soon_threadsafe(work.cancel)

    def frame(self) -> pd.DataFrame:
        """What is done so far, one row a cell and repeat, in the order of the variants' grid. Any thread may ask."""
        done = {} if self._running is None else self._running.done
        listed = [found for cell in self.cells if (found := done.get(cell.key)) is not None]
        parameters = dict.fromkeys(name for variant in self.variants for name in variant.model.options)
        with collected_rarely():
            return frame_of(self.name, listed, self._columns, self.scorers, tuple(parameters))

    def _results(self) -> Results:
        """The finished cells. A recording is to hold all answers, and those that it gives belong nowhere else."""
        tape = current_tape()
        return Results(self._store, reads=self._resume and tape is None, writes=not isinstance(tape, Replay))

    def _finished(self, results: Results) -> dict[str, Answer]:
        """The finished answers, each read once: `agree` has just read most of them."""
        known = self._read if results.reads else {}
        return known | results.finished([cell.key for cell in self.cells if cell.key not in known])

    def _executor(self, options: AskOptions) -> Executor:
        if self._client is None:
            return LoopExecutor(options, self.scorers, self._store, concurrency=self._concurrency)
        if current_tape() is not None:
            raise ConfigurationError("A recording holds in this process only: record and replay without executor=.")
        from jupyter_tools.experiments.dask_executor import DaskExecutor

        by_provider = self._concurrency if isinstance(self._concurrency, Mapping) else None
        return DaskExecutor(
            self._client, options, self.scorers, self._store, variants=self.variants, concurrency=by_provider
        )


def experiment(
    prompts: Any = None,
    *,
    progress: bool = True,
    yes: bool = False,
    ask_above_calls: int = ASK_ABOVE_CALLS,
    ask_above_cost: float = ASK_ABOVE_COST,
    **settings: Any,
) -> pd.DataFrame:
    """Ask every prompt of every model with every parameter over every row, and give a tidy DataFrame back.

        frame = experiment(
            "What is the capital of {{ country }}? One word.",
            models=["openai:gpt-4o-mini", "local:qwen2.5-coder-0.5b"],
            params={"temperature": [0, 0.7]},
            data=countries,
            repeats=3,
            scorers=[exact("capital")],
        )

    One row for each cell and repeat: the variant's columns, the row's, the answer, scores, tokens, cost in US dollars,
    latency, turns, tool calls, and the run id that joins with `traces()`. Finished cells are kept: running it again
    asks only what is new, what failed and what was stopped.

    Args:
        prompts: See `Experiment`, whose settings all can be given here.
        progress: False to show none.
        yes: True to begin without a question, however much it is.
        ask_above_calls: A person is asked before an experiment of more calls.
        ask_above_cost: A person is asked before an experiment that will cost more dollars.
        **settings: See `Experiment`.

    Raises:
        ConfigurationError: If a setting cannot work, or nobody agrees to a large experiment.
        ExperimentInterrupted: If it was interrupted. What is done is kept.
    """
    chosen = Experiment(prompts, **settings)
    chosen.agree(yes=yes, shown=progress, calls=ask_above_calls, cost=ask_above_cost)
    return chosen.run_sync(view_of(chosen.name, chosen.stop) if progress else None)


def last_experiment() -> Experiment:
    """The experiment that ran last in this process, or runs now: its `frame()` is what is done, `stop()` stops it.

    Raises:
        ConfigurationError: If there was none.
    """
    if _last is None:
        raise ConfigurationError("No experiment has run in this process.")
    return _last
