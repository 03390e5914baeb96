"""Experiments on a real cluster of two workers on this machine."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from distributed import Client, LocalCluster

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.experiments.experiment import Experiment, experiment
from jupyter_tools.experiments.scorers import contains
from jupyter_tools.tools.decorator import tool
from jupyter_tools.traces.frame import Traces
from jupyter_tools.traces.store import TraceStore
from tests.bench.chat_server import chat_server

pytestmark = [
    pytest.mark.dask,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::UserWarning"),
]

CELLS = 60


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with LocalCluster(**options) as cluster, Client(cluster) as client:
        yield client


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with chat_server() as base_url:
        yield base_url


def slowly(answer: str) -> float:
    time.sleep(0.03)
    return float(os.getpid())


def asked(server: str, client: Client, store: TraceStore, **settings: object) -> Experiment:
    given = {"models": "openai:calls=0", "base_url": server, "data": [{"n": n} for n in range(CELLS)]}
    return Experiment("{{ n }}", executor=client, store=store, **{**given, **settings})  # pyright: ignore[reportArgumentType]


def test_cells_are_spread_and_every_run_is_recorded_here(server: str, client: Client, store: TraceStore) -> None:
    frame = asked(server, client, store, scorers=[slowly]).run_sync()
    assert frame["error"].isna().all()
    assert frame["answer"].str.startswith("alpha").all()
    assert set(frame["score_slowly"]) == set(map(float, client.run(os.getpid).values()))
    runs = Traces(lambda: store).runs()
    assert sorted(runs["run_id"]) == sorted(frame["run_id"])
    assert set(runs["status"]) == {"ok"}


def test_with_a_worker_killed_half_way_nothing_is_lost_and_nothing_is_there_twice(
    server: str, client: Client, tmp_path: Path
) -> None:
    store = TraceStore(tmp_path / "traces.db")
    chosen = asked(server, client, store, scorers=[slowly])
    victim = next(iter(client.run(os.getpid).values()))

    def kill() -> None:
        while chosen.progress.done < CELLS // 2:
            time.sleep(0.01)
        os.kill(victim, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    frame = chosen.run_sync()
    killer.join()
    assert frame["error"].isna().all()
    assert sorted(frame["n"]) == list(range(CELLS))
    assert frame["run_id"].nunique() == CELLS
    again = asked(server, client, store, scorers=[slowly]).run_sync()
    assert again["reused"].all()
    assert sorted(again["run_id"]) == sorted(frame["run_id"])
    assert len(Traces(lambda: store).runs()) == CELLS


def script_with_calls() -> None:
    from jupyter_tools.providers.scripted import call, register_script

    register_script("both", [[call("who", {}), call("math_eval", {"expression": "6*7"})], ["done"]])


def test_tools_of_the_notebook_travel_and_those_with_names_are_found_there(client: Client, store: TraceStore) -> None:
    here = os.getpid()

    @tool
    def who() -> bool:
        "Says whether it runs elsewhere."
        import os

        return os.getpid() != here

    assert who.compiled_parameters  # what was compiled here must not travel
    client.run(script_with_calls)
    settings = {"models": "scripted:both", "tools": [who, "math_eval"], "progress": False}
    frame = experiment("x", executor=client, store=store, **settings)
    assert frame["error"].isna().all()
    results = Traces(lambda: store).tools().set_index("name")["output"]
    assert results["who"] == "true"
    assert "42" in results["math_eval"]


def test_stopping_cancels_what_waits(server: str, client: Client, store: TraceStore) -> None:
    chosen = asked(server, client, store, scorers=[slowly], data=[{"n": n} for n in range(500)])

    async def stopped() -> pd.DataFrame:
        asyncio.get_running_loop().call_later(0.5, chosen.stop)
        return await chosen.run()

    frame = asyncio.run(stopped())
    assert 0 < len(frame) < 400
    deadline = time.monotonic() + 10
    while any(client.processing().values()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(client.processing().values())


def test_what_cannot_travel_is_told_before_anything_is_asked(server: str, client: Client, store: TraceStore) -> None:
    lock = threading.Lock()

    def locked(answer: str) -> float:
        with lock:
            return 1.0

    with pytest.raises(ConfigurationError, match="cannot be sent to the workers"):
        experiment("x", models="openai:calls=0", base_url=server, executor=client, store=store, scorers=[locked])


def test_a_key_comes_from_the_workers_and_never_travels(
    client: Client, store: TraceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-this-process-1234567890")
    frame = Experiment(
        "x", models="openai:gpt-4o", executor=client, store=store, scorers=[contains("n")], data=[{"n": 1}]
    ).run_sync()
    assert "No API key for 'openai' was found" in frame["error"][0]
