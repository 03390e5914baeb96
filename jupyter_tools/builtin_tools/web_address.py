"""Which addresses a page may be fetched from: public ones. A model must not reach what only this machine can."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from jupyter_tools.errors import WebError

IPAddress: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]
AddressRule: TypeAlias = Callable[[IPAddress], bool]

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: IPAddress) -> bool:
    """Whether the address belongs to the public internet, also if it only stands for another one."""
    inner = _address_inside(address)
    if inner is not None:
        return is_public(inner)
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _address_inside(address: IPAddress) -> IPAddress | None:
    """The IPv4 address that an IPv6 address leads to by a gateway or a mapping."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo


async def resolve_host(host: str, port: int) -> Sequence[str]:
    """The addresses of a host, by the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def checked_addresses(
    host: str, port: int, *, resolve: Resolver = resolve_host, allowed: AddressRule = is_public
) -> list[str]:
    """The addresses of a host, if all of them are allowed. Connect to these, and do not resolve the name again.

    Raises:
        WebError: If there is no such host, or one of its addresses is private.
    """
    try:
        found = await resolve(host, port)
    except (OSError, UnicodeError):
        raise WebError(f"The host {host!r} cannot be found: there is no such name, or no network.") from None
    for text in found:
        if not allowed(ipaddress.ip_address(text.partition("%")[0])):
            raise WebError(f"{host!r} is not fetched: its address {text} is not on the public internet.")
    if not found:
        raise WebError(f"The host {host!r} has no address.")
    return list(found)
