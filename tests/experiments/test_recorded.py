"""An experiment into a recording, and out of it again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jupyter_tools import record, replay
from jupyter_tools.errors import ConfigurationError
from jupyter_tools.experiments import experiment, judge
from jupyter_tools.experiments.experiment import Experiment
from jupyter_tools.providers.base import Request
from jupyter_tools.providers.scripted import pause, register_script
from jupyter_tools.traces.store import TraceStore
from tests.experiments.models import COUNTRIES, PROMPT, Calls

Run = Callable[..., pd.DataFrame]
SAME = ["variant", "country", "repeat", "answer", "score_judge", "stop_reason", "input_tokens", "output_tokens"]
GRID = {"params": {"temperature": [0, 1]}, "repeats": 3, "concurrency": 8}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "demo.jsonl"


@pytest.fixture
def run(calls: Calls, store: TraceStore) -> Run:
    def paced(request: Request) -> list[object]:
        """Later questions are answered earlier, so that the recording's order is not the grid's."""
        [text] = calls.number(request)
        return [pause(0.02 / len(calls.requests)), text]

    register_script("number", [paced])  # pyright: ignore[reportArgumentType]

    def run_it(**settings: Any) -> pd.DataFrame:
        given = {"models": "scripted:number", "data": COUNTRIES, "progress": False, "store": store}
        return experiment(PROMPT, **given, **settings)

    return run_it


def test_each_cell_gets_the_answer_that_it_had(run: Run, calls: Calls, file: Path) -> None:
    register_script("strict", ["0.7"] * 100)
    scorer = judge("It is polite.", model="scripted:strict")
    with record(file):
        recorded = run(**GRID, scorers=[scorer])
    asked = len(calls.requests)
    with replay(file, fast=True) as tape:
        played = run(**GRID, scorers=[scorer])
    assert len(calls.requests) == asked
    pd.testing.assert_frame_equal(played[SAME], recorded[SAME])
    assert recorded["answer"].nunique() == 18
    assert not tape.drift


def test_a_recording_holds_what_was_finished_before(run: Run, file: Path) -> None:
    run()
    with record(file):
        assert not run()["reused"].any()
    with replay(file, fast=True) as tape:
        run()
    assert tape.played == tape.answers == 3


def test_what_was_recorded_is_kept_and_not_asked_again(run: Run, file: Path) -> None:
    with record(file):
        run()
    assert run()["reused"].all()


def test_what_a_recording_answers_is_not_taken_for_a_models_answer(run: Run, file: Path) -> None:
    with record(file):
        run()
    fresh = TraceStore(":memory:")
    given = {"models": "scripted:number", "data": COUNTRIES, "progress": False, "store": fresh}
    with replay(file, fast=True):
        experiment(PROMPT, **given)
    assert not experiment(PROMPT, **given)["reused"].any()


def test_run_again_while_recording_it_is_the_last_one_that_answers(run: Run, file: Path) -> None:
    with record(file):
        run()
        second = run()
    with replay(file, fast=True) as tape:
        assert list(run()["answer"]) == list(second["answer"])
    assert tape.answers == 3


def test_a_cell_that_was_not_recorded_is_a_row_that_says_so(run: Run, file: Path) -> None:
    with record(file):
        run()
    with replay(file, fast=True):
        frame = experiment("Capital of {{ country }}?", models="scripted:number", data=COUNTRIES, progress=False)
    assert frame["error"].str.contains("has no answer to the prompt 'Capital of France").any()


def test_replaying_needs_nobody_to_agree_to_the_cost(file: Path, calls: Calls, store: TraceStore) -> None:
    with record(file):
        experiment("Hi", models="scripted:number", progress=False, store=store)
    with replay(file, fast=True):
        estimate = Experiment("Hi", models="openai:gpt-4o", repeats=5000, store=store).estimate()
    assert (estimate.calls, estimate.cost) == (0, 0)


def test_on_other_machines_it_is_a_sentence(file: Path, calls: Calls, store: TraceStore) -> None:
    with record(file), pytest.raises(ConfigurationError, match="in this process only"):
        experiment("Hi", models="scripted:number", executor=object(), store=store)
