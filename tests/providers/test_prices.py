import pytest

from jupyter_tools import PRICES, ConfigurationError, Model, Price, Usage
from jupyter_tools.events import Notice, UsageDelta
from jupyter_tools.providers.assembly import MessageAssembly
from jupyter_tools.providers.prices import price_of, priced
from jupyter_tools.providers.registry import parse_model

MILLION = Usage(input_tokens=1_000_000, output_tokens=100_000, cached_tokens=400_000)


@pytest.fixture(autouse=True)
def usual_addresses(monkeypatch):
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.delenv("ANTHROPIC_BASE_URL", raising=False)


def test_a_price_counts_what_is_read_what_is_cached_and_what_is_written():
    assert Price(input=3, cached=0.3, output=15).of(MILLION) == pytest.approx(0.6 * 3 + 0.4 * 0.3 + 0.1 * 15)
    assert Price(input=3, output=15).of(MILLION) == pytest.approx(3 + 1.5)


def test_a_negative_price_is_refused():
    with pytest.raises(ConfigurationError, match="negative"):
        Price(input=1, output=-1)


@pytest.mark.parametrize(
    ("model", "key"),
    [
        ("openai:gpt-4o-mini", "openai:gpt-4o-mini"),
        ("openai:gpt-4o-mini-2024-07-18", "openai:gpt-4o-mini"),
        ("openai:gpt-4o-2024-05-13", "openai:gpt-4o-2024-05-13"),
        ("responses:gpt-5", "openai:gpt-5"),
        ("anthropic:claude-sonnet-4-5-20250929", "anthropic:claude-sonnet-4-5"),
        ("anthropic:claude-opus-4-0", "anthropic:claude-opus-4"),
        ("local:qwen2.5-coder-0.5b", "local"),
        ("ollama:llama3.2", "ollama"),
    ],
)
def test_a_model_is_found_under_its_provider_also_by_the_name_of_one_version(model, key):
    assert price_of(parse_model(model)) is PRICES[key]


def test_a_model_that_nobody_gave_a_price_costs_nobody_knows_what():
    assert price_of(parse_model("openai:my-model")) is None
    assert priced(MILLION, parse_model("openai:my-model")).cost is None


def test_a_server_has_prices_of_its_own(monkeypatch):
    groq = parse_model("openai:llama-3.1-8b-instant", base_url="https://api.groq.com/openai/v1")
    assert price_of(groq) is PRICES["groq:llama-3.1-8b-instant"]
    monkeypatch.setitem(PRICES, "localhost", Price(input=0, output=0))
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:8000/v1")
    assert priced(MILLION, parse_model("openai:gpt-4o-mini")).cost == 0


def test_anyone_may_add_and_change_prices(monkeypatch):
    monkeypatch.setitem(PRICES, "acme:large", Price(input=1, output=0))
    assert priced(MILLION, Model(provider="acme", name="large")).cost == 1


def test_something_else_than_a_price_is_said_to_be_no_price(monkeypatch):
    monkeypatch.setitem(PRICES, "acme:large", (1, 2))
    with pytest.raises(ConfigurationError, match=r"Write Price\(input"):
        price_of(Model(provider="acme", name="large"))


def test_what_the_provider_says_itself_stays():
    said = Usage(input_tokens=10, output_tokens=1, cost=0.5)
    assert priced(said, parse_model("openai:gpt-4o-mini")) is said


def test_a_sum_is_known_only_if_all_its_parts_are():
    known, unknown = Usage(input_tokens=1, cost=0.25), Usage(input_tokens=1)
    assert (known + known).cost == 0.5
    assert (known + unknown).cost is None
    assert (Usage() + known).cost == (known + Usage()).cost == 0.25


def test_a_fallback_costs_what_the_model_that_answers_costs():
    asked = parse_model("openai:gpt-4o,anthropic:claude-haiku-4-5")
    assembly = MessageAssembly("openai", "gpt-4o", asked=asked)
    assembly.add(Notice(text="", kind="fallback", provider="anthropic", model="claude-haiku-4-5"))
    assembly.add(UsageDelta(usage=Usage(input_tokens=1_000_000)))
    assert assembly.message().usage.cost == 1
