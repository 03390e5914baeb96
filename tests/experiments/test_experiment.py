"""`experiment`: from prompts and data to a frame."""

import asyncio
import sys
from typing import Any

import pandas as pd
import pytest

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.experiments.experiment import Experiment, experiment, last_experiment
from jupyter_tools.experiments.scorers import contains, exact
from jupyter_tools.providers.scripted import pause, register_script
from jupyter_tools.traces.frame import Traces
from jupyter_tools.traces.store import TraceStore
from tests.experiments.models import COUNTRIES, PROMPT, Calls


def run(prompts: Any = PROMPT, **settings: Any) -> pd.DataFrame:
    return experiment(prompts, **{"models": "scripted:capital", "data": COUNTRIES, "progress": False, **settings})


def test_every_variant_row_and_repeat_is_a_row(calls: Calls) -> None:
    frame = run(models=["scripted:capital", "scripted:number"], params={"temperature": [0, 1]}, repeats=2)
    assert len(frame) == 2 * 2 * 3 * 2 == len(calls.requests)
    assert set(frame.groupby(["model", "temperature"]).size()) == {6}
    assert not frame.duplicated(["variant", "row", "repeat"]).any()


def test_the_parameters_reach_the_model(calls: Calls) -> None:
    run(params={"temperature": 0.5, "seed": 7}, data=COUNTRIES[:1])
    assert calls.requests[0].model.options == {"temperature": 0.5, "seed": 7}


def test_scores_and_columns_of_the_data_stand_beside_the_answers(calls: Calls) -> None:
    frame = run(scorers=[exact(), contains()])
    assert list(frame["country"]) == ["France", "Italy", "Россия"]
    assert list(frame["answer"]) == ["Paris", "Rome", "Москва"]
    assert list(frame["score_exact"]) == [1, 1, 1]


def test_every_run_joins_with_the_traces_by_its_id(calls: Calls, store: TraceStore) -> None:
    frame = run(store=store, repeats=2, name="capitals")
    runs = Traces(lambda: store).runs()[["run_id", "experiment", "variant", "repeat"]]
    joined = frame.merge(runs, on=["run_id", "experiment", "variant", "repeat"])
    assert len(joined) == len(frame) == 6


def test_an_agent_calls_its_tools_in_every_cell(calls: Calls) -> None:
    frame = run(models="scripted:calculates", tools={"none": [], "math": ["math_eval"]}, data=COUNTRIES[:1])
    assert list(frame["tools"]) == ["none", "math"]
    assert list(frame["tool_calls"]) == [1, 1]
    assert frame["turns"].tolist()[1] == 2


def test_a_failure_is_a_row_and_the_others_go_on(calls: Calls) -> None:
    frame = run(models="scripted:no_france", scorers=[exact()])
    assert frame["error"].notna().tolist() == [True, False, False]
    assert "no France" in frame["error"][0]
    assert frame["score_exact"].isna()[0]
    assert "there is no answer" in frame["score_problems"][0]


def test_a_provider_that_raises_is_a_row_too(calls: Calls) -> None:
    frame = run(models=["scripted:capital", "scripted:nobody"])
    assert frame["error"].isna().sum() == 3
    assert frame["error"].str.contains("There is no script 'nobody'").sum() == 3


def test_all_columns_have_nullable_types_even_if_all_failed(calls: Calls) -> None:
    frame = run(models="scripted:nobody", scorers=[exact()])
    assert {str(dtype) for dtype in frame.dtypes} == {"string", "Int64", "Float64", "boolean"}


def test_a_column_of_the_data_that_is_called_like_one_of_ours_gets_another_name(calls: Calls) -> None:
    frame = run("{{ answer }}", data=[{"answer": "France"}])
    assert frame["data_answer"][0] == "France"
    assert frame["answer"][0] == "Paris"


def test_stop_gives_what_is_done_and_the_rest_is_asked_next_time(store: TraceStore) -> None:
    register_script("slowly", [[pause(0.03), "done"]])
    rows = [{"n": n} for n in range(40)]
    chosen = Experiment("{{ n }}", models="scripted:slowly", data=rows, store=store, concurrency=2)

    async def stopped() -> pd.DataFrame:
        asyncio.get_running_loop().call_later(0.2, chosen.stop)
        return await chosen.run()

    part = asyncio.run(stopped())
    assert 0 < len(part) < 40
    whole = experiment("{{ n }}", models="scripted:slowly", data=rows, store=store, progress=False)
    assert len(whole) == 40
    assert whole["reused"].sum() == len(part)


def test_what_is_done_can_be_looked_at_meanwhile(store: TraceStore) -> None:
    register_script("paced", [[pause(0.02), "done"]])
    chosen = Experiment(
        "{{ n }}", models="scripted:paced", data=[{"n": n} for n in range(20)], store=store, concurrency=1
    )

    async def looked() -> int:
        running = asyncio.create_task(chosen.run())
        while chosen.progress.done < 3:  # noqa: ASYNC110  # as a person would look
            await asyncio.sleep(0.01)
        seen = len(last_experiment().frame())
        await running
        return seen

    assert 3 <= asyncio.run(looked()) < 20


def test_a_large_experiment_asks_first_and_does_not_begin_where_nobody_is(calls: Calls) -> None:
    with pytest.raises(ConfigurationError, match=r"about 3 calls.*yes=True"):
        run(ask_above_calls=2)
    assert calls.requests == []


def test_a_large_experiment_begins_if_it_was_agreed_to(calls: Calls) -> None:
    assert len(run(ask_above_calls=2, yes=True)) == 3


def test_nothing_is_estimated_where_nobody_asks_and_nobody_looks(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[Experiment.__module__], "estimate_of", lambda *_: pytest.fail("it was estimated"))
    assert len(run(yes=True, progress=False)) == 3


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"prompts": "{{ contry }}"}, "Did you mean 'country'"),
        ({"prompts": None}, "There is no prompt"),
        ({"prompts": "  "}, "is empty"),
        ({"models": "opnai:gpt"}, "Did you mean 'openai:gpt'"),
        ({"tools": ["math_evl"]}, "Did you mean 'math_eval'"),
        ({"data": []}, "no rows"),
        ({"data": "France"}, "list of dicts"),
        ({"data": [1]}, "no dict"),
        ({"repeats": 0}, "at least once"),
        ({"params": [1]}, "params is a dict"),
        ({"params": {"temperature": []}}, "has no values"),
        ({"params": {"api_key": "x"}}, "API key is no option"),
        ({"scorers": [exact("capital")]}, "column"),
        ({"scorers": ["exact"]}, "is no scorer"),
        ({"scorers": [exact]}, "with parentheses"),
        ({"concurrency": 0}, "1 or more"),
        ({"concurrency": {"opnai": 3}}, "Did you mean 'openai'"),
        ({"rate_limits": {"openai": {"requests_per_hour": 3}}}, "Did you mean 'requests_per_minute'"),
        ({"rate_limits": {"openai": {"requests_per_minute": 3}}, "executor": object()}, "in this process only"),
        ({"executor": 7}, "dask.distributed.Client"),
        ({"variants": []}, "variants is empty"),
    ],
)
def test_a_mistake_is_told_before_anything_is_asked(calls: Calls, settings: dict[str, Any], words: str) -> None:
    with pytest.raises((ConfigurationError, UnknownNameError), match=words):
        run(**settings)
    assert calls.requests == []
