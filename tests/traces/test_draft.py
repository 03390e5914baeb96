from jupyter_tools.events import (
    MessageEndEvent,
    MessageStartEvent,
    MessageUpdateEvent,
    TextDelta,
    ThinkingDelta,
    ToolCallDelta,
)
from jupyter_tools.messages import AssistantMessage, TextContent, ThinkingContent
from jupyter_tools.traces.draft import Draft, Piece, message_of
from jupyter_tools.traces.frame import Traces
from jupyter_tools.traces.record import TraceRecorder
from jupyter_tools.traces.rows import BLOB_SIZE
from jupyter_tools.traces.store import TraceStore
from jupyter_tools.traces.values import encode
from tests.traces.run_events import run


def test_pieces_become_the_message_as_far_as_it_goes():
    pieces: list[Piece] = [
        ThinkingDelta(text="H"),
        ThinkingDelta(text="m."),
        TextDelta(text="It "),
        TextDelta(text="is"),
    ]
    assert message_of(pieces).content == (ThinkingContent(thinking="Hm."), TextContent(text="It is"))


def test_the_first_piece_is_kept_at_once_and_the_others_together_with_a_later_one():
    kept: list[str] = []
    draft = Draft(lambda pieces: kept.append(message_of(pieces).text))
    for at_s, text in ((10.0, "a"), (10.1, "b"), (10.2, "c"), (10.3, "d")):
        draft.add(TextDelta(text=text), at_s)
    assert kept == ["a", "abcd"]


def test_the_longer_the_text_the_less_often_it_is_kept():
    kept: list[int] = []
    draft = Draft(lambda pieces: kept.append(len(pieces)))
    for number in range(1000):
        draft.add(TextDelta(text="x" * 100), number / 100)
    assert len(kept) < 15


def test_the_arguments_of_tool_calls_are_no_text():
    kept: list[object] = []
    Draft(kept.append).add(ToolCallDelta(index=0, arguments="{"), 1.0)
    assert kept == []


def test_a_run_that_is_cut_off_has_its_text_in_the_traces(memory_store: TraceStore, traces: Traces) -> None:
    recorder = TraceRecorder(memory_store)
    for event in run()[:2]:
        recorder.record(event)
    recorder.record(MessageStartEvent(message=AssistantMessage(content=())))
    recorder.record(MessageUpdateEvent(delta=TextDelta(text="Half of")))
    row = traces(kind="model").iloc[-1]
    assert (row.status, row.output, row.result.text) == ("running", "Half of", "Half of")


def test_a_long_message_is_in_the_file_once_however_often_it_was_kept(memory_store: TraceStore, traces: Traces) -> None:
    recorder, text = TraceRecorder(memory_store), "x" * BLOB_SIZE
    for event in run()[:2]:
        recorder.record(event)
    for more in range(3):  # each is the first of its draft, and kept at once
        recorder.record(MessageStartEvent(message=AssistantMessage(content=())))
        recorder.record(MessageUpdateEvent(delta=TextDelta(text=text + "y" * more)))
        memory_store.flush()
    assert traces(kind="model").iloc[-1].result.text == text + "yy"
    message = AssistantMessage(content=(TextContent(text=text + "yyy"),))
    recorder.record(MessageEndEvent(message=message))
    with memory_store.reading() as connection:
        lengths = connection.execute("SELECT length(data) FROM blobs").fetchall()
    assert [length for (length,) in lengths if length > BLOB_SIZE] == [len(encode(message))]
    assert traces(kind="model").iloc[-1].result == message
