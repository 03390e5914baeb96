import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_tools.builtin_tools.web_address import checked_addresses, is_public, resolve_host
from jupyter_tools.errors import WebError

PRIVATE = [
    *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
    *("::1", "::", "fe80::1", "fc00::1", "ff02::1", "2001:db8::1", "ff0e::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_on_the_public_internet_are_refused(address):
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_are_allowed(address):
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_judged_like_itself(address):
    assert is_public(ipaddress.IPv6Address(f"::ffff:{address}")) == is_public(address)
    assert is_public(ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) + int(address))) == is_public(
        address
    )


def resolver(*addresses):
    async def resolve(host, port):
        return addresses

    return resolve


async def test_one_private_address_among_public_ones_is_enough_to_refuse():
    with pytest.raises(WebError, match=r"its address 10\.0\.0\.1 is not on the public internet"):
        await checked_addresses("a.example", 80, resolve=resolver("8.8.8.8", "10.0.0.1"))
    assert await checked_addresses("a.example", 80, resolve=resolver("8.8.8.8")) == ["8.8.8.8"]


async def test_a_host_without_address_is_an_error():
    with pytest.raises(WebError, match="has no address"):
        await checked_addresses("a.example", 80, resolve=resolver())


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "::1", "localhost"])
async def test_other_spellings_of_this_machine_are_refused(host):
    with pytest.raises(WebError):
        await checked_addresses(host, 80)


async def test_without_a_network_the_sentence_says_so():
    async def resolve(host, port):
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    with pytest.raises(WebError, match="there is no such name, or no network"):
        await checked_addresses("a.example", 80, resolve=resolve)


async def test_the_systems_resolver_gives_each_address_once():
    found = await resolve_host("127.0.0.1", 80)
    assert found == ["127.0.0.1"]
