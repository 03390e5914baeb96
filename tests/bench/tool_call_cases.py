"""Requests to the embedded model, and the tool calls that are right for them. See `tool_calls_local`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Expected = tuple[str, Any]


@dataclass(frozen=True)
class Case:
    """A request and the calls that are right for it."""

    request: str
    calls: tuple[Expected, ...]


def case(request: str, *calls: Expected) -> Case:
    """A request with the calls it should lead to."""
    return Case(request, calls)


FIRST: tuple[Case, ...] = (
    case("What is 17 * 23?", ("math_eval", 391)),
    case("Calculate the square root of 1764.", ("math_eval", 42)),
    case("How much is 18 % of 250?", ("math_eval", 45)),
    case("What is (45 + 55) / 8?", ("math_eval", 12.5)),
    case("Compute 2 to the power of 16.", ("math_eval", 65536)),
    case("What time is it in Seoul?", ("time_now", "Asia/Seoul")),
    case("What time is it now in New York?", ("time_now", "America/New_York")),
    case("Tell me the current time in UTC.", ("time_now", "UTC")),
    case("What time is it in Berlin right now?", ("time_now", "Europe/Berlin")),
    case("What is the weather like in Paris?", ("get_weather", {"city": "Paris"})),
    case("Is it raining in London?", ("get_weather", {"city": "London"})),
    case("How warm is it in Chicago, in fahrenheit?", ("get_weather", {"city": "Chicago", "unit": "fahrenheit"})),
    case("Give me the weather in Cape Town.", ("get_weather", {"city": "Cape Town"})),
    case("Convert 250 dollars to euros.", ("convert_currency", {"amount": 250, "source": "USD", "target": "EUR"})),
    case(
        "How many Japanese yen are 99.5 euros?",
        ("convert_currency", {"amount": 99.5, "source": "EUR", "target": "JPY"}),
    ),
    case(
        "I have 1200 Swiss francs. What is that in pounds?",
        ("convert_currency", {"amount": 1200, "source": "CHF", "target": "GBP"}),
    ),
    case("Change 40 EUR into USD.", ("convert_currency", {"amount": 40, "source": "EUR", "target": "USD"})),
    case("Find papers about graph neural networks.", ("search_papers", {"query": "graph neural networks"})),
    case("Search for 3 papers on protein folding.", ("search_papers", {"query": "protein folding", "max_results": 3})),
    case(
        "Look for papers on diffusion models, 10 results.",
        ("search_papers", {"query": "diffusion models", "max_results": 10}),
    ),
    case("Show me a histogram of the age column.", ("plot_histogram", {"column": "age"})),
    case("Plot the distribution of income with 20 bins.", ("plot_histogram", {"column": "income", "bins": 20})),
    case("Draw a histogram of petal_length using 15 bins.", ("plot_histogram", {"column": "petal_length", "bins": 15})),
    case("Какая погода в Москве?", ("get_weather", {"city": ("Moscow", "Москва", "Москве")})),
    case("Сколько будет 125 * 8?", ("math_eval", 1000)),
    case("Который час в Лондоне?", ("time_now", "Europe/London")),
    case("What is 144 / 12, and what is the weather in Oslo?", ("math_eval", 12), ("get_weather", {"city": "Oslo"})),
    case(
        "Convert 10 EUR to USD and tell me the time in Sydney.",
        ("convert_currency", {"amount": 10, "source": "EUR", "target": "USD"}),
        ("time_now", "Australia/Sydney"),
    ),
    case("Hello, who are you?"),
    case("Write one sentence about why the sky is blue."),
)

SECOND: tuple[Case, ...] = (
    case("What is 23 + 58?", ("math_eval", 81)),
    case("Multiply 14 by 36.", ("math_eval", 504)),
    case("What is 7.5 % of 640?", ("math_eval", 48)),
    case("Work out (90 - 18) / 6.", ("math_eval", 12)),
    case("What is the cosine of 0?", ("math_eval", 1)),
    case("What time is it in Cairo?", ("time_now", "Africa/Cairo")),
    case("Tell me the time in Toronto.", ("time_now", "America/Toronto")),
    case("What's the current time in Madrid?", ("time_now", "Europe/Madrid")),
    case("What time is it in Singapore now?", ("time_now", "Asia/Singapore")),
    case("How is the weather in Lisbon?", ("get_weather", {"city": "Lisbon"})),
    case("Is it cold in Helsinki today?", ("get_weather", {"city": "Helsinki"})),
    case("What's the weather in Boston in fahrenheit?", ("get_weather", {"city": "Boston", "unit": "fahrenheit"})),
    case("Weather in Buenos Aires, please.", ("get_weather", {"city": "Buenos Aires"})),
    case("Convert 80 euros to dollars.", ("convert_currency", {"amount": 80, "source": "EUR", "target": "USD"})),
    case("How much is 500 USD in GBP?", ("convert_currency", {"amount": 500, "source": "USD", "target": "GBP"})),
    case("Exchange 75 pounds to euros.", ("convert_currency", {"amount": 75, "source": "GBP", "target": "EUR"})),
    case(
        "What are 3000 Japanese yen in dollars?",
        ("convert_currency", {"amount": 3000, "source": "JPY", "target": "USD"}),
    ),
    case("Find papers about black holes.", ("search_papers", {"query": "black holes"})),
    case("Search for 8 papers about soil erosion.", ("search_papers", {"query": "soil erosion", "max_results": 8})),
    case("I need papers on reinforcement learning.", ("search_papers", {"query": "reinforcement learning"})),
    case("Plot a histogram of weight.", ("plot_histogram", {"column": "weight"})),
    case("Show a histogram of the price column with 25 bins.", ("plot_histogram", {"column": "price", "bins": 25})),
    case("Make a histogram of temperature, 12 bins.", ("plot_histogram", {"column": "temperature", "bins": 12})),
    case("Какая погода в Париже?", ("get_weather", {"city": ("Paris", "Париж", "Париже")})),
    case("Сколько будет 15 + 27?", ("math_eval", 42)),
    case("Который час в Токио?", ("time_now", "Asia/Tokyo")),
    case("What is 6 * 7, and what time is it in Rome?", ("math_eval", 42), ("time_now", "Europe/Rome")),
    case(
        "How is the weather in Vienna, and how much is 20 EUR in CHF?",
        ("get_weather", {"city": "Vienna"}),
        ("convert_currency", {"amount": 20, "source": "EUR", "target": "CHF"}),
    ),
    case("Good morning!"),
    case("Explain in one sentence what photosynthesis is."),
)
