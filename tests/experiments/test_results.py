"""Resuming: what is finished is not asked again, and nothing else is taken for it."""

import asyncio
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jupyter_tools.errors import TraceStoreError
from jupyter_tools.experiments import results as results_module
from jupyter_tools.experiments.answers import Answer, from_json
from jupyter_tools.experiments.experiment import Experiment, experiment
from jupyter_tools.experiments.results import Results
from jupyter_tools.progress import NoView, Progress
from jupyter_tools.providers.scripted import pause, register_script
from jupyter_tools.tools.decorator import tool
from jupyter_tools.traces.store import TraceStore
from tests.experiments.models import COUNTRIES, PROMPT, Calls


def run(store: TraceStore, **settings: Any) -> pd.DataFrame:
    given = {"models": "scripted:number", "data": COUNTRIES, "progress": False, "store": store}
    return experiment(**{"prompts": PROMPT, **given, **settings})


def test_finished_cells_are_not_asked_again(calls: Calls, store: TraceStore) -> None:
    first, second = run(store, repeats=2), run(store, repeats=2)
    assert len(calls.requests) == 6
    assert list(second["answer"]) == list(first["answer"])
    assert second["reused"].all()
    pd.testing.assert_frame_equal(first.drop(columns="reused"), second.drop(columns="reused"))


