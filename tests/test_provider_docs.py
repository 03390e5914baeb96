"""The page about providers: it names every provider that there is, and its examples hold."""

import re

from jupyter_tools.providers.http_provider import HttpProvider
from jupyter_tools.providers.known_servers import KNOWN_SERVERS
from jupyter_tools.providers.registry import parse_model, provider_for, provider_names
from tests.source_tree import ROOT

PAGE = (ROOT / "docs" / "providers.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| [^|]+ \| `([a-z]+):([^`]+)`", PAGE, flags=re.MULTILINE)


def test_every_provider_has_its_row():
    assert {name for name, _ in ROWS} == set(provider_names())


def test_every_example_names_a_model_of_its_provider():
    for provider, name in ROWS:
        model = parse_model(f"{provider}:{name}")
        assert (model.provider, model.name) == (provider, name)


def test_addresses_and_keys_are_those_of_the_code():
    for name in provider_names():
        provider = provider_for(parse_model(f"{name}:m"))
        if isinstance(provider, HttpProvider) and name != "ollama":
            assert f"`{provider.key_name.upper()}_API_KEY`" in PAGE
            assert provider.home in PAGE
    assert all(address in PAGE for address in KNOWN_SERVERS.values())
