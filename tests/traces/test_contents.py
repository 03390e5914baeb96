import pytest

from jupyter_tools.messages import user_message
from jupyter_tools.traces.contents import Contents
from jupyter_tools.traces.frame import Traces
from jupyter_tools.traces.record import TraceRecorder
from jupyter_tools.traces.rows import BLOB_SIZE
from jupyter_tools.traces.store import TraceStore
from tests.traces.run_events import run, text_result, tool_call


def test_each_model_call_has_the_messages_it_saw(memory_store: TraceStore, traces: Traces) -> None:
    recorder = TraceRecorder(memory_store)
    for event in run("сколько будет 2+2?"):
        recorder.record(event)
    first, second = traces.models().messages
    assert first == [user_message("сколько будет 2+2?")]
    assert [message.role for message in second] == ["user", "assistant", "tool_result"]
    assert second[0] is first[0]


@pytest.mark.parametrize("size", [10, BLOB_SIZE * 3])
def test_a_value_comes_back_whole_whatever_its_size(memory_store: TraceStore, traces: Traces, size: int) -> None:
    recorder = TraceRecorder(memory_store)
    for event in tool_call(result=text_result("ж" * size, {"bytes": b"\0" * size})):
        recorder.record(event)
    (row,) = traces.tools().itertuples()
    assert row.result == "ж" * size
    assert row.details == {"bytes": b"\0" * size}


def test_more_blobs_than_one_query_takes_are_read(memory_store: TraceStore) -> None:
    with memory_store.reading() as connection:
        connection.executemany("INSERT INTO blobs VALUES (?, ?)", [(f"{n:04}", str(n)) for n in range(1200)])
        cells = [f'["{n:04}"]' for n in range(1200)]
        assert Contents(connection).values("messages", cells) == [[n] for n in range(1200)]
