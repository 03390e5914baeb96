import dataclasses

import pandas as pd

from jupyter_tools.traces.columns import (
    COLUMN_NAMES,
    COLUMNS,
    CONTEXT_NAMES,
    DERIVED_NAMES,
    SPAN_NAMES,
    TOOL_NAMES,
    columns_markdown,
    columns_text,
)
from jupyter_tools.traces.span import ModelSpan, Span, SpanContext


def test_a_span_has_exactly_the_columns_and_its_own_clock() -> None:
    fields = {field.name for kind in (ModelSpan, SpanContext) for field in dataclasses.fields(kind)}
    made_when_written = {"input", "output", "session_id", "packages"}
    assert fields | made_when_written == {*COLUMN_NAMES, "began_s", "context", "home", "seq"} - {*DERIVED_NAMES}


def test_a_tool_call_has_a_field_for_each_of_its_columns() -> None:
    assert {field.name for field in dataclasses.fields(Span)} >= {*TOOL_NAMES} - {"input", "output"}


def test_each_column_belongs_to_the_span_or_to_what_spans_share() -> None:
    assert {field.name for field in dataclasses.fields(SpanContext)} == {*CONTEXT_NAMES} - {"session_id", "packages"}
    assert {*SPAN_NAMES, *CONTEXT_NAMES, *DERIVED_NAMES} == set(COLUMN_NAMES)
    assert set(TOOL_NAMES) < set(SPAN_NAMES)


def test_heavy_columns_come_last() -> None:
    heavy = [column.dtype == "object" for column in COLUMNS]
    assert heavy == sorted(heavy)


def test_the_documentation_has_one_line_for_each_column() -> None:
    assert len(columns_text().splitlines()) == len(COLUMNS)
    assert len(columns_markdown().splitlines()) == len(COLUMNS) + 2


def test_every_column_can_be_read_as_an_attribute_of_the_frame() -> None:
    assert [name for name in COLUMN_NAMES if hasattr(pd.DataFrame, name)] == []
