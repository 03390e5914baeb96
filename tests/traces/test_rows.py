from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.events import AgentToolResult
from jupyter_tools.messages import ImageContent, TextContent, ToolCallContent, user_message
from jupyter_tools.shortening import one_line
from jupyter_tools.traces import texts as texts_module
from jupyter_tools.traces.columns import COLUMN_NAMES
from jupyter_tools.traces.database import open_database
from jupyter_tools.traces.insertion import Inserter
from jupyter_tools.traces.rows import BLOB_SIZE, Batch, RowMaker, as_storable, referred_key
from jupyter_tools.traces.span import ModelSpan, Span, SpanContext, SpanKind
from jupyter_tools.traces.values import decode, encode
from tests.traces.run_events import answer

KEY = "sk-" + "a1B2c3D4" * 4


def span(kind: SpanKind = "tool", **fields: Any) -> Span:
    make = Span if kind == "tool" else ModelSpan
    made = make(kind, "name", 1, None, started=0, began_s=0.0, context=SpanContext())
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def row_of(made: Span) -> dict[str, Any]:
    (row,) = rows_of(RowMaker().batch([made]))
    return row


def rows_of(batch: Batch) -> list[dict[str, Any]]:
    """What can be read of a batch that was written."""
    connection = open_database(":memory:")
    try:
        Inserter(connection, "session").insert(batch)
        rows = connection.execute(f"SELECT {', '.join(COLUMN_NAMES)} FROM spans ORDER BY seq").fetchall()
        return [dict(zip(COLUMN_NAMES, row, strict=True)) for row in rows]
    finally:
        connection.close()


def test_a_tool_call_is_summed_up_by_its_arguments_and_result() -> None:
    row = row_of(span(args={"город": "Москва"}, result="15 °C,\n   sunny"))
    assert (row["input"], row["output"]) == ('{"город": "Москва"}', "15 °C, sunny")


def test_a_model_call_is_summed_up_by_the_last_message_and_its_own() -> None:
    call = ToolCallContent(id="1", name="math_eval", arguments={"expression": "2+2"})
    row = row_of(span("model", messages=(user_message("first"), user_message("last")), result=answer("Well,", call)))
    assert (row["input"], row["output"]) == ("last", 'Well, math_eval({"expression": "2+2"})')


def test_a_run_is_summed_up_by_its_prompt_and_answer() -> None:
    row = row_of(span("agent", args="What is 2+2?", result="4"))
    assert (row["input"], row["output"]) == ("What is 2+2?", "4")


@given(st.text(max_size=300))
def test_a_summary_is_one_line_without_needless_space(text: str) -> None:
    assert row_of(span(result=text))["output"] == one_line(text, 200)


@given(st.lists(st.sampled_from(["tool", "turn", "model"]), max_size=12))
def test_rows_come_in_the_order_of_their_spans(kinds: list[SpanKind]) -> None:
    spans = [span(kind, tool_call_id=str(number)) for number, kind in enumerate(kinds)]
    rows = rows_of(RowMaker().batch(spans))
    assert [(row["kind"], row["tool_call_id"]) for row in rows] == [(made.kind, made.tool_call_id) for made in spans]


@given(st.text(max_size=20) | st.none(), st.text(max_size=20))
def test_a_tools_row_is_what_any_spans_row_is(error: str | None, text: str) -> None:
    made = span(args={"q": text}, result=text, details=[text], error=error, queue_ms=1.5, turn=2)
    tool = row_of(made)
    other = row_of(span("turn", args={"q": text}, result=text, details=[text], error=error, queue_ms=1.5, turn=2))
    assert tool == other | {"kind": "tool"}


def test_an_image_is_summed_up_by_its_type() -> None:
    content = AgentToolResult(content=(TextContent(text="A plot "), ImageContent(data="aGk="))).content
    assert row_of(span(result=content))["output"] == "A plot [image/png]"


def test_a_summary_is_short_and_the_value_is_whole() -> None:
    row = row_of(span(result="long " * 1000))
    assert len(row["output"]) == 200
    assert row["output"].endswith("…")
    assert decode(row["result"]) == "long " * 1000


def test_no_key_reaches_a_row_or_a_blob() -> None:
    text = f"the key is {KEY}"
    made = span(
        "model",
        messages=(user_message(text),),
        result=answer(text),
        error=text,
        args={"q": text},
        details={KEY: [text]},
        parameters={"api_key": "abcdefgh1234"},
        provenance={"header": text},
    )
    batch = RowMaker().batch([made])
    everything = repr((batch.blobs, [piece.columns for piece in batch.pieces]))
    assert KEY not in everything
    assert "abcdefgh1234" not in everything


def test_a_key_at_the_cut_of_a_summary_is_redacted_before_it_is_cut() -> None:
    row = row_of(span(result="x" * 180 + f" {KEY} " + "y" * 500))
    assert "sk-" not in row["output"]


def test_a_message_is_stored_once_however_often_it_is_seen() -> None:
    maker, first, second = RowMaker(), user_message("one"), user_message("two")
    blobs = maker.batch([span("model", messages=(first,))]).blobs
    more = maker.batch([span("model", messages=(first, second)), span("model", messages=(second, first))]).blobs
    assert len(blobs) == 1
    assert {text for _, text in more} == {text for _, text in more if "two" in text}


def test_a_large_value_is_stored_as_a_blob() -> None:
    text = "ж" * (BLOB_SIZE + 1)
    batch = RowMaker().batch([span(result=text, status="ok"), span(result=text, status="ok")])
    keys = [referred_key(row["result"]) for row in rows_of(batch)]
    assert keys == [key for key, _ in batch.blobs]
    assert len(set(keys)) == 1


def test_what_the_database_refuses_is_replaced() -> None:
    cells = ["\ud800!", 2**63, ("a",), 1, 1.5, True, None, "ок"]
    assert as_storable(cells) == ["?!", None, '["a"]', 1, 1.5, True, None, "ок"]


def test_a_value_of_several_rows_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Any] = []
    monkeypatch.setattr(texts_module, "encode", lambda value: written.append(value) or encode(value))
    said, parameters = answer("4"), {"temperature": 0}
    model = span("model", result=said, parameters=parameters)
    rows_of(RowMaker().batch([span("agent", messages=(said,), parameters=parameters), model]))
    assert sorted(map(id, written)) == sorted([id(said), id(parameters)])
