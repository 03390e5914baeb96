"""Durations as people say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.durations import duration_text, seconds_text
from jupyter_tools.traces.span import Span, SpanContext


@pytest.mark.parametrize(
    ("duration_ms", "text"),
    [
        (None, "not over"),
        (0.04, "under 0.1 ms"),
        (0.4, "0.4 ms"),
        (2, "2 ms"),
        (3.26, "3.3 ms"),
        (9.96, "10 ms"),
        (999, "999 ms"),
        (999.9, "1.0 s"),
        (3_210, "3.2 s"),
        (59_900, "59.9 s"),
        (59_999, "1 min 00 s"),
        (119_999, "2 min 00 s"),
        (125_000, "2 min 05 s"),
        (3_720_000, "1 h 02 min"),
    ],
)
def test_a_duration_reads_well(duration_ms: float | None, text: str) -> None:
    assert duration_text(duration_ms) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "0 s"), (59.7, "1 min 00 s"), (75, "1 min 15 s"), (3_700, "1 h 01 min")]
)
def test_seconds_are_whole(seconds: float, text: str) -> None:
    assert seconds_text(seconds) == text


@given(st.floats(0, 1e9))
def test_a_page_says_the_same_as_the_trace(duration_ms: float) -> None:
    span = Span("tool", "t", 1, None, 0, 0.0, SpanContext())
    span.finish("ok", duration_ms)
    assert duration_text(span.duration_ms) == duration_text(duration_ms)


@given(st.floats(0, 1e9))
def test_no_unit_is_counted_further_than_it_goes(duration_ms: float) -> None:
    text = duration_text(duration_ms)
    assert not any(
        text.startswith(f"{too_much} {unit}") for too_much, unit in [(1000, "ms"), ("60.0", "s"), (60, "min")]
    )
    assert "60 s" not in text
