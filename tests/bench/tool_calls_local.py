"""How often the embedded model calls the right tools with the right arguments: `python -m tests.bench.tool_calls_local`.

Two sets of 30 requests over 6 tools. The prompt's form was tuned on a third, of 36 requests over 7 tools, of which only
`math_eval` and `time_now` are the same; no request is in two sets. That third set grew after a first look at what was
wrong in `FIRST`, so `FIRST` may flatter by a case or two. `SECOND` was written afterwards by somebody who had not seen
the prompt. A general rule that a look at it suggested was added then: optional numbers that a question does not name
are left out.

A request is right if the run ended with the expected calls, no more and no fewer, whatever their order, with the expected
arguments: text compared without case and final dot, formulas by their value, time zones by their clock, left-out arguments
as their defaults. A call that its tool refused and that the model then repaired is not held against it. The answer's
wording is not looked at.

First with examples generated from the tools' schemas and docstrings alone, then with one or two written by hand a tool.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from jupyter_tools import Agent
from jupyter_tools.builtin_tools.math_eval import math_eval
from jupyter_tools.builtin_tools.time_now import time_now
from jupyter_tools.messages import AssistantMessage, ToolCallContent, ToolResultMessage
from jupyter_tools.tools.decorator import tool
from jupyter_tools.tools.tool import AgentTool, ToolExample
from tests.bench.tool_call_cases import FIRST, SECOND, Case, Expected

CURRENCIES = ("CHF", "EUR", "GBP", "JPY", "RUB", "USD")


@tool
def get_weather(city: str, unit: Literal["celsius", "fahrenheit"] = "celsius") -> str:
    """Get the current weather of a city.

    Args:
        city: Name of the city, such as Paris.
        unit: Unit of the temperature.
    """
    return f"{city}: 20 degrees {unit}"


@tool
def convert_currency(amount: float, source: str, target: str) -> str:
    """Convert an amount of money from one currency to another.

    Args:
        amount: The amount, such as 100.
        source: ISO code of the currency to convert from, such as USD.
        target: ISO code of the currency to convert to, such as CHF.
    """
    for code in (source, target):
        if code not in CURRENCIES:
            raise ValueError(f"{code!r} is no currency code. Known: {', '.join(CURRENCIES)}.")
    return f"{amount} {source} in {target}"


@tool
def search_papers(query: str, max_results: int = 5) -> str:
    """Search for scientific papers.

    Args:
        query: What the papers are about, such as "climate models".
        max_results: How many papers to return.
    """
    return f"{max_results} papers about {query}"


@tool
def plot_histogram(column: str, bins: int = 10) -> str:
    """Plot a histogram of a column of the data.

    Args:
        column: Name of the column, such as `height`.
        bins: Number of bins.
    """
    return f"{bins} bins of {column}"


BY_HAND: Mapping[str, tuple[ToolExample, ...]] = {
    "get_weather": (
        ToolExample(request="Will I need a coat in Paris?", arguments={"city": "Paris"}),
        ToolExample(
            request="How hot is it in Miami, in fahrenheit?", arguments={"city": "Miami", "unit": "fahrenheit"}
        ),
    ),
    "convert_currency": (
        ToolExample(
            request="How much is 100 dollars in francs?", arguments={"amount": 100, "source": "USD", "target": "CHF"}
        ),
    ),
    "search_papers": (
        ToolExample(
            request="Find 7 papers about climate models.", arguments={"query": "climate models", "max_results": 7}
        ),
    ),
    "plot_histogram": (
        ToolExample(
            request="Show the distribution of height with 30 bins.", arguments={"column": "height", "bins": 30}
        ),
    ),
}
TOOLS: tuple[AgentTool, ...] = (math_eval, time_now, get_weather, convert_currency, search_papers, plot_histogram)


# --- judging ---
def is_right(calls: Sequence[ToolCallContent], expected: Sequence[Expected]) -> bool:
    """Whether the calls are the expected ones, in any order."""
    left = list(expected)
    for call in calls:
        match = next((item for item in left if _matches(call, item)), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def _matches(call: ToolCallContent, expected: Expected) -> bool:
    name, wanted = expected
    if call.name != name:
        return False
    if name == "math_eval":
        result = math_eval(call.arguments["expression"]).get("result")
        return result is not None and abs(result - wanted) < 1e-9
    if name == "time_now":
        return _zone(call.arguments.get("timezone_name", "UTC")) == _zone(wanted)
    properties = next(tool.parameters["properties"] for tool in TOOLS if tool.name == name)
    return all(
        _same(call.arguments.get(key, schema.get("default")), wanted.get(key, schema.get("default")))
        for key, schema in properties.items()
    )


def _zone(name: str) -> tuple[Any, ...]:
    """What a zone's clock says in winter and in summer: "Singapore" and "Asia/Singapore" are one."""
    zone = ZoneInfo(time_now(timezone_name=name)["timezone"])
    return tuple(datetime(2026, month, 1, tzinfo=zone).utcoffset() for month in (1, 7))


