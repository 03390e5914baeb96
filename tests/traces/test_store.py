import contextlib
import gc
import logging
import multiprocessing
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_tools import Agent
from jupyter_tools.errors import TraceStoreError
from jupyter_tools.events import AgentToolResult
from jupyter_tools.providers.scripted import ScriptedProvider
from jupyter_tools.traces import store as store_module
from jupyter_tools.traces.frame import Traces
from jupyter_tools.traces.record import TraceRecorder
from jupyter_tools.traces.store import TraceStore
from tests.traces.kills import killed
from tests.traces.run_events import run, text_result, tool_call, tool_end, tool_start


def record_calls(store: TraceStore, count: int, prefix: str = "call") -> None:
    recorder = TraceRecorder(store)
    for number in range(count):
        for event in tool_call(f"{prefix}_{number}", text_result(f"результат {number}")):
            recorder.record(event)


def rows_in(path: str | Path, sql: str = "SELECT count(*) FROM spans") -> list[tuple]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def wait_until(condition: Callable[[], bool], timeout_s: float = 10.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def test_the_writer_writes_without_being_asked(store: TraceStore) -> None:
    record_calls(store, 3)
    wait_until(lambda: rows_in(store.path) == [(3,)])


def test_a_flush_writes_at_once(store: TraceStore) -> None:
    record_calls(store, 100)
    store.flush()
    assert rows_in(store.path) == [(100,)]


def test_a_run_that_is_over_soon_is_written_once(store: TraceStore) -> None:
    recorder, (*events, last) = TraceRecorder(store), run()
    for event in events:
        recorder.record(event)
    store.flush(spared_s=60)
    assert rows_in(store.path) == [(0,)]
    recorder.record(last)
    store.flush(spared_s=60)
    assert rows_in(store.path, "SELECT count(*), sum(status = 'running') FROM spans") == [(6, 0)]


def test_a_run_that_goes_on_is_written_before_it_ends(store: TraceStore) -> None:
    recorder = TraceRecorder(store)
    for event in run()[:2]:
        recorder.record(event)
    wait_until(lambda: rows_in(store.path, "SELECT status FROM spans") == [("running",)] * 3)


def test_a_store_that_is_closed_has_written_everything(store: TraceStore) -> None:
    record_calls(store, 100)
    store.close()
    assert rows_in(store.path) == [(100,)]


def test_an_event_after_the_close_opens_the_store_again(store: TraceStore) -> None:
    store.close()
    record_calls(store, 1)
    store.flush()
    assert rows_in(store.path) == [(1,)]


def test_a_program_that_ends_has_written_everything(tmp_path: Path) -> None:
    program = f"from tests.traces.test_store import *\nrecord_calls(TraceStore({str(tmp_path / 'traces.db')!r}), 50)"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
    assert rows_in(tmp_path / "traces.db") == [(50,)]


def test_more_events_than_the_queue_holds_are_written_and_not_lost(
    store: TraceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "QUEUE_LIMIT", 100)
    record_calls(store, 1000)
    assert len(store._queue) <= 101
    store.flush()
    assert rows_in(store.path) == [(1000,)]


def test_a_burst_is_slowed_down_and_loses_nothing(store: TraceStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "BATCH_S", 60)  # the writer is too late: whoever records must write
    record_calls(store, 25_000)
    assert len(store._queue) <= store_module.QUEUE_LIMIT + 1
    store.close()
    assert rows_in(store.path, "SELECT count(*), sum(status = 'ok') FROM spans") == [(25_000, 25_000)]


def test_threads_may_record_at_the_same_time(store: TraceStore) -> None:
    threads = [threading.Thread(target=record_calls, args=(store, 200, f"thread{n}")) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.flush()
    assert rows_in(store.path, "SELECT count(*), count(DISTINCT tool_call_id), sum(status = 'ok') FROM spans") == [
        (800, 800, 800)
    ]


def test_two_processes_write_one_file(tmp_path: Path) -> None:
    path = tmp_path / "traces.db"
    program = (
        f"import sys; from tests.traces.test_store import *; record_calls(TraceStore({str(path)!r}), 500, sys.argv[1])"
    )
    processes = [subprocess.Popen([sys.executable, "-c", program, name]) for name in ("one", "two")]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    assert rows_in(path, "SELECT count(*), count(DISTINCT session_id) FROM spans") == [(1000, 2)]
    assert rows_in(path, "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize("round_", range(4))
def test_a_killed_process_leaves_its_finished_spans_and_a_sound_file(tmp_path: Path, round_: int) -> None:
    # the bench looks at how soon; here the writer may have to wait long for its turn
    outcome = killed(tmp_path / "traces.db", after_s=1.2 + 0.03 * round_, within_s=1.0)
    assert outcome.sound
    assert outcome.stored == outcome.finished > 0
    store = TraceStore(tmp_path / "traces.db")
    frame = Traces(lambda: store)(all=True)
    store.close()
    assert list(frame.status[frame.kind == "agent"]) == ["interrupted"]
    assert set(frame.status) <= {"ok", "interrupted"}


def in_fork(path: str, parents: TraceStore) -> None:
    record_calls(parents, 5, "child")
    parents.flush()


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_writes_its_own_spans_and_the_parent_goes_on(store: TraceStore) -> None:
    record_calls(store, 5, "before")
    child = multiprocessing.get_context("fork").Process(target=in_fork, args=(store.path, store))
    child.start()
    child.join(timeout=60)
    assert child.exitcode == 0
    record_calls(store, 5, "after")
    store.flush()
    assert rows_in(store.path, "SELECT count(*), count(DISTINCT session_id) FROM spans") == [(15, 2)]
    assert len(Traces(lambda: store)()) == 10


def test_a_file_that_was_deleted_is_begun_anew(store: TraceStore) -> None:
    record_calls(store, 1)
    store.flush()
    for leftover in Path(store.path).parent.glob("spans.db*"):
        leftover.unlink()
    record_calls(store, 2)
    store.flush()
    assert rows_in(store.path) == [(2,)]


def test_what_was_said_before_a_file_was_deleted_can_be_read_in_the_new_one(store: TraceStore) -> None:
    agent = Agent("scripted:test", provider=ScriptedProvider([["One."], ["Two."]]), trace=store)
    agent.run_sync("first")
    store.flush()
    for leftover in Path(store.path).parent.glob("spans.db*"):
        leftover.unlink()
    agent.run_sync("second")
    assert said_in(store) == [["first", "One.", "second"]]


def said_in(store: TraceStore) -> list[list[str]]:
    """What the models saw."""
    seen = Traces(lambda: store)(kind="model", all=True)["messages"]
    return [[message.content[0].text for message in messages] for messages in seen]


def test_what_is_written_at_the_second_attempt_is_written_whole(
    store: TraceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = store._inserter.insert
    monkeypatch.setattr(store._inserter, "insert", raise_full)
    Agent("scripted:test", provider=ScriptedProvider([["One."]]), trace=store).run_sync("first")
    with pytest.raises(TraceStoreError):
        store.flush()
    monkeypatch.setattr(store._inserter, "insert", original)
    assert said_in(store) == [["first"]]


def test_nothing_is_lost_while_a_file_that_was_deleted_cannot_be_made_anew(store: TraceStore) -> None:
    folder = Path(store.path).parent
    shutil.rmtree(folder)
    folder.write_text("something in its place")
    record_calls(store, 2)
    with pytest.raises(TraceStoreError, match="cannot be written"):
        store.flush()
    folder.unlink()
    store.flush()
    assert rows_in(store.path) == [(2,)]


def test_a_file_that_is_deleted_alone_is_begun_anew_while_another_kernel_has_the_old_one_open(
    store: TraceStore,
) -> None:
    other = TraceStore(store.path)
    Path(store.path).unlink()
    record_calls(store, 2)
    store.flush()
    other.close()
    assert rows_in(store.path) == [(2,)]


def test_what_cannot_be_written_is_kept_told_once_and_written_later(
    store: TraceStore, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "_RETRY_S", 0.01)
    original = store._inserter.insert
    monkeypatch.setattr(store._inserter, "insert", raise_full)
    with caplog.at_level(logging.WARNING, "jupyter_tools.traces.store"):
        record_calls(store, 3)
        wait_until(lambda: bool(caplog.records))
        with pytest.raises(TraceStoreError, match="database or disk is full"):
            store.flush()
    monkeypatch.setattr(store._inserter, "insert", original)
    wait_until(lambda: rows_in(store.path) == [(3,)])
    assert len(caplog.records) == 1
    assert "kept in memory" in caplog.text


def raise_full(*_: object) -> None:
    raise sqlite3.OperationalError("database or disk is full")


def test_a_file_that_is_locked_for_a_while_is_waited_for(store: TraceStore) -> None:
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    record_calls(store, 2)
    time.sleep(0.15)
    other.execute("COMMIT")
    other.close()
    store.flush()
    assert rows_in(store.path) == [(2,)]


def test_half_a_surrogate_pair_spoils_nothing(store: TraceStore) -> None:
    recorder = TraceRecorder(store)
    recorder.record(tool_start("call_1", "t\ud800l", {"q": "\ud83d"}))
    recorder.record(tool_end("call_1", text_result("\udc00 ответ")))
    frame = Traces(lambda: store)()
    assert frame.args[0] == {"expression": "2+2"}
    assert frame.result[0] == "\ufffd ответ"
    assert frame.name[0] == "t?l"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_cannot_be_stored_keeps_nothing_else_from_the_disk(store: TraceStore) -> None:
    recorder = TraceRecorder(store)
    recorder.record(tool_start("call_1", 17))  # no name, but what a careless caller may send
    recorder.record(tool_start("call_2", ("a", "b")))
    recorder.record(tool_end("call_3", AgentToolResult(content=None)))
    with contextlib.suppress(TypeError):
        store.flush()
    record_calls(store, 2)
    store.flush()
    names = rows_in(store.path, "SELECT name FROM spans WHERE tool_call_id != 'call_3'")
    assert [name for (name,) in names] == ["17", '["a", "b"]', *["math_eval"] * 2]


def test_a_result_of_a_megabyte_comes_back_whole(store: TraceStore) -> None:
    text = "слово " * 170_000
    recorder = TraceRecorder(store)
    for event in tool_call(result=text_result(text, {"rows": list(range(1000))})):
        recorder.record(event)
    (row,) = Traces(lambda: store).tools().itertuples()
    assert row.result == text
    assert row.details == {"rows": list(range(1000))}


def test_no_secret_of_a_run_is_on_disk(store: TraceStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_API_KEY", "очень-тайный-ключ")
    recorder = TraceRecorder(store)
    for event in run("my key is очень-тайный-ключ", result=text_result("sk-" + "a1b2c3d4" * 4)):
        recorder.record(event)
    store.close()
    content = Path(store.path).read_bytes()
    assert b"a1b2c3d4" not in content
    assert "тайный".encode() not in content


def test_without_content_only_shapes_and_figures_are_on_disk(tmp_path: Path) -> None:
    store = TraceStore(tmp_path / "shapes.db", content=False)
    recorder = TraceRecorder(store)
    for event in run("СЕКРЕТНЫЙ вопрос", result=text_result("СЕКРЕТНЫЙ ответ", {"q": "СЕКРЕТНЫЙ"}, is_error=True)):
        recorder.record(event)
    frame = Traces(lambda: store)()
    store.close()
    assert "СЕКРЕТНЫЙ".encode() not in Path(store.path).read_bytes()
    tool, model = frame[frame.kind == "tool"].iloc[0], frame[frame.kind == "model"].iloc[0]
    assert (tool.status, tool.error_type, tool.args) == ("error", "ToolError", {"expression": "str of 3"})
    assert (model.input_tokens, model.messages) == (10, [{"role": "user", "content": ["text of 16"]}])
    assert frame.input.tolist()[0] == "str of 16"


def test_a_message_seen_by_many_model_calls_is_stored_once(store: TraceStore) -> None:
    recorder = TraceRecorder(store)
    for event in run("a long prompt " * 100):
        recorder.record(event)
    store.flush()
    ((spans,),) = rows_in(store.path, "SELECT count(*) FROM spans WHERE kind = 'model'")
    ((blobs,),) = rows_in(store.path, "SELECT count(*) FROM blobs")
    assert (spans, blobs) == (2, 4)


def test_span_ids_are_unique_and_of_sixteen_digits(store: TraceStore) -> None:
    record_calls(store, 100)
    ids = Traces(lambda: store)().span_id.tolist()
    assert len(set(ids)) == 100
    assert all(re.fullmatch("[0-9a-f]{16}", span_id) and span_id.startswith(store.session_id) for span_id in ids)


def test_stores_leave_no_thread_and_no_open_file_behind(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    for number in range(5):
        store = TraceStore(tmp_path / f"{number}.db")
        record_calls(store, 1)
        store.close()
    gc.collect()
    shutil.rmtree(tmp_path)
    wait_until(lambda: not any(t.name == "jupyter_tools traces" for t in set(threading.enumerate()) - before))


LEFT_BEHIND = """
import asyncio
from jupyter_tools import Agent, TraceStore
from jupyter_tools.agent.stepper import Stepper
from jupyter_tools.providers.scripted import ScriptedProvider

async def main():
    agent = Agent("scripted:test", provider=ScriptedProvider([["Hi."]]), trace=TraceStore(":memory:"))
    stepper = Stepper(agent, "go")
    await stepper.go_on()
    return stepper

loop = asyncio.new_event_loop()
kept = loop.run_until_complete(main())
"""


def test_a_process_with_a_run_that_nobody_ended_can_end():
    done = subprocess.run([sys.executable, "-c", LEFT_BEHIND], timeout=60, capture_output=True, text=True, check=False)
    assert done.returncode == 0
