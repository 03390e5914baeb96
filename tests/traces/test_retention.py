from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.traces.frame import Traces
from jupyter_tools.traces.record import TraceRecorder
from jupyter_tools.traces.retention import prune
from jupyter_tools.traces.store import TraceStore
from tests.traces.run_events import run, text_result, tool_call

LARGE = "large " * 20_000
DAY_US = 86_400_000_000


@pytest.fixture
def other(store: TraceStore) -> Iterator[TraceStore]:
    """Another kernel on the same file."""
    other = TraceStore(store.path)
    yield other
    other.close()


def record_run(store: TraceStore, run_id: str, text: str = "4", events: int | None = None) -> None:
    recorder = TraceRecorder(store)
    for event in run(f"a question of {run_id}", run_id=run_id, result=text_result(text))[:events]:
        recorder.record(event)
    store.flush()


def grow_old(store: TraceStore, run_id: str, days: float) -> None:
    with store.reading() as connection:
        connection.execute(
            "UPDATE span_rows SET started = started - ? WHERE context IN"
            " (SELECT context FROM contexts WHERE run_id = ?)",
            (round(days * DAY_US), run_id),
        )


def runs_in(store: TraceStore) -> list[str]:
    return Traces(lambda: store).runs(all=True).run_id.tolist()


def count(store: TraceStore, table: str) -> int:
    with store.reading() as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def test_old_runs_go_and_young_ones_stay_whole(store: TraceStore) -> None:
    for run_id, days in (("old", 40), ("young", 1)):
        record_run(store, run_id)
        grow_old(store, run_id, days)
    young = Traces(lambda: store)(run="young")
    assert prune(store, older_than=timedelta(days=30)) == 6
    assert runs_in(store) == ["young"]
    left = Traces(lambda: store)()
    assert left.span_id.tolist() == young.span_id.tolist()
    assert left.messages.tolist() == young.messages.tolist()


def test_what_nobody_refers_to_goes_as_well(store: TraceStore) -> None:
    record_run(store, "old", LARGE)
    record_run(store, "young", LARGE + "!")
    grow_old(store, "old", 40)
    blobs = count(store, "blobs")
    prune(store, older_than=timedelta(days=30))
    assert count(store, "contexts") == 1
    assert 0 < count(store, "blobs") < blobs
    assert Traces(lambda: store).tools().result[0] == LARGE + "!"


def test_a_run_that_still_goes_on_stays(store: TraceStore) -> None:
    record_run(store, "running", events=4)
    grow_old(store, "running", 40)
    assert prune(store, older_than=timedelta(days=30), max_mb=0) == 0
    assert runs_in(store) == ["running"]


def test_the_oldest_go_until_the_file_is_small_enough(store: TraceStore) -> None:
    for number in range(30):
        record_run(store, f"run {number}", f"{number} {LARGE}")
        grow_old(store, f"run {number}", 30 - number)
    assert prune(store, max_mb=2) > 0
    left = runs_in(store)
    assert 3 <= len(left) < 30
    assert left == [f"run {number}" for number in range(30 - len(left), 30)]
    store.close()
    assert Path(store.path).stat().st_size < 2_200_000


def test_nothing_to_prune_changes_nothing(store: TraceStore) -> None:
    record_run(store, "young")
    assert prune(store, older_than=timedelta(days=30), max_mb=100) == 0
    assert count(store, "prunings") == 0


def test_a_kernel_goes_on_recording_after_another_one_has_pruned(store: TraceStore, other: TraceStore) -> None:
    recorder = TraceRecorder(store)
    events = run("a prompt that both model calls see", result=text_result("4"))
    for event in events[:10]:
        recorder.record(event)
    store.flush()
    with other.reading() as connection:  # the worst case: all that was stored is gone
        connection.execute("DELETE FROM span_rows")
        connection.execute("DELETE FROM blobs")
        connection.execute("INSERT INTO prunings (pruned) VALUES (0)")
    for event in events[10:]:
        recorder.record(event)
    (messages,) = Traces(lambda: store).models(where="turn = 2").messages
    assert [message.role for message in messages] == ["user", "assistant", "tool_result"]


def test_a_tool_call_by_hand_is_a_run_of_its_own(store: TraceStore) -> None:
    for number in range(3):
        recorder = TraceRecorder(store)
        for event in tool_call(f"call_{number}"):
            recorder.record(event)
    with store.reading() as connection:
        connection.execute("UPDATE span_rows SET started = started - ? WHERE seq < 3", (40 * DAY_US,))
    assert prune(store, older_than=timedelta(days=30)) == 2


@pytest.mark.parametrize("arguments", [{}, {"older_than": timedelta(days=-1)}, {"max_mb": -1}])
def test_what_makes_no_sense_is_refused(store: TraceStore, arguments: dict) -> None:
    with pytest.raises(ConfigurationError):
        prune(store, **arguments)
