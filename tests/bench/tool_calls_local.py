"""How often the embedded model calls the right tools with the right arguments: `python -m tests.bench.tool_calls_local`.

30 requests over 6 tools, fixed before the prompt was tuned. The prompt's form was tuned on another set, of 23 requests
over 6 tools, of which only `math_eval` and `time_now` are the same; no request is in both. A request is right if the
calls are the expected ones, no more and no fewer, whatever their order, with the expected arguments: text compared
without case and final dot, formulas by their value, time zones by the zone they name, left-out arguments as their
defaults. Only the choice of tools is judged: the tools are not run, and the answer's wording is not looked at.

First with examples generated from the tools' schemas and docstrings alone, then with one or two written by hand a tool.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from jupyter_tools.builtin_tools.math_eval import math_eval
from jupyter_tools.builtin_tools.time_now import time_now
from jupyter_tools.events import Notice
from jupyter_tools.messages import AssistantMessage, ToolCallContent, user_message
from jupyter_tools.providers.assembly import MessageAssembly
from jupyter_tools.providers.base import Model, Request
from jupyter_tools.providers.local import LocalProvider
from jupyter_tools.tools.decorator import tool
from jupyter_tools.tools.tool import AgentTool, ToolExample


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

Expected = tuple[str, Any]


@dataclass(frozen=True)
class Case:
    """A request and the calls that are right for it."""

    request: str
    calls: tuple[Expected, ...]


def _case(request: str, *calls: Expected) -> Case:
    return Case(request, calls)


CASES: tuple[Case, ...] = (
    _case("What is 17 * 23?", ("math_eval", 391)),
    _case("Calculate the square root of 1764.", ("math_eval", 42)),
    _case("How much is 18 % of 250?", ("math_eval", 45)),
    _case("What is (45 + 55) / 8?", ("math_eval", 12.5)),
    _case("Compute 2 to the power of 16.", ("math_eval", 65536)),
    _case("What time is it in Seoul?", ("time_now", "Asia/Seoul")),
    _case("What time is it now in New York?", ("time_now", "America/New_York")),
    _case("Tell me the current time in UTC.", ("time_now", "UTC")),
    _case("What time is it in Berlin right now?", ("time_now", "Europe/Berlin")),
    _case("What is the weather like in Paris?", ("get_weather", {"city": "Paris"})),
    _case("Is it raining in London?", ("get_weather", {"city": "London"})),
    _case("How warm is it in Chicago, in fahrenheit?", ("get_weather", {"city": "Chicago", "unit": "fahrenheit"})),
    _case("Give me the weather in Cape Town.", ("get_weather", {"city": "Cape Town"})),
    _case("Convert 250 dollars to euros.", ("convert_currency", {"amount": 250, "source": "USD", "target": "EUR"})),
    _case(
        "How many Japanese yen are 99.5 euros?",
        ("convert_currency", {"amount": 99.5, "source": "EUR", "target": "JPY"}),
    ),
    _case(
        "I have 1200 Swiss francs. What is that in pounds?",
        ("convert_currency", {"amount": 1200, "source": "CHF", "target": "GBP"}),
    ),
    _case("Change 40 EUR into USD.", ("convert_currency", {"amount": 40, "source": "EUR", "target": "USD"})),
    _case("Find papers about graph neural networks.", ("search_papers", {"query": "graph neural networks"})),
    _case("Search for 3 papers on protein folding.", ("search_papers", {"query": "protein folding", "max_results": 3})),
    _case(
        "Look for papers on diffusion models, 10 results.",
        ("search_papers", {"query": "diffusion models", "max_results": 10}),
    ),
    _case("Show me a histogram of the age column.", ("plot_histogram", {"column": "age"})),
    _case("Plot the distribution of income with 20 bins.", ("plot_histogram", {"column": "income", "bins": 20})),
    _case(
        "Draw a histogram of petal_length using 15 bins.", ("plot_histogram", {"column": "petal_length", "bins": 15})
    ),
    _case("Какая погода в Москве?", ("get_weather", {"city": ("Moscow", "Москва", "Москве")})),
    _case("Сколько будет 125 * 8?", ("math_eval", 1000)),
    _case("Который час в Лондоне?", ("time_now", "Europe/London")),
    _case("What is 144 / 12, and what is the weather in Oslo?", ("math_eval", 12), ("get_weather", {"city": "Oslo"})),
    _case(
        "Convert 10 EUR to USD and tell me the time in Sydney.",
        ("convert_currency", {"amount": 10, "source": "EUR", "target": "USD"}),
        ("time_now", "Australia/Sydney"),
    ),
    _case("Hello, who are you?"),
    _case("Write one sentence about why the sky is blue."),
)


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
        return time_now(timezone_name=call.arguments.get("timezone_name", "UTC")).get("timezone") == wanted
    properties = next(tool.parameters["properties"] for tool in TOOLS if tool.name == name)
    return all(
        _same(call.arguments.get(key, schema.get("default")), wanted.get(key, schema.get("default")))
        for key, schema in properties.items()
    )


def _same(given: Any, wanted: Any) -> bool:
    return any(_plain(given) == _plain(option) for option in (wanted if isinstance(wanted, tuple) else (wanted,)))


def _plain(value: Any) -> Any:
    return value.strip().rstrip(".").casefold() if isinstance(value, str) else value


# --- running ---
async def _choose(request: str, tools: tuple[AgentTool, ...], model: str) -> AssistantMessage:
    assembly = MessageAssembly("local", model)
    # one token of answer: only the choice is looked at
    asked = Model(provider="local", name=model, options={"max_tokens": 1})
    async for part in LocalProvider().stream(Request(model=asked, messages=(user_message(request),), tools=tools)):
        if not isinstance(part, Notice):
            assembly.add(part)
    return assembly.message()


async def _run(title: str, tools: tuple[AgentTool, ...], model: str) -> int:
    print(f"\n{title}\n{'':4} {'seconds':>7}  request -> calls")
    right, seconds = 0, []
    for case in CASES:
        begin = time.perf_counter()
        message = await _choose(case.request, tools, model)
        seconds.append(time.perf_counter() - begin)
        good = is_right(message.tool_calls, case.calls)
        right += good
        shown = ", ".join(f"{call.name}({call.arguments})" for call in message.tool_calls) or "no tool"
        print(f"{'ok' if good else 'NO':4} {seconds[-1]:7.1f}  {case.request} -> {shown}", flush=True)
    print(
        f"{right} of {len(CASES)} right; first request {seconds[0]:.1f} s, median {sorted(seconds)[len(seconds) // 2]:.1f} s"
    )
    return right


def _rss_mb() -> float:
    import psutil

    return psutil.Process().memory_info().rss / 1e6


async def main(model: str) -> None:
    """Print both tables."""
    begin = time.perf_counter()
    await _choose("Hello!", (), model)
    print(
        f"{model}: load and first word {time.perf_counter() - begin:.1f} s, {_rss_mb():.0f} MB resident ({Path.cwd().name})"
    )
    generated = tuple(dataclasses.replace(item, examples=()) for item in TOOLS)
    by_hand = tuple(dataclasses.replace(item, examples=BY_HAND.get(item.name, item.examples)) for item in TOOLS)
    await _run("Examples generated from schemas and docstrings", generated, model)
    await _run("Examples written by hand", by_hand, model)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="qwen2.5-coder-0.5b")
    asyncio.run(main(parser.parse_args().model))
