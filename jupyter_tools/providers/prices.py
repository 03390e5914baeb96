"""What an answer costs in US dollars, where that is known.

    from jupyter_tools import PRICES, Price

    PRICES["openai:my-finetune"] = Price(input=0.3, output=1.2)            # dollars for a million tokens
    PRICES["gpu.example.org:my-model"] = Price(input=0.1, output=0.1)      # the same model at one server
    PRICES["localhost"] = Price(input=0, output=0)                         # every model of one server

A model that is not in `PRICES` costs None, which means unknown and never "nothing".
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.messages import NO_USAGE, Usage
from jupyter_tools.providers.base import Model
from jupyter_tools.providers.known_servers import host_of, owner_of
from jupyter_tools.providers.price_table import FREE, TABLE

_A_MILLION = 1_000_000
_VERSION = re.compile(r"(-latest|[-@]\d{4}-?\d{2}-?\d{2}|-0)$")  # names of one version of a model


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """US dollars for a million tokens.

    Attributes:
        input: Of what the model reads.
        output: Of what it writes, reasoning included.
        cached: Of what it reads from the provider's cache; None if that costs like the rest.

    Raises:
        ConfigurationError: If a price is negative.
    """

    input: float
    output: float
    cached: float | None = None

    def __post_init__(self) -> None:
        if min(self.input, self.output, self.cached or 0) < 0:
            raise ConfigurationError(f"{self} is negative. A price is in dollars for a million tokens, 0 or more.")

    def of(self, usage: Usage) -> float:
        """What `usage` costs, in dollars."""
        cached = self.input if self.cached is None else self.cached
        fresh_tokens = max(0, usage.input_tokens - usage.cached_tokens)
        spent = fresh_tokens * self.input + usage.cached_tokens * cached + usage.output_tokens * self.output
        return spent / _A_MILLION


def _all_prices() -> dict[str, Price]:
    prices = {name: Price(input=0, output=0) for name in FREE}
    for place, rows in TABLE.items():
        for name, (read, cached, written) in rows.items():
            prices[f"{place}:{name}"] = Price(input=read, cached=cached, output=written)
    return prices


# By "provider:model", "host:model", or only a provider or a host. Anyone may change it and add to it.
PRICES: dict[str, Price] = _all_prices()


def price_of(model: Model) -> Price | None:
    """The price of `model`: the server's own, or else its provider's; None if it is not known.

    Raises:
        ConfigurationError: If somebody has put something else than a price into `PRICES`.
    """
    provider = "openai" if model.provider == "responses" else model.provider
    base_url = model.base_url or os.environ.get(f"{provider.upper()}_BASE_URL") or ""
    names = (model.name, _VERSION.sub("", model.name))
    for place in (host_of(base_url), owner_of(base_url), model.provider, provider):
        for key in (*(f"{place}:{name}" for name in names), place):
            if key in PRICES:
                return _checked(key, PRICES[key])
    return None


def _checked(key: str | None, price: object) -> Price:
    if not isinstance(price, Price):
        raise ConfigurationError(f"PRICES[{key!r}] is {price!r}. Write Price(input=..., output=...).")
    return price


def priced(usage: Usage, model: Model) -> Usage:
    """`usage` with what it costs, if that is known. What the provider says itself stays."""
    if usage.cost is not None or usage == NO_USAGE:
        return usage
    price = price_of(model)
    return usage if price is None else replace(usage, cost=price.of(usage))
