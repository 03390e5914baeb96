"""What a cell of an experiment costs, how soon a finished one is there again, and what a second Dask worker gives."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

import psutil

from jupyter_tools.experiments.experiment import Experiment
from jupyter_tools.traces.store import TraceStore
from tests.bench.bench_agent import bare, many
from tests.bench.chat_server import chat_server
from tests.bench.measure import bench

CELLS, AT_ONCE = 10_000, 64
ROWS = [{"n": number} for number in range(CELLS)]
SCORED, WORK = 40, 1_500_000  # cells for the workers, and what a scorer has to do for each


def asked(store: TraceStore, base_url: str, **settings: Any) -> Experiment:
    """Single calls, in one piece, as nobody watches them."""
    given = {"models": "openai:calls=0", "params": {"stream": False}, "data": ROWS, "concurrency": AT_ONCE}
    return Experiment("Number {{ n }}?", base_url=base_url, store=store, **{**given, **settings})


@contextmanager
def opened_store() -> Iterator[TraceStore]:
    with tempfile.TemporaryDirectory() as folder:
        store = TraceStore(Path(folder) / "traces.db")
        try:
            yield store
        finally:
            store.close()


@cache
def one_run() -> tuple[float, float, float]:
    """10,000 cells: CPU in ms a cell, memory in MB over the start, and seconds until they are there again."""
    with opened_store() as store, chat_server() as base_url:
        asked(store, base_url, data=ROWS[:200], name="warm").run_sync()
        process = psutil.Process()
        memory, cpu = process.memory_info().rss, time.process_time()
        frame = asked(store, base_url).run_sync()
        store.flush()
        cpu, memory = time.process_time() - cpu, process.memory_info().rss - memory
        assert frame["error"].isna().all()
        started = time.perf_counter()
        again = asked(store, base_url).run_sync()
        seconds = time.perf_counter() - started
        assert again["reused"].all()
        return cpu / CELLS * 1000, memory / 1e6, seconds


@bench(
    f"{CELLS:,} cells of an experiment, {AT_ONCE} at once, recorded and kept",
    unit="ms CPU a cell",
    floor=partial(many, bare),
    floor_name="bare loop",
    at_most=0.5,
    at_floor=0.181,
    rounds=3,
)
def a_cell() -> float:
    one_run.cache_clear()
    return one_run()[0]


@bench(f"the same: memory over the start after {CELLS:,} cells", unit="MB", at_most=200, rounds=1)
def memory() -> float:
    # in a process of its own: what an earlier bench has left behind would be filled first
    program = f"from {__name__} import one_run; print(one_run()[1])"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return float(result.stdout.split()[-1])


@bench(f"{CELLS:,} finished cells, until their frame is there again", unit="s", at_most=2, rounds=1)
def resumed() -> float:
    return one_run()[2]


def busy(answer: str) -> float:
    """A scorer that computes."""
    return float(sum(number * number for number in range(WORK)) % 7)


def on_workers(workers: int) -> tuple[float, float]:
    """CPU seconds of the busiest worker of a local cluster, and seconds by the clock.

    The first is what the cells take where nobody else uses the cores; the second says so only if nobody does.
    """
    from distributed import Client, LocalCluster

    options = {"n_workers": workers, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with (
        chat_server() as base_url,
        LocalCluster(**options) as cluster,
        Client(cluster) as client,
        opened_store() as store,
    ):
        settings = {"data": ROWS[:SCORED], "scorers": [busy], "executor": client, "concurrency": {}}
        asked(store, base_url, name="warm", **{**settings, "data": ROWS[-2 * workers :]}).run_sync()
        before, started = client.run(time.process_time), time.perf_counter()
        frame = asked(store, base_url, **settings).run_sync()
        seconds, after = time.perf_counter() - started, client.run(time.process_time)
        assert frame["score_busy"].notna().all()
        return max(after[worker] - before[worker] for worker in after), seconds


def busiest(workers: int) -> float:
    return on_workers(workers)[0]


def clock(workers: int) -> float:
    return on_workers(workers)[1]


@bench(
    "cells with a scorer that computes, on two Dask workers",
    unit="s CPU of the busiest",
    floor=partial(busiest, 1),
    floor_name="one worker",
    at_most_ratio=1 / 1.7,
    rounds=3,
)
def two_workers() -> float:
    return busiest(2)


@bench(
    "the same by the clock, which needs two free cores",
    unit="s",
    floor=partial(clock, 1),
    floor_name="one worker",
    rounds=3,
)
def two_workers_by_the_clock() -> float:
    return clock(2)
