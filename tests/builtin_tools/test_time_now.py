import asyncio
import locale
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.builtin_tools.time_now import FORMATS, time_at, time_now, time_now_with
from jupyter_tools.messages import ToolCallContent
from jupyter_tools.tools.validation import validate_tool_arguments

MOMENT = datetime(2023, 12, 1, 15, 30, 45, 123456, tzinfo=UTC)  # a Friday


def test_the_answer_has_the_time_and_its_parts():
    assert time_at(MOMENT) == {
        "current_time": "2023-12-01T15:30:45.123456+00:00",
        "timezone": "UTC",
        "timestamp": 1701444645.123456,
        "format_used": "iso",
        "year": 2023,
        "month": 12,
        "day": 1,
        "hour": 15,
        "minute": 30,
        "second": 45,
        "weekday": "Friday",
        "month_name": "December",
    }


@pytest.mark.parametrize(
    ("format_name", "text"),
    [
        ("iso", "2023-12-02T00:30:45.123456+09:00"),
        ("timestamp", "1701444645.123456"),
        ("readable", "Saturday, 2 December 2023, 00:30:45 (UTC+09:00)"),
        ("date", "2023-12-02"),
        ("time", "00:30:45"),
        ("datetime", "2023-12-02 00:30:45"),
        ("rfc3339", "2023-12-02T00:30:45+09:00"),
    ],
)
def test_every_format_is_told_in_the_zone(format_name, text):
    answer = time_at(MOMENT, format_name, "Asia/Tokyo")
    assert answer["current_time"] == text
    assert answer["format_used"] == format_name
    assert (answer["day"], answer["hour"], answer["weekday"]) == (2, 0, "Saturday")


def test_rfc_3339_writes_utc_as_z():
    assert time_at(MOMENT, "rfc3339")["current_time"] == "2023-12-01T15:30:45Z"


@pytest.mark.parametrize("written", ["HH:MM", "%H:%M", "формат", "x" * 500])
def test_an_unknown_format_is_iso_with_a_warning(written):
    answer = time_at(MOMENT, written)
    assert answer["format_used"] == "iso"
    assert "Known: iso, timestamp, readable" in answer["warning"]
    assert len(answer["warning"]) < 250


def test_formats_in_any_case_and_none_at_all_are_understood():
    assert "warning" not in time_at(MOMENT, " Date ")
    assert time_at(MOMENT, "", "")["timezone"] == "UTC"
    assert "warning" not in time_at(MOMENT, "")


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("Tokyo", "Asia/Tokyo"),
        ("asia/tokyo", "Asia/Tokyo"),
        ("Tokyo, Japan", "Asia/Tokyo"),
        ("new york", "America/New_York"),
        ("America/New York", "America/New_York"),
        ("Buenos Aires", "America/Argentina/Buenos_Aires"),
        ("utc", "UTC"),
        ("UTC+3", "UTC+03:00"),
        ("GMT-5", "UTC-05:00"),
        ("+05:30", "UTC+05:30"),
    ],
)
def test_a_city_or_offset_is_read_and_the_answer_says_as_what(written, zone):
    answer = time_at(MOMENT, "iso", written)
    assert answer["timezone"] == zone
    assert answer["note"] == f"{written!r} was read as {zone}."


def test_an_offset_counts_from_utc_to_the_east():
    assert time_at(MOMENT, "time", "UTC+3")["current_time"] == "18:30:45"
    assert time_at(MOMENT, "time", "-03:30")["current_time"] == "12:00:45"


@pytest.mark.parametrize("written", ["Tokio", "Asia/Tokio", "Asia/Tokyoo"])
def test_an_unknown_zone_is_an_error_that_names_the_nearest(written):
    answer = time_at(MOMENT, "iso", written)
    assert set(answer) == {"error"}
    assert "Asia/Tokyo" in answer["error"]


@pytest.mark.parametrize(
    "written", ["../../etc/passwd", "\0", "America", "Москва", "UTC+99", "UTC+05:75", "x" * 10_000, "/", "," * 100]
)
def test_any_other_zone_is_a_short_error(written):
    answer = time_at(MOMENT, "iso", written)
    assert set(answer) == {"error"}
    assert len(answer["error"]) < 200


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2024, 3, 31, 0, 59, 59, tzinfo=UTC), "2024-03-31T01:59:59+01:00"),
        (datetime(2024, 3, 31, 1, 0, 0, tzinfo=UTC), "2024-03-31T03:00:00+02:00"),
        (datetime(2024, 10, 27, 0, 30, tzinfo=UTC), "2024-10-27T02:30:00+02:00"),
        (datetime(2024, 10, 27, 1, 30, tzinfo=UTC), "2024-10-27T02:30:00+01:00"),
    ],
)
def test_the_hours_around_a_change_of_the_clocks_are_told_apart(moment, text):
    assert time_at(moment, "iso", "Europe/Berlin")["current_time"] == text


def test_zones_off_by_half_hours_and_over_the_date_line_are_right():
    assert time_at(MOMENT, "time", "Asia/Kathmandu")["current_time"] == "21:15:45"
    assert time_at(MOMENT, "date", "Pacific/Kiritimati")["current_time"] == "2023-12-02"


def test_every_zone_that_exists_is_known_by_its_own_name():
    assert {zone for zone in available_timezones() if time_at(MOMENT, "iso", zone).get("timezone") != zone} == set()


def test_names_are_english_whatever_the_locale():
    before = locale.setlocale(locale.LC_TIME)
    for name in ("ru_RU.UTF-8", "de_DE.UTF-8", "C"):
        try:
            locale.setlocale(locale.LC_TIME, name)
        except locale.Error:
            continue
        assert time_at(MOMENT, "readable")["current_time"].startswith("Friday, 1 December")
    locale.setlocale(locale.LC_TIME, before)


def test_the_clock_can_be_set():
    assert time_now_with(lambda: MOMENT)(timezone_name="UTC")["timestamp"] == MOMENT.timestamp()


def test_without_a_clock_it_is_now():
    told = datetime.fromisoformat(time_now()["current_time"])
    assert abs(datetime.now(UTC) - told) < timedelta(minutes=1)


def test_the_examples_fit_the_schema():
    for example in time_now.examples:
        call = ToolCallContent(id="1", name="time_now", arguments=dict(example.arguments))
        assert validate_tool_arguments(time_now, call) == example.arguments


async def test_the_tool_can_run_in_a_thread():
    answer = await asyncio.to_thread(time_now, format="date", timezone_name="Asia/Tokyo")
    assert answer["timezone"] == "Asia/Tokyo"


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)),
    st.sampled_from(["Europe/Moscow", "America/Sao_Paulo", "Australia/Lord_Howe"]),
)
def test_iso_is_the_same_moment_in_the_zone(moment, zone):
    moment = moment.replace(tzinfo=UTC)
    told = datetime.fromisoformat(time_at(moment, "iso", zone)["current_time"])
    assert told == moment
    assert told.utcoffset() == moment.astimezone(ZoneInfo(zone)).utcoffset()


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_breaks_it(format_name, zone):
    answer = time_at(MOMENT, format_name, zone)
    assert "error" in answer or answer["current_time"] == FORMATS[answer["format_used"]](
        MOMENT.astimezone(datetime.fromisoformat(time_at(MOMENT, "iso", zone)["current_time"]).tzinfo)
    )
