"""Scripted models for experiments, and a store of one's own."""

from collections.abc import Iterator
from itertools import count

import pytest

from jupyter_tools.providers.base import Request
from jupyter_tools.providers.scripted import call, error, register_script
from jupyter_tools.traces.store import TraceStore

COUNTRIES = [
    {"country": "France", "expected": "Paris"},
    {"country": "Italy", "expected": "Rome"},
    {"country": "Россия", "expected": "Москва"},
]
CAPITALS = {row["country"]: row["expected"] for row in COUNTRIES}
PROMPT = "What is the capital of {{ country }}?"


def asked(request: Request) -> str:
    [block] = request.messages[-1].content
    return block.text  # pyright: ignore[reportAttributeAccessIssue]


class Calls:
    """The requests that the scripted models have had."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self._numbers = count(1)

    def capital(self, request: Request) -> list[str]:
        self.requests.append(request)
        return [next((capital for country, capital in CAPITALS.items() if country in asked(request)), "unknown")]

    def number(self, request: Request) -> list[str]:
        self.requests.append(request)
        return [f"answer {next(self._numbers)}"]

    def no_france(self, request: Request) -> list[object]:
        self.requests.append(request)
        return [error(status=400, message="no France")] if "France" in asked(request) else ["fine"]


@pytest.fixture
def calls() -> Calls:
    calls = Calls()
    register_script("capital", [calls.capital])
    register_script("number", [calls.number])
    register_script("no_france", [calls.no_france])  # pyright: ignore[reportArgumentType]
    register_script("calculates", [[call("math_eval", {"expression": "6*7"})], ["42"]])
    return calls


@pytest.fixture
def store() -> Iterator[TraceStore]:
    store = TraceStore(":memory:")
    yield store
    store.close()