def _same(given: Any, wanted: Any) -> bool:
    return any(_plain(given) == _plain(option) for option in (wanted if isinstance(wanted, tuple) else (wanted,)))


def _plain(value: Any) -> Any:
    return value.strip().rstrip(".").casefold() if isinstance(value, str) else value


# --- running ---
async def _ask(request: str, tools: tuple[AgentTool, ...], model: str) -> list[ToolCallContent]:
    """The calls that a run ended with: those that its tools did not refuse."""
    agent = Agent(f"local:{model}", tools, trace=False, max_tokens=1)  # a short answer: only the calls are looked at
    messages = (await agent.run(request)).messages
    refused = {m.tool_call_id for m in messages if isinstance(m, ToolResultMessage) and m.is_error}
    calls = [call for m in messages if isinstance(m, AssistantMessage) for call in m.tool_calls]
    return [call for call in calls if call.id not in refused]


async def _run(title: str, tools: tuple[AgentTool, ...], cases: Sequence[Case], model: str) -> int:
    print(f"\n{title}\n{'':4} {'seconds':>7}  request -> calls")
    right, seconds = 0, []
    for case in cases:
        begin = time.perf_counter()
        calls = await _ask(case.request, tools, model)
        seconds.append(time.perf_counter() - begin)
        good = is_right(calls, case.calls)
        right += good
        shown = ", ".join(f"{call.name}({call.arguments})" for call in calls) or "no tool"
        print(f"{'ok' if good else 'NO':4} {seconds[-1]:7.1f}  {case.request} -> {shown}", flush=True)
    print(
        f"{right} of {len(cases)} right; first request {seconds[0]:.1f} s, median {sorted(seconds)[len(seconds) // 2]:.1f} s"
    )
    return right


def _rss_mb() -> float:
    import psutil

    return psutil.Process().memory_info().rss / 1e6


async def main(model: str) -> None:
    """Print a table for each set and each kind of examples."""
    begin = time.perf_counter()
    await _ask("Hello!", (), model)
    print(
        f"{model}: load and first word {time.perf_counter() - begin:.1f} s, {_rss_mb():.0f} MB resident ({Path.cwd().name})"
    )
    generated = tuple(dataclasses.replace(item, examples=()) for item in TOOLS)
    by_hand = tuple(dataclasses.replace(item, examples=BY_HAND.get(item.name, item.examples)) for item in TOOLS)
    for name, cases in (("first", FIRST), ("second", SECOND)):
        await _run(f"Examples generated from schemas and docstrings, {name} set", generated, cases, model)
        await _run(f"Examples written by hand, {name} set", by_hand, cases, model)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="qwen2.5-coder-0.5b")
    asyncio.run(main(parser.parse_args().model))
