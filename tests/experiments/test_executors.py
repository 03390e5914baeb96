"""Executors: how many cells at once, and at what pace."""

import asyncio
import gc
from typing import Any

from jupyter_tools.experiments.executors import AT_ONCE, limiters_of, places_of
from jupyter_tools.experiments.experiment import Experiment
from jupyter_tools.experiments.judge import judge
from jupyter_tools.providers.base import Request
from jupyter_tools.providers.rate_limit import RateLimiter
from jupyter_tools.providers.scripted import pause, register_script
from jupyter_tools.traces.store import TraceStore


class Crowd:
    """How many of the scripted model's answers were under way at once."""

    def __init__(self) -> None:
        self.now = self.most = 0
        register_script("crowded", [self.enter])

    def enter(self, request: Request) -> list[Any]:
        self.now += 1
        self.most = max(self.most, self.now)
        asyncio.get_running_loop().call_later(0.015, self.leave)
        return [pause(0.02), "done"]

    def leave(self) -> None:
        self.now -= 1


def run(store: TraceStore, **settings: Any) -> int:
    crowd = Crowd()
    rows = [{"n": n} for n in range(12)]
    given = {"models": "scripted:crowded", "data": rows, "store": store, **settings}
    frame = asyncio.run(Experiment("{{ n }}", **given).run())
    assert len(frame) == 12
    return crowd.most


def test_so_many_cells_are_under_way_as_were_allowed(store: TraceStore) -> None:
    assert run(store, concurrency=3) == 3
    assert run(TraceStore(":memory:"), concurrency={"scripted": 5}) == 5


def test_a_provider_that_is_not_named_has_the_usual_number() -> None:
    assert places_of({"openai": 3}, "openai") == 3
    assert places_of({"openai": 3}, "anthropic") == AT_ONCE
    assert places_of({}, "local") == 1


def test_a_rate_limit_holds_for_all_cells_together(store: TraceStore) -> None:
    assert run(store, concurrency=6, rate_limits={"scripted": {"concurrency": 2}}) == 2


def test_a_rate_limit_holds_for_judges_as_well(store: TraceStore) -> None:
    register_script("says", ["fine"])
    judging, limits = judge("It is right.", model="scripted:crowded"), {"scripted": {"concurrency": 2}}
    assert run(store, models="scripted:says", concurrency=6, rate_limits=limits, scorers=[judging]) == 2


def test_a_rate_limit_holds_for_a_chain_of_models(store: TraceStore) -> None:
    chain, limits = "scripted:crowded,scripted:demo", {"scripted": {"concurrency": 2}}
    assert run(store, models=chain, concurrency=6, rate_limits=limits) == 2


def test_a_limiter_of_ones_own_can_be_shared_by_experiments() -> None:
    limiter = RateLimiter(concurrency=2)
    assert limiters_of({"scripted": limiter}) == {"scripted": limiter}


def test_garbage_is_collected_as_before_once_it_is_over(store: TraceStore) -> None:
    before = gc.get_threshold()
    run(store)
    assert gc.get_threshold() == before
