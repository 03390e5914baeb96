import itertools
import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.events import (
    AgentEndEvent,
    AgentEvent,
    AgentStartEvent,
    Notice,
    StepEndEvent,
    StepStartEvent,
    TurnUpdateEvent,
)
from jupyter_tools.traces.fold import SpanFold
from jupyter_tools.traces.frame import Traces
from jupyter_tools.traces.span import Span, SpanContext
from jupyter_tools.traces.store import TraceStore
from tests.traces.run_events import INFO, run, text_result, tool_call, tool_done, tool_end, tool_start


def spans_of(events: list[AgentEvent], *, step_s: float = 0.001, close: bool = False) -> list[Span]:
    ids = itertools.count(1)
    spans: dict[Span, None] = {}
    fold = SpanFold(lambda: next(ids), SpanContext(cell_id="cell"), spans.setdefault)
    for number, event in enumerate(events):
        fold.add(event, number * step_s)
    if close:
        fold.close(len(events) * step_s)
    return list(spans)


def test_a_run_becomes_its_agent_turn_model_and_tool_spans() -> None:
    spans = spans_of(run())
    assert [span.kind for span in spans] == ["agent", "turn", "model", "tool", "turn", "model"]
    assert [span.status for span in spans] == ["ok"] * 6
    assert [span.turn for span in spans] == [None, 1, 1, 1, 2, 2]


def test_each_span_is_part_of_the_one_around_it() -> None:
    agent, first, model, tool, second, other_model = spans_of(run())
    assert agent.parent_id is None
    assert first.parent_id == second.parent_id == agent.span_id
    assert model.parent_id == tool.parent_id == first.span_id
    assert other_model.parent_id == second.span_id


def test_a_run_says_where_it_comes_from() -> None:
    spans = spans_of(run())
    (context,) = {span.context for span in spans}
    assert (context.run_id, context.cell_id, context.system_hash, context.schema_hash) == ("run-1", "cell", "aa", "bb")
    assert context.prompt_hash
    assert spans[0].provenance == run()[0].info


def test_a_retry_counts_as_another_attempt_of_the_model_call() -> None:
    events = run()
    events.insert(2, TurnUpdateEvent(turn=1, notice=Notice(text="retrying in 3 s (1 of 5)", kind="retry")))
    events.insert(2, TurnUpdateEvent(turn=1, notice=Notice(text="loading", kind="load")))
    assert [span.attempt for span in spans_of(events) if span.kind == "model"] == [2, 1]


@pytest.mark.parametrize(("tools", "tool_status"), [(True, "replayed"), (False, "ok")])
def test_what_a_recording_answers_is_replayed(tools: bool, tool_status: str) -> None:
    start, *others = run()
    assert isinstance(start, AgentStartEvent)
    replayed = replace(start, info=INFO | {"replayed_from": "lesson.jsonl", "replayed_tools": tools})
    spans = spans_of([replayed, *others, *run(run_id="run-2")])
    statuses = [(span.kind, span.status) for span in spans[:4]]
    assert statuses == [("agent", "ok"), ("turn", "ok"), ("model", "replayed"), ("tool", tool_status)]
    assert {span.status for span in spans[6:]} == {"ok"}


def test_what_an_abort_leaves_open_is_stopped() -> None:
    events = [*run()[:6], AgentEndEvent(run_id="run-1", messages=(), stop_reason="aborted")]
    assert {span.kind: span.status for span in spans_of(events)} == {
        "agent": "stopped",
        "turn": "stopped",
        "model": "ok",
        "tool": "stopped",
    }


def test_a_failed_run_keeps_its_reason() -> None:
    events = [
        run()[0],
        AgentEndEvent(
            run_id="run-1", messages=(), stop_reason="error", error_message="No connection.", error_type="429"
        ),
    ]
    (agent,) = spans_of(events)
    assert (agent.status, agent.error, agent.error_type) == ("error", "No connection.", "429")


def test_a_closed_fold_leaves_nothing_running() -> None:
    spans = spans_of(run()[:6], close=True)
    assert [span.status for span in spans] == ["interrupted", "interrupted", "ok", "interrupted"]
    assert all(span.ended is not None for span in spans)


def test_tool_calls_without_a_run_are_spans_without_a_parent() -> None:
    (tool,) = spans_of(list(tool_call()))
    assert (tool.kind, tool.status, tool.parent_id, tool.context.run_id) == ("tool", "ok", None, None)


