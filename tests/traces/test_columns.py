import dataclasses

import pandas as pd

from jupyter_tools.traces.columns import COLUMN_NAMES, COLUMNS, columns_markdown, columns_text
from jupyter_tools.traces.span import Span


def test_a_span_has_exactly_the_columns_and_its_own_clock() -> None:
    assert {field.name for field in dataclasses.fields(Span)} == {*COLUMN_NAMES, "began_s"}


def test_heavy_columns_come_last() -> None:
    heavy = [column.dtype == "object" for column in COLUMNS]
    assert heavy == sorted(heavy)


def test_the_documentation_has_one_line_for_each_column() -> None:
    assert len(columns_text().splitlines()) == len(COLUMNS)
    assert len(columns_markdown().splitlines()) == len(COLUMNS) + 2


def test_every_column_can_be_read_as_an_attribute_of_the_frame() -> None:
    assert [name for name in COLUMN_NAMES if hasattr(pd.DataFrame, name)] == []
