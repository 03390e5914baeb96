import pandas as pd
import pytest

from jupyter_tools.errors import ConfigurationError, UnknownNameError
from jupyter_tools.traces.frame import Traces
from jupyter_tools.traces.pages import MOST_ROWS, TABLE_COLUMNS, SpanPages, View
from jupyter_tools.traces.query import SpanQuery
from jupyter_tools.traces.record import TraceRecorder
from jupyter_tools.traces.store import TraceStore
from tests.traces.run_events import recorded_runs, text_result, tool_end


@pytest.fixture
def pages(memory_store: TraceStore) -> SpanPages:
    recorded_runs(TraceRecorder(memory_store))
    return SpanPages(memory_store, SpanQuery())


def column(pages: SpanPages, view: View, name: str) -> list[object]:
    return [row[1 + TABLE_COLUMNS.index(name)] for row in pages.rows(view, 0, 100)]


def test_the_newest_spans_come_first_and_in_pages(pages: SpanPages) -> None:
    assert pages.count(View()) == 12
    first, second = pages.rows(View(), 0, 5), pages.rows(View(), 5, 100)
    assert [row[0] for row in first + second] == list(range(12, 0, -1))
    assert pages.rows(View(), 100, 200) == []
    assert pages.rows(View(), -5, -1) == []


def test_a_page_has_a_most(memory_store: TraceStore) -> None:
    recorder = TraceRecorder(memory_store)
    for number in range(MOST_ROWS + 20):
        recorder.record(tool_end(f"c{number}"))
    assert len(SpanPages(memory_store, SpanQuery()).rows(View(), 0, 10**9)) == MOST_ROWS


@pytest.mark.parametrize(("descending", "expected"), [(True, [120.0, 120.0, 80.0]), (False, [1.5, 1.5, 80.0])])
def test_spans_are_sorted_by_any_column(pages: SpanPages, descending: bool, expected: list[float]) -> None:
    calls = View(sort="duration_ms", descending=descending, search="i")
    durations = [value for value in column(pages, calls, "duration_ms") if value in (120.0, 80.0, 1.5)]
    assert durations[:3] == expected


@pytest.mark.parametrize(
    ("search", "count"),
    [
        ("MATH_EVAL", 4),
        ("сколько будет 1", 2),
        ("СКОЛЬКО", 4),
        ("expression", 4),
        ("100%", 0),
        ("_", 6),
        ("nothing", 0),
    ],
)
def test_a_search_minds_neither_case_nor_alphabet(pages: SpanPages, search: str, count: int) -> None:
    assert pages.count(View(search=search)) == count


def test_spans_are_filtered_by_kind_and_status(memory_store: TraceStore, pages: SpanPages) -> None:
    TraceRecorder(memory_store).record(tool_end("x", text_result("boom", is_error=True), status="timeout"))
    assert pages.count(View(kind="tool")) == 3
    assert pages.count(View(status="failed")) == pages.count(View(status="timeout")) == 1


def test_new_spans_are_seen_after_forgetting(memory_store: TraceStore, pages: SpanPages) -> None:
    assert pages.count(View()) == 12
    TraceRecorder(memory_store).record(tool_end("x"))
    assert pages.count(View()) == 12
    pages.forget()
    assert pages.count(View()) == 13


def test_only_the_spans_of_the_query_are_there(memory_store: TraceStore, pages: SpanPages) -> None:
    some = SpanPages(memory_store, SpanQuery(run="run-0", last=4, where="turn = 2"))
    assert some.count(View()) == 2
    assert some.count(View(kind="model")) == 1


def test_a_span_tells_everything_and_its_place_in_the_run(pages: SpanPages) -> None:
    [row] = pages.rows(View(kind="tool"), 0, 1)
    detail = pages.detail(row[0])
    assert detail is not None
    assert detail["title"] == "tool math_eval: ok, 1.5 ms"
    assert dict(detail["parts"]) == {
        "Arguments": '{\n  "expression": "2+2"\n}',
        "Result": "4",
        "Details": '{\n  "value": 4\n}',
    }
    assert ["run_id", "run-1"] in detail["facts"]
    assert len(detail["timeline"]["bars"]) == 6
    assert [bar["kind"] for bar in detail["timeline"]["bars"] if bar["chosen"]] == ["tool"]


def test_a_model_call_tells_what_the_model_saw(pages: SpanPages) -> None:
    [row] = pages.rows(View(kind="model"), 0, 1)
    parts = dict((pages.detail(row[0]) or {})["parts"])
    assert "user: Сколько будет 1+2?" in parts["What the model saw"]
    assert parts["Result"] == "assistant: It is 4."


def test_frames_long_texts_and_half_characters_can_be_sent(memory_store: TraceStore, pages: SpanPages) -> None:
    result = text_result("x" * 200_000, pd.DataFrame({"a": [1]}))
    TraceRecorder(memory_store).record(tool_end("x", result, args={"half": "\ud800"}))
    [row] = pages.rows(View(), 0, 1)
    parts = dict((pages.detail(row[0]) or {})["parts"])
    assert parts["Result"].endswith("… 100,000 more characters")
    assert "a" in parts["Details"]
    assert parts["Arguments"].encode()


def test_a_span_that_is_gone_is_nothing(pages: SpanPages) -> None:
    assert pages.detail(10**9) is None


def test_wrong_wishes_are_explained(pages: SpanPages) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'duration_ms'"):
        pages.count(View(sort="duration"))
    with pytest.raises(UnknownNameError, match="Did you mean 'tool'"):
        pages.count(View(kind="tools"))
    with pytest.raises(ConfigurationError, match="too long"):
        pages.count(View(search="x" * 2000))


def test_a_view_is_made_of_whatever_a_page_says() -> None:
    assert View.of({"search": 5, "sort": "name", "descending": False, "more": 1}) == View(sort="name", descending=False)
    assert View.of({}) == View()


def test_a_search_cannot_write_or_break_out(two_runs: Traces, memory_store: TraceStore) -> None:
    pages = SpanPages(memory_store, SpanQuery())
    for text in ("'; DROP TABLE span_rows; --", "\\", "%", "\0", "я' OR 1=1 --"):
        assert pages.count(View(search=text)) in (0, 12)
    assert len(two_runs()) == 12
