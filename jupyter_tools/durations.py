"""Durations as people say them."""

from __future__ import annotations


def to_the_microsecond(duration_ms: float) -> float:
    """Milliseconds as traces keep them."""
    return round(duration_ms * 1000) / 1000


def duration_text(duration_ms: float | None) -> str:
    """As exactly as it matters: "under 0.1 ms", "0.4 ms", "12 ms", "3.4 s", "2 min 05 s", "1 h 02 min".

    Args:
        duration_ms: The duration; None if there is none yet, which gives "not over".
    """
    if duration_ms is None:
        return "not over"
    duration_ms = to_the_microsecond(duration_ms)  # a page must not say anything else than the trace of it
    if duration_ms < 0.1:
        return "under 0.1 ms"
    if duration_ms < 9.95:
        return f"{duration_ms:.2g} ms"
    if duration_ms < 999.5:
        return f"{duration_ms:.0f} ms"
    if duration_ms < 59_950:
        return f"{duration_ms / 1000:.1f} s"
    return seconds_text(duration_ms / 1000)


def seconds_text(seconds: float) -> str:
    """To the second: "5 s", "2 min 05 s", "1 h 02 min"."""
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
