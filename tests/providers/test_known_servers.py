import pytest

from jupyter_tools.providers.known_servers import KNOWN_SERVERS, host_of, owner_of


@pytest.mark.parametrize("name", KNOWN_SERVERS)
def test_a_known_address_has_an_owner_whatever_follows_the_host(name):
    assert owner_of(KNOWN_SERVERS[name]) == name
    assert owner_of(f"https://{host_of(KNOWN_SERVERS[name])}:443/other") == name


@pytest.mark.parametrize(
    "address", ["http://localhost:8000/v1", "https://api.openai.com.evil.org/v1", "", "no address"]
)
def test_other_addresses_have_none(address):
    assert owner_of(address) is None
