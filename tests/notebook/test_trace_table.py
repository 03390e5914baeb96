"""The table's widget against a comm that goes nowhere."""

from typing import Any

import comm
import pytest
from comm.base_comm import BaseComm

from jupyter_tools.notebook import trace_table
from jupyter_tools.notebook.trace_table import STATIC_ROWS, TraceTable, show_table, static_table
from jupyter_tools.traces.pages import SpanPages
from jupyter_tools.traces.query import SpanQuery
from jupyter_tools.traces.record import TraceRecorder
from jupyter_tools.traces.store import TraceStore
from tests.traces.run_events import run, text_result, tool_end

MAX_BUNDLE = 25_000
HOSTILE = "<script>alert(1)</script>"
VIEW = {"search": "", "kind": "", "status": "", "sort": "", "descending": True}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []

    class Comm(BaseComm):
        def publish_msg(self, msg_type: str, data: Any = None, **_: Any) -> None:
            messages.append({"type": msg_type, **(data or {})})

    monkeypatch.setattr(comm, "create_comm", Comm)
    return messages


@pytest.fixture
def pages() -> Any:
    store = TraceStore(":memory:")
    recorder = TraceRecorder(store)
    for event in run(prompt=HOSTILE):
        recorder.record(event)
    yield SpanPages(store, SpanQuery())
    store.close()


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    bundles: list[dict[str, Any]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, **_: bundles.append(data))
    return bundles


def asked(table: TraceTable, sent: list[dict[str, Any]], **content: Any) -> list[Any]:
    sent.clear()
    table._handle_custom_msg(content, [])
    return [message["content"] for message in sent if message.get("method") == "custom"]


def test_a_page_of_rows_is_answered_with_the_askers_number(sent: list[dict[str, Any]], pages: SpanPages) -> None:
    table = TraceTable(pages, "place")
    [answer] = asked(table, sent, kind="rows", request="me-1", view=VIEW, start=0, stop=2)
    assert (answer["request"], answer["count"], answer["start"], len(answer["rows"])) == ("me-1", 6, 0, 2)


def test_a_span_is_answered_with_its_detail(sent: list[dict[str, Any]], pages: SpanPages) -> None:
    [answer] = asked(TraceTable(pages, "place"), sent, kind="detail", number=1)
    assert answer["detail"]["title"].startswith("agent")
    [answer] = asked(TraceTable(pages, "place"), sent, kind="detail", number=10**9)
    assert answer["detail"] is None


def test_a_wrong_wish_is_answered_with_a_sentence(sent: list[dict[str, Any]], pages: SpanPages) -> None:
    view = VIEW | {"sort": "nothing"}
    [answer] = asked(TraceTable(pages, "place"), sent, kind="rows", request="me-1", view=view, start=0, stop=2)
    assert "There is no column to sort by" in answer["problem"]


@pytest.mark.parametrize(
    "content", [{}, {"kind": "dance"}, {"kind": "rows", "view": 5}, {"kind": "detail", "number": "x"}]
)
def test_what_it_does_not_know_it_does_not_answer(
    sent: list[dict[str, Any]], pages: SpanPages, content: dict[str, Any]
) -> None:
    assert asked(TraceTable(pages, "place"), sent, **content) == []


def test_the_notebook_keeps_a_static_table_and_no_widget(
    sent: list[dict[str, Any]], pages: SpanPages, shown: list[dict[str, Any]]
) -> None:
    show_table(pages, living=True)
    [bundle] = shown
    assert set(bundle) == {"text/html", "text/plain"}
    assert HOSTILE not in bundle["text/html"]
    assert "&lt;script&gt;" in bundle["text/html"]
    [place] = [message["state"]["place"] for message in sent if "place" in message.get("state", {})]
    assert f'id="{place}"' in bundle["text/html"]


def test_where_nobody_is_there_no_widget_is_made(
    sent: list[dict[str, Any]], pages: SpanPages, shown: list[dict[str, Any]]
) -> None:
    show_table(pages, living=False)
    assert len(shown) == 1
    assert sent == []


def test_old_tables_are_closed(sent: list[dict[str, Any]], pages: SpanPages, shown: list[dict[str, Any]]) -> None:
    trace_table._alive.clear()
    for _ in range(10):
        show_table(pages, living=True)
    assert len([message for message in sent if message["type"] == "comm_close"]) == 2
    assert len(shown) == 10


def test_the_static_table_has_the_newest_spans_oldest_first() -> None:
    store = TraceStore(":memory:")
    recorder = TraceRecorder(store)
    for number in range(STATIC_ROWS + 5):
        recorder.record(tool_end(f"c{number}", text_result(f"answer {number} {'long ' * 30}")))
    rows = static_table(SpanPages(store, SpanQuery())).rows
    assert len(rows) == STATIC_ROWS
    assert rows[0][-1].startswith("answer 5 ")
    assert len(rows[0][-1]) == 60
    store.close()


def test_the_bundle_is_small_and_loads_nothing() -> None:
    bundle = str(TraceTable._esm)
    assert len(bundle.encode()) < MAX_BUNDLE
    assert "innerHTML" not in bundle
    assert "http" not in bundle.replace("http://www.w3.org", "")