def test_a_finished_answer_is_read_once(calls: Calls, store: TraceStore, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    run(store, repeats=2)
    monkeypatch.setattr(results_module, "from_json", lambda text: read.append(text) or from_json(text))
    run(store, repeats=2)
    assert len(read) == 6


def test_what_another_one_has_finished_since_the_estimate_is_not_asked_again(calls: Calls, store: TraceStore) -> None:
    chosen = Experiment(PROMPT, models="scripted:number", data=COUNTRIES, store=store)
    chosen.agree(yes=True)
    run(store)
    assert chosen.run_sync()["reused"].all()
    assert len(calls.requests) == 3


def test_repeats_have_answers_of_their_own(calls: Calls, store: TraceStore) -> None:
    assert run(store, repeats=3)["answer"].nunique() == 9


def test_more_repeats_ask_only_the_new_ones(calls: Calls, store: TraceStore) -> None:
    run(store, repeats=2)
    assert list(run(store, repeats=3)["reused"]) == [True] * 6 + [False] * 3


def test_a_row_that_stands_twice_in_the_data_is_asked_twice(calls: Calls, store: TraceStore) -> None:
    assert run(store, data=[COUNTRIES[0], COUNTRIES[0]])["answer"].nunique() == 2


@pytest.mark.parametrize(
    "change",
    [
        {"system": "Be short."},
        {"params": {"temperature": 1}},
        {"params": {"seed": 2}},
        {"tools": ["math_eval"]},
        {"max_turns": 3},
        {"prompts": PROMPT + "!"},
        {"models": "scripted:capital"},
        {"base_url": "http://localhost:1"},
    ],
)
def test_whatever_changes_the_question_is_asked_anew(calls: Calls, store: TraceStore, change: dict[str, Any]) -> None:
    run(store)
    assert not run(store, **change)["reused"].any()


def test_changing_one_variant_asks_only_that_one(calls: Calls, store: TraceStore) -> None:
    run(store, prompts={"a": PROMPT, "b": "Capital of {{ country }}:"})
    frame = run(store, prompts={"a": PROMPT, "b": "Name the capital of {{ country }}."})
    assert frame.groupby("prompt")["reused"].all().to_dict() == {"a": True, "b": False}


def test_a_changed_tool_schema_is_another_question(calls: Calls, store: TraceStore) -> None:
    def first(city: str) -> str:
        "Tells of a city."
        return city

    def second(town: str) -> str:
        "Tells of a city."
        return town

    run(store, tools=[tool(name="tell")(first)])
    assert not run(store, tools=[tool(name="tell")(second)])["reused"].any()


def test_a_failed_cell_is_tried_again(calls: Calls, store: TraceStore) -> None:
    run(store, models="scripted:no_france")
    assert list(run(store, models="scripted:no_france")["reused"]) == [False, True, True]


def test_without_resume_all_are_asked_again(calls: Calls, store: TraceStore) -> None:
    run(store)
    assert not run(store, resume=False)["reused"].any()


def test_a_key_in_an_answer_is_not_kept(store: TraceStore) -> None:
    results = Results(store)
    results.keep({"k": Answer(text="it is sk-abcdef0123456789abcdef")}, "e")
    assert "sk-abc" not in results.finished(["k"])["k"].text


def test_a_key_in_a_call_is_not_kept(store: TraceStore) -> None:
    results = Results(store)
    call = {"name": "fetch", "arguments": {"header": "Bearer abcdef0123456789abcdef"}}
    results.keep({"k": Answer(text="fetched"), "l": Answer(tool_calls=(call,))}, "e")
    assert results.finished(["l"])["l"].tool_calls[0]["arguments"] == {"header": "Bearer [redacted]"}


def test_a_key_in_what_a_server_said_of_an_error_is_not_kept(store: TraceStore) -> None:
    results = Results(store)
    results.keep({"k": Answer(error="sk-abcdef0123456789abcdef is no key.")}, "e")
    assert results.finished(["k"])["k"].error == "[redacted] is no key."


def test_answers_of_any_text_come_back_as_they_were(store: TraceStore) -> None:
    results = Results(store)
    answer = Answer(text='Ответ: "да"\n\x00😀', tool_calls=({"name": "t", "arguments": {"x": [1, None]}},), turns=2)
    results.keep({"k": answer}, "e")
    assert results.finished(["k", "other"]) == {"k": answer}


def test_a_file_that_cannot_be_written_is_told(tmp_path: Any) -> None:
    path = tmp_path / "t.db"
    path.write_text("no database at all, but long enough to be read as one")
    with pytest.raises(TraceStoreError):
        Results(TraceStore(path))


def test_half_a_surrogate_pair_in_an_answer_spoils_nothing(store: TraceStore) -> None:
    register_script("halves", [[f"half \ud83d {number}"] for number in range(3)])
    first, second = run(store, models="scripted:halves"), run(store, models="scripted:halves")
    assert list(second["answer"]) == list(first["answer"])
    assert second["reused"].all()
    row = [{"country": "half \ud83d"}]
    assert list(run(store, models="scripted:halves", data=row)["country"]) == ["half \ufffd"]


def test_a_file_that_was_taken_away_holds_no_finished_cell(tmp_path: Path) -> None:
    store = TraceStore(tmp_path / "t.db")
    results = Results(store)
    for path in tmp_path.iterdir():
        path.unlink()
    assert results.finished(["k"]) == {}
    results.keep({"k": Answer(text="a")}, "e")
    assert results.finished(["k"]) == {"k": Answer(text="a")}
    store.close()


class Closed(NoView):
    def __init__(self) -> None:
        self.done: list[int] = []

    def close(self, progress: Progress) -> None:
        self.done.append(progress.done)


async def test_an_experiment_ends_well_though_people_press_stop_again_and_again(
    calls: Calls, store: TraceStore
) -> None:
    def press_stop(_: object) -> list[object]:
        if chosen.progress.done < 2:
            chosen.stop()
            asyncio.get_running_loop().call_soon(press_stop, None)
        return [pause(60)]

    register_script("first", [["one"]])
    register_script("presses_stop", [press_stop])  # pyright: ignore[reportArgumentType]
    models, view = ["scripted:first", "scripted:presses_stop"], Closed()
    chosen = Experiment(PROMPT, models=models, data=COUNTRIES[:1], store=store, concurrency=1)
    work = asyncio.ensure_future(chosen.run(view))
    await asyncio.wait([work])
    assert view.done == [1]
    assert list(run(store, models=models[:1], data=COUNTRIES[:1])["reused"]) == [True]