EVENTS = st.sampled_from(
    [
        *run(),
        *run(run_id="run-2")[:4],
        *tool_call("call_2"),
        tool_start("call_3"),
        tool_done("call_3"),
        tool_end("call_3", text_result("no", is_error=True), status="timeout"),
        tool_end("call_4", status="aborted", duration_ms=0.0),
        StepStartEvent(step_id="s1", kind="approval", name="write", tool_call_id="call_2"),
        StepStartEvent(step_id="s2", kind="retrieval", name="papers", tool_call_id="call_3", args="quantum"),
        StepStartEvent(step_id="s3", kind="retrieval", name="papers", tool_call_id=""),
        StepEndEvent(step_id="s1", status="denied", error="no", duration_ms=2.0),
        StepEndEvent(step_id="s2", result=["one"], duration_ms=1.0),
        replace(run()[0], info=INFO | {"replayed_from": "lesson.jsonl", "replayed_tools": True}),
        AgentEndEvent(run_id="run-1", messages=(), stop_reason="aborted"),
    ]
)


PARENTS = {
    "turn": ("agent",),
    "model": ("agent", "turn"),
    "tool": ("agent", "turn"),
    "approval": ("agent", "turn", "tool"),
    "retrieval": ("agent", "turn", "tool"),
}


@given(st.lists(EVENTS, max_size=40), st.booleans())
def test_any_sequence_of_events_gives_consistent_spans(events: list[AgentEvent], close: bool) -> None:
    spans = spans_of(events, close=close)
    by_id = {span.span_id: span for span in spans}
    assert max(Counter(span.span_id for span in spans).values(), default=1) == 1
    for span in spans:
        running = span.status == "running"
        assert (span.ended is None) is running
        assert (span.duration_ms is None) is running
        assert running or span.ended == span.started + round(span.duration_ms * 1000)
        assert running or span.duration_ms >= 0
        assert span.parent_id is None or by_id[span.parent_id].kind in PARENTS[span.kind]
        assert span.parent_id is None or by_id[span.parent_id].context is span.context
    assert not close or all(span.status != "running" for span in spans)


@pytest.mark.parametrize("cut", range(len(run())))
def test_a_run_that_is_cut_short_keeps_what_was_there(cut: int) -> None:
    whole, part = spans_of(run()), spans_of(run()[:cut])
    assert [span.kind for span in part] == [span.kind for span in whole][: len(part)]


def test_parallel_calls_are_told_apart_in_whatever_order_they_end() -> None:
    numbers = list(range(50))
    events: list[AgentEvent] = [tool_start(f"call_{n}", args={"n": n}) for n in numbers]
    random.Random(1).shuffle(numbers)
    events += [tool_done(f"call_{n}", text_result(str(n))) for n in numbers]
    events += [tool_end(f"call_{n}", text_result(str(n)), args={"n": n}) for n in range(50)]
    assert [(span.args["n"], span.result) for span in spans_of(events)] == [(n, str(n)) for n in range(50)]


@given(st.lists(EVENTS | st.none(), max_size=40))
def test_any_sequence_of_events_gives_consistent_rows_whenever_it_is_written(events: list[AgentEvent | None]) -> None:
    store = TraceStore(":memory:")
    try:
        fold = SpanFold(store.new_span_id, SpanContext(cell_id="cell"), store.changed)
        told = [event for event in events if event is not None]
        for number, event in enumerate(events):
            if event is None:  # the writer comes by
                store.flush()
            else:
                store.put(fold.add, event, number * 0.001)
        frame = Traces(lambda: store)()
    finally:
        store.close()
    expected = spans_of(told)
    assert frame.kind.tolist() == [span.kind for span in expected]
    assert frame.status.tolist() == [span.status for span in expected]
    assert frame.span_id.is_unique
    assert (frame.parent_id.dropna().isin(frame.span_id)).all()
    assert (frame.ended.isna() == (frame.status == "running")).all()
    assert (frame.duration_ms.dropna() >= 0).all()
    assert (frame.error_type.isna() | frame.status.isin(["error", "timeout", "denied", "stopped", "skipped"])).all()
    run_of = dict(zip(frame.span_id, frame.run_id.fillna(""), strict=True))
    assert all(run_of[parent] == run_of[span] for span, parent in frame[["span_id", "parent_id"]].dropna().values)
