"""Traces to look at: a run with parallel tools and a failure, and very many spans. Imported by the browser tests' notebooks."""

import asyncio

from jupyter_tools.providers.scripted import call, pause, register_script
from jupyter_tools.tools.decorator import tool
from jupyter_tools.traces.imported import import_spans
from jupyter_tools.traces.json_lines import iso_time, read_json_lines
from jupyter_tools.traces.location import default_store

HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=2</script>'


@tool
async def weather(city: str) -> str:
    """The weather in a city."""
    await asyncio.sleep({"Москва": 0.1, "Paris": 0.25}.get(city, 0.15))
    if city == "Atlantis":
        raise ValueError(f"there is no city {city} {HOSTILE}")
    return f"{city}: 7 °C"


CITIES = [call("weather", {"city": city}) for city in ("Москва", "Paris", "Atlantis")]
register_script("travel", [["Let me look. ", pause(0.1), *CITIES], [pause(0.2), "Pack a coat. ", HOSTILE]])


def many(count: int) -> None:
    """Put so many spans into the store."""
    lines = (
        f'{{"span_id": "{number + 1:016x}", "kind": "tool", "name": "tool_{number % 7}", "status":'
        f' "{"error" if number % 50 == 49 else "ok"}", "started": "{iso_time(1_790_000_000_000_000 + number * 1000)}",'
        f' "duration_ms": {number % 997}.5, "args": {{"n": {number}}}, "result": "value {number}"}}'
        for number in range(count)
    )
    import_spans(default_store(), read_json_lines(lines))
