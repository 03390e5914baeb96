"""`time_now`: the current time in a time zone."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from jupyter_tools.json_types import JsonObject
from jupyter_tools.tools.decorator import tool
from jupyter_tools.tools.tool import AgentTool, ToolExample

# `strftime` would speak the language of the machine
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])([0-9]{1,2})(?::?([0-9]{2}))?")
_MAX_NAME = 60


def time_now_with(clock: Callable[[], datetime]) -> AgentTool:
    """The tool with a clock of your own: for tests, and for experiments that must give the same again.

    Args:
        clock: Gives the current time, with its time zone.
    """

    @tool(
        examples=[
            ToolExample(request="What time is it in Tokyo?", arguments={"timezone_name": "Asia/Tokyo"}),
            ToolExample(request="What is today's date?", arguments={"format": "date"}),
        ]
    )
    def time_now(format: str = "iso", timezone_name: str = "UTC") -> JsonObject:
        """Tell the current date and time in a time zone.

        Args:
            format: iso, timestamp, readable, date, time, datetime or rfc3339.
            timezone_name: IANA name such as Europe/Moscow, or a city such as Tokyo.
        """
        return time_at(clock(), format, timezone_name)

    return time_now


def time_at(moment: datetime, format_name: str = "iso", timezone_name: str = "UTC") -> JsonObject:
    """What `time_now` tells when it is `moment`.

    Args:
        moment: A time with its time zone.
        format_name: A name in `FORMATS`; any other gives "iso" and a warning.
        timezone_name: An IANA name in any case, a city with a zone of its own, or an offset such as "UTC+03:00".

    Returns:
        The time and its parts; only `error` if there is no such zone.
    """
    wanted_zone = timezone_name.strip() or "UTC"
    try:
        zone_name, zone = _zone(wanted_zone)
    except ValueError as error:
        return {"error": str(error)}
    local = moment.astimezone(zone)
    chosen = format_name.strip().lower() or "iso"
    known = chosen if chosen in FORMATS else "iso"
    answer: JsonObject = {
        "current_time": FORMATS[known](local),
        "timezone": zone_name,
        "timestamp": local.timestamp(),
        "format_used": known,
        **_parts(local),
    }
    if chosen != known:
        answer["warning"] = (
            f"There is no format {format_name[:_MAX_NAME]!r}; iso was used. Known: {', '.join(FORMATS)}."
        )
    if zone_name != wanted_zone:
        answer["note"] = f"{wanted_zone!r} was read as {zone_name}."
    return answer


def _parts(moment: datetime) -> JsonObject:
    return {
        "year": moment.year,
        "month": moment.month,
        "day": moment.day,
        "hour": moment.hour,
        "minute": moment.minute,
        "second": moment.second,
        "weekday": _WEEKDAYS[moment.weekday()],
        "month_name": _MONTHS[moment.month - 1],
    }


def _readable(moment: datetime) -> str:
    day = f"{_WEEKDAYS[moment.weekday()]}, {moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
    return f"{day}, {moment.time().isoformat('seconds')} (UTC{moment.isoformat()[-6:]})"


FORMATS: dict[str, Callable[[datetime], str]] = {
    "iso": lambda moment: moment.isoformat(),
    "timestamp": lambda moment: str(moment.timestamp()),
    "readable": _readable,
    "date": lambda moment: moment.date().isoformat(),
    "time": lambda moment: moment.time().isoformat("seconds"),
    "datetime": lambda moment: f"{moment.date()} {moment.time().isoformat('seconds')}",
    "rfc3339": lambda moment: moment.isoformat(timespec="seconds").replace("+00:00", "Z"),
}


def _zone(text: str) -> tuple[str, tzinfo]:
    """The zone that `text` names, and its name.

    Raises:
        ValueError: If there is none, or more than one. The text says which may have been meant.
    """
    name = "_".join(text.split()).lower()
    offset = _OFFSET.fullmatch(text.lower())
    if name in _keys():
        found = _keys()[name]
    elif offset is not None:
        return _fixed_zone(text, *offset.groups("0"))
    else:
        found = _zone_of_city(text, name)
    return found, ZoneInfo(found)


def _fixed_zone(text: str, sign: str, hours: str, minutes: str) -> tuple[str, tzinfo]:
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    if offset > timedelta(hours=14) or int(minutes) > 59:
        raise ValueError(f"There is no time zone {text!r}: offsets go from -14:00 to +14:00.")
    zone = timezone(-offset if sign == "-" else offset)
    return str(zone), zone


def _zone_of_city(text: str, name: str) -> str:
    """A city may stand before its country: "Tokyo, Japan"."""
    city = name.partition(",")[0].rstrip("_")
    found = _cities().get(city, ())
    if found and _agree(found):
        return max(found, key=len)
    if found:
        raise ValueError(f"{text!r} is in several time zones: {', '.join(sorted(found))}. Choose one.")
    shown = text[:_MAX_NAME]
    meant = _meant(name[:_MAX_NAME])
    hint = f"Did you mean {meant}?" if meant else "Use an IANA name such as Europe/London."
    raise ValueError(f"There is no time zone {shown!r}. {hint}")


def _meant(name: str) -> str:
    """The zone that an unknown name is most like. "Europe/Cairo" has the right city; "Tokio" is misspelt."""
    city = name.rpartition("/")[2]
    if city not in _cities():
        nearest = difflib.get_close_matches(name, [*_keys(), *_cities()], n=1, cutoff=0.8)
        if not nearest:
            return ""
        if nearest[0] in _keys():
            return _keys()[nearest[0]]
        city = nearest[0]
    return ", ".join(sorted(_cities()[city]))


def _agree(names: Iterable[str]) -> bool:
    """Whether the zones are one zone under several names, as America/Buenos_Aires has them."""
    months = [datetime(2024, month, 1, tzinfo=UTC) for month in range(1, 13)]
    return len({tuple(moment.astimezone(ZoneInfo(name)).utcoffset() for moment in months) for name in names}) == 1


@cache
def _keys() -> dict[str, str]:
    return {key.lower(): key for key in available_timezones()}


@cache
def _cities() -> dict[str, tuple[str, ...]]:
    cities: dict[str, tuple[str, ...]] = {}
    for key in sorted(available_timezones()):
        area, slash, city = key.rpartition("/")
        if slash and area not in {"Etc", "SystemV"}:
            cities[city.lower()] = (*cities.get(city.lower(), ()), key)
    return cities


time_now = time_now_with(lambda: datetime.now(UTC))
